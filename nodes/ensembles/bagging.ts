import { z } from 'zod';
import { multiplySizes } from '../../ir/size.ts';
import { defineStep, many, model, type NodeAbove, type TypeContext, type Variation } from '../kit/define-node.ts';
import { commonTarget, ensembleModel, ensembleType, predictTogether } from '../kit/ensembles.ts';
import { choice, integer, line } from '../kit/params.ts';

const TITLE = 'Bagging';

export default defineStep({
  id: 'ensembles/bagging',
  version: 1,
  title: TITLE,
  keywords: ['bootstrap aggregating', 'ensemble', 'resample', 'variance', 'bags', 'committee'],
  inputs: { models: many(model('A model that learns from what Sample rows draws: it is trained once for each bag.')) },
  outputs: { model: model('Answers with the mean of what the models of all bags say.') },
  params: z.object({
    bags: integer({
      title: 'Bags',
      description: 'How many times the rows are drawn and the model is trained.',
      default: 10,
      min: 2,
      max: 1000,
    }),
    combine: choice(['soft', 'hard'], {
      title: 'Combine',
      description: 'The mean of probabilities or numbers, or one vote for each bag.',
      default: 'soft',
      labels: { soft: 'Mean', hard: 'Votes' },
    }),
    sample: line({
      title: 'Sample',
      description: 'The id of the Sample rows that draws the bags. Left empty, all that are above.',
      default: '',
      max: 200,
      advanced: true,
    }),
  }),
  types({ models }, { bags, combine }, check) {
    const target = commonTarget(TITLE, models, check);
    if (combine === 'hard' && target.kind !== 'category')
      return check.fail('bagging/votes', `${TITLE} takes votes on classes, ${target.name} holds ${target.kind}.`, {
        param: 'combine',
        hint: 'Choose Mean.',
      });
    const type = ensembleType(models, target);
    return { model: { ...type, parameters: multiplySizes(bags, type.parameters) } };
  },
  variations: ({ bags, sample }, above, check) => bagsOf(bags, sample, above, check),
  async run({ models }, { combine }) {
    return {
      model: ensembleModel('ensembles/bagging', models, { weights: models.map(() => 1), how: combine }),
    };
  },
  predict: (trained, rows, context) => predictTogether(trained, rows, context),
  docs: {
    summary: 'Trains a model again and again on rows drawn at random, and takes the mean of what they say.',
    equation: String.raw`\hat y(x) = \tfrac{1}{B} \sum_b f_b(x), \quad f_b \text{ trained on bootstrap } b`,
    notes:
      'Everything between Sample rows and this node is run once for each bag: any estimator, or a whole training. It helps models that change much when their rows do, such as deep trees; several wires bag several kinds of models. A Random forest also draws features.',
    sources: [
      { title: 'Breiman, Bagging predictors (1996)', url: 'https://doi.org/10.1007/BF00058655' },
      {
        title: 'scikit-learn, BaggingClassifier',
        url: 'https://scikit-learn.org/stable/modules/ensemble.html#bagging-meta-estimator',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      sample: { type: 'data/sample-rows', params: { replacement: true } },
      tree: { type: 'classical/decision-tree' },
      bagging: { type: 'ensembles/bagging', params: { bags: 5 } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'sample.dataset'],
      ['sample.dataset', 'tree.dataset'],
      ['tree.model', 'bagging.models'],
      ['bagging.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

/** Each bag is another draw of the sample; the seed of the graph stays what it is. */
function bagsOf(bags: number, sample: string, above: readonly NodeAbove[], check: TypeContext): Variation[] {
  const found = above.filter(({ type, id }) => type === 'data/sample-rows' && (sample === '' || id === sample));
  if (found.length === 0)
    return check.fail(
      'bagging/no-sample',
      `${TITLE} needs a Sample rows above it${sample ? ` with the id ${sample}` : ''}, which draws the bags; there is none.`,
      {
        ...(sample && { param: 'sample' }),
        hint: 'Put Sample rows between the training rows and the model, with replacement.',
      },
    );
  return Array.from({ length: bags }, (_, i) => ({
    label: `Bag ${i + 1}`,
    changes: found.map(({ id }) => ({ node: id, param: 'draw', value: i + 1 })),
  }));
}

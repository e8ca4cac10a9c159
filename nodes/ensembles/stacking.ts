import { z } from 'zod';
import { dataset, defineStep, many, model } from '../kit/define-node.ts';
import { commonTarget, ensembleModel, ensembleType } from '../kit/ensembles.ts';
import { foldParams, foldVariations } from '../kit/folds.ts';
import { real } from '../kit/params.ts';
import { fitStack, predictStack } from '../kit/stacks.ts';

const TITLE = 'Stacking';

export default defineStep({
  id: 'ensembles/stacking',
  version: 1,
  title: TITLE,
  keywords: ['stacked generalization', 'blending', 'meta-learner', 'out-of-fold', 'super learner', 'ensemble'],
  inputs: {
    models: many(model('Models of the same target. Each is trained again for each fold.')),
    dataset: many(dataset('The validation rows of the Split above: one wire.')),
  },
  outputs: { model: model('Asks all models, and a last one what to make of their answers.') },
  params: z.object({
    ...foldParams,
    c: real({
      title: 'C',
      description:
        'How much the rows weigh against the penalty of the last model: smaller keeps its weights smaller. For numbers, 1/C is the ridge.',
      default: 1,
      min: 1e-6,
      max: 1e6,
      step: 0.1,
      advanced: true,
    }),
  }),
  types({ models, dataset: rows }, _params, check) {
    const target = commonTarget(TITLE, models, check);
    const [one, ...more] = rows;
    if (!one || more.length > 0)
      return check.fail('stacking/wires', `${TITLE} needs one wire on dataset, got ${rows.length}.`, {
        port: 'dataset',
        hint: 'Wire the validation rows of the Split that the models are trained by.',
      });
    const found = one.columns.find(({ name }) => name === target.name);
    if (found?.kind !== target.kind)
      return check.fail(
        'stacking/target',
        `${TITLE} needs the right answers in ${target.name}, which the models learn; the data set has ${one.columns.map(({ name }) => name).join(', ') || 'none'}.`,
        {
          port: 'dataset',
          hint: 'Wire the validation rows of the Split that the models are trained by.',
        },
      );
    return { model: ensembleType(models, target) };
  },
  // the models as they are wired answer later; the folds tell what they say of rows that they have not seen
  variations: (params, above, check) => [
    { label: 'The models', changes: [] },
    ...foldVariations(TITLE, params, above, check),
  ],
  async run({ models, dataset: rows }, { c }, context) {
    const each = models.length / rows.length;
    const members = models.slice(0, each);
    const folds = rows
      .slice(1)
      .map((part, i) => ({ rows: part, models: models.slice((i + 1) * each, (i + 2) * each) }));
    const last = await fitStack(folds, members[0]!.card.signature, c, context);
    return { model: ensembleModel('ensembles/stacking', members, {}, last) };
  },
  predict: (trained, rows, context) => predictStack(trained, rows, context),
  docs: {
    summary: 'Learns how to combine models from what they say of rows that they have not seen.',
    equation: String.raw`\hat y(x) = g\bigl(f_1(x), \dots, f_M(x)\bigr)`,
    notes:
      'For each fold of the Split the models are trained without it and asked about it; on these answers a logistic regression (classes) or a ridge regression (numbers) is fitted. The models that answer later are those that are wired. Rows that the Split keeps for the test are in no fold. A plain vote is often as good where there are few rows.',
    sources: [
      { title: 'Wolpert, Stacked generalization (1992)', url: 'https://doi.org/10.1016/S0893-6080(05)80023-1' },
      {
        title: 'scikit-learn, StackingClassifier',
        url: 'https://scikit-learn.org/stable/modules/ensemble.html#stacked-generalization',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      bayes: { type: 'classical/naive-bayes' },
      tree: { type: 'classical/decision-tree', params: { depth: 3 } },
      stacking: { type: 'ensembles/stacking', params: { folds: 3 } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'bayes.dataset'],
      ['split.train', 'tree.dataset'],
      ['bayes.model', 'stacking.models'],
      ['tree.model', 'stacking.models'],
      ['split.validation', 'stacking.dataset'],
      ['stacking.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

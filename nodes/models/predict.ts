import { z } from 'zod';
import type { DatasetColumn } from '../../graph/dataset.ts';
import type { Column } from '../../graph/types.ts';
import { type Size, symbol } from '../../ir/size.ts';
import { batchCount } from '../kit/batches.ts';
import { dataset, defineStep, model } from '../kit/define-node.ts';
import { line } from '../kit/params.ts';
import { answersProgram, BATCH, checkReads, likeliest } from '../kit/predictions.ts';

export default defineStep({
  id: 'models/predict',
  version: 1,
  title: 'Predict',
  keywords: ['apply', 'inference', 'classify', 'score', 'probabilities', 'forecast', 'evaluate'],
  inputs: { model: model('Any model that answers for each row.'), dataset: dataset('The rows to answer for.') },
  outputs: {
    dataset: dataset('The same rows with a column prediction, and probabilities where the model has them for a row.'),
  },
  params: z.object({
    prefix: line({
      title: 'Prefix',
      description: 'Stands before the names of the new columns, so that several models can answer for the same rows.',
      default: '',
      max: 100,
      advanced: true,
    }),
  }),
  computes: true,
  types({ model: type, dataset: data }, { prefix }, check) {
    const classifies = type.capabilities.includes('probabilities');
    const tags = type.task === 'token-classification';
    const answers = type.output === undefined || type.output.shape.length === (tags ? 3 : 2);
    if (!answers || (!classifies && type.task !== 'regression'))
      return check.fail('predict/task', `Predict needs a model that answers for each row, got one for ${type.task}.`, {
        port: 'model',
        hint: 'Choose the task Class of a row, Class of each token or A number in its Network.',
      });
    checkReads(check, 'Predict', type, data, 'dataset');
    const { target } = type;
    if (tags && type.output) {
      const [, length, size] = type.output.shape as [Size, Size, Size];
      const named = target?.kind === 'tags' && target.categories ? { categories: target.categories } : {};
      const made: Column = { name: `${prefix}prediction`, kind: 'tags', length, size, ...named };
      return { dataset: { ...data, columns: [...data.columns.filter(({ name }) => name !== made.name), made] } };
    }
    const width = target?.kind === 'category' ? target.size : (type.output?.shape.at(-1) ?? check.symbol('classes'));
    const size = width === 1 ? 2 : width;
    const categories = target?.kind === 'category' && target.categories ? { categories: target.categories } : {};
    const made: Column[] = classifies
      ? [
          { name: `${prefix}prediction`, kind: 'category', size, ...categories },
          { name: `${prefix}probabilities`, kind: 'vector', size },
        ]
      : [{ name: `${prefix}prediction`, kind: 'number' }];
    const names = new Set(made.map(({ name }) => name));
    return { dataset: { ...data, columns: [...data.columns.filter(({ name }) => !names.has(name)), ...made] } };
  },
  programs: ({ model: { task }, dataset: { rows } }, _params, { network }) => [
    {
      title: 'A batch of rows',
      program: answersProgram(network('model'), task, typeof rows === 'number' && rows > 0 ? rows : BATCH).program,
      runs: batchCount(rows ?? symbol('rows'), BATCH),
    },
  ],
  async run({ model: asked, dataset: data }, { prefix }, context) {
    const answer = await context.models.predict(asked, data);
    if (answer.kind === 'tags') return { dataset: data.with([{ name: `${prefix}prediction`, data: answer }]) };
    const made: DatasetColumn[] =
      answer.kind === 'numbers'
        ? [{ name: `${prefix}prediction`, data: { kind: 'number', values: answer.values } }]
        : [
            {
              name: `${prefix}prediction`,
              data: { kind: 'category', codes: likeliest(answer), categories: answer.categories },
            },
            {
              name: `${prefix}probabilities`,
              data: { kind: 'vector', size: answer.categories.length, values: answer.probabilities },
            },
          ];
    return { dataset: data.with(made) };
  },
  docs: {
    summary: 'Applies a model to rows and adds what it says of each.',
    notes:
      'The probabilities are in the order of the categories of the column prediction. A model that was trained on tokens makes them of the text itself where they are absent.',
    sources: [
      {
        title: 'scikit-learn, predict and predict_proba',
        url: 'https://scikit-learn.org/stable/glossary.html#term-predict_proba',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { train: 0.8, validation: 0, test: 0.2, method: 'stratified' } },
      input: { type: 'network/input', params: { column: 'petal length' } },
      head: { type: 'network/linear' },
      network: { type: 'network/network', params: { task: 'classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.05 } },
      train: { type: 'training/train', params: { steps: 50 } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'input.dataset'],
      ['input.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'train.model'],
      ['split.train', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['train.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

import { describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../graph/document.ts';
import { applyCommand, silence } from '../../graph/edit.ts';
import { mapRecord } from '../../lib/record.ts';
import { checkDocument } from '../compile.ts';
import { lint, ruleOf, rules, withLint } from './index.ts';

type Nodes = Readonly<Record<string, { readonly type: string; readonly params?: Readonly<Record<string, unknown>> }>>;
type Wires = readonly (readonly [string, string])[];

function graph(nodes: Nodes, wires: Wires): GraphDocument {
  const end = (text: string) => text.split('.') as [string, string];
  return {
    ...emptyDocument('Test'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, { type, params = {} }]) => [
        id,
        { type, version: 1, params: params as Record<string, never>, position: { x: 0, y: 0 } },
      ]),
    ),
    edges: Object.fromEntries(wires.map(([from, to], i) => [`w${i}`, { from: end(from), to: end(to) }])),
  };
}

/** A classifier of irises without a mistake. */
const nodes: Nodes = {
  data: { type: 'data/dataset', params: { dataset: 'iris' } },
  split: { type: 'data/split', params: { train: 0.8, validation: 0.1, test: 0.1 } },
  input: { type: 'network/input', params: { column: 'petal length' } },
  hidden: { type: 'network/linear', params: { name: 'hidden', units: 8 } },
  act: { type: 'network/activation', params: { name: 'act', function: 'relu' } },
  head: { type: 'network/linear', params: { name: 'head' } },
  network: { type: 'network/network', params: { task: 'classification' } },
  objective: { type: 'training/objective' },
  optimizer: { type: 'training/optimizer' },
  schedule: { type: 'training/schedule', params: { warmup: 10 } },
  train: { type: 'training/train' },
  predict: { type: 'models/predict' },
  measure: { type: 'metrics/classification-metrics' },
};
const wires: Wires = [
  ['data.dataset', 'split.dataset'],
  ['split.train', 'input.dataset'],
  ['input.y', 'hidden.x'],
  ['hidden.y', 'act.x'],
  ['act.y', 'head.x'],
  ['head.y', 'network.x'],
  ['network.model', 'train.model'],
  ['split.train', 'train.dataset'],
  ['split.validation', 'train.validation'],
  ['objective.objective', 'train.objective'],
  ['optimizer.optimizer', 'train.optimizer'],
  ['schedule.schedule', 'train.schedule'],
  ['train.model', 'predict.model'],
  ['split.test', 'predict.dataset'],
  ['predict.dataset', 'measure.dataset'],
];

/** A language model of tokens, trained on windows. */
const writer: Nodes = {
  book: { type: 'data/dataset', params: { dataset: 'moby-dick' } },
  split: { type: 'data/split', params: { train: 0.9, validation: 0.1, test: 0, method: 'ordered' } },
  tokenizer: { type: 'text/tokenizer' },
  windows: { type: 'text/language-model-windows', params: { length: 8 } },
  held: { type: 'text/language-model-windows', params: { length: 8 } },
  input: { type: 'network/input' },
  embedding: { type: 'network/embedding', params: { name: 'embedding', width: 8 } },
  positions: { type: 'network/positional-encoding', params: { name: 'positions' } },
  block: { type: 'network/decoder-block', params: { name: 'block', heads: 2 } },
  head: { type: 'network/linear', params: { name: 'head' } },
  network: { type: 'network/network' },
  objective: { type: 'training/objective', params: { loss: 'causal-lm' } },
  optimizer: { type: 'training/optimizer' },
  train: { type: 'training/train' },
  generate: { type: 'generation/generate' },
};
const writing: Wires = [
  ['book.dataset', 'split.dataset'],
  ['split.train', 'tokenizer.dataset'],
  ['split.train', 'windows.dataset'],
  ['tokenizer.tokenizer', 'windows.tokenizer'],
  ['split.validation', 'held.dataset'],
  ['tokenizer.tokenizer', 'held.tokenizer'],
  ['windows.dataset', 'input.dataset'],
  ['input.y', 'embedding.x'],
  ['embedding.y', 'positions.x'],
  ['positions.y', 'block.x'],
  ['block.y', 'head.x'],
  ['head.y', 'network.x'],
  ['network.model', 'train.model'],
  ['windows.dataset', 'train.dataset'],
  ['held.dataset', 'train.validation'],
  ['objective.objective', 'train.objective'],
  ['optimizer.optimizer', 'train.optimizer'],
  ['train.model', 'generate.model'],
  ['tokenizer.tokenizer', 'generate.tokenizer'],
];

const change = (
  base: GraphDocument,
  {
    params = {},
    add = {},
    rewire = {},
    cut = [],
    wire = [],
  }: {
    params?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    add?: Nodes;
    /** `node.port` of an input → the output that it now reads. */
    rewire?: Readonly<Record<string, string>>;
    /** Inputs that lose their wire. */
    cut?: readonly string[];
    wire?: Wires;
  },
): GraphDocument => {
  const added = graph(add, []);
  return {
    ...base,
    nodes: {
      ...Object.fromEntries(
        Object.entries(base.nodes).map(([id, node]) => [
          id,
          { ...node, params: { ...node.params, ...(params[id] as Record<string, never>) } },
        ]),
      ),
      ...added.nodes,
    },
    edges: {
      ...Object.fromEntries(
        Object.entries(base.edges)
          .filter(([, { to }]) => !cut.includes(to.join('.')))
          .map(([id, edge]) => {
            const from = rewire[edge.to.join('.')];
            return [id, from ? { ...edge, from: from.split('.') as [string, string] } : edge];
          }),
      ),
      ...Object.fromEntries(
        wire.map(([from, to], i) => [
          `x${i}`,
          { from: from.split('.') as [string, string], to: to.split('.') as [string, string] },
        ]),
      ),
    },
  };
};

const good = graph(nodes, wires);
const text = graph(writer, writing);
const named = (document: GraphDocument, names: Readonly<Record<string, string>>): GraphDocument => ({
  ...document,
  edges: { ...document.edges, ...mapRecord(names, (name, id) => ({ ...document.edges[id]!, name })) },
});
const relu = { type: 'network/activation', params: { name: 'last', function: 'relu' } };

/** One mistake for each rule: the graph that makes it, the node it is told of, and what its first fix leaves. */
const mistakes: Readonly<
  Record<string, { readonly document: GraphDocument; readonly at: string; readonly fixed?: true }>
> = {
  'lint/no-validation': { document: change(good, { cut: ['train.validation'] }), at: 'train', fixed: true },
  'lint/axes': {
    document: graph(
      {
        pictures: { type: 'network/input', params: { kind: 'image', length: 8 } },
        norm: { type: 'network/normalization', params: { name: 'norm' } },
      },
      [['pictures.y', 'norm.x']],
    ),
    at: 'norm',
  },
  'lint/validation-is-training': {
    document: change(good, { rewire: { 'train.validation': 'split.train' } }),
    at: 'train',
    fixed: true,
  },
  'lint/test-as-validation': {
    document: change(good, {
      rewire: { 'train.validation': 'split.test', 'predict.dataset': 'split.validation' },
      params: { train: { patience: 3 } },
    }),
    at: 'train',
    fixed: true,
  },
  'lint/tokenizer-sees-all': {
    document: change(text, { rewire: { 'tokenizer.dataset': 'book.dataset' } }),
    at: 'tokenizer',
    fixed: true,
  },
  'lint/metric-on-training': {
    document: change(good, { rewire: { 'predict.dataset': 'split.train' } }),
    at: 'measure',
    fixed: true,
  },
  'lint/empty-part': {
    document: change(good, { params: { split: { validation: 0.2, test: 0 } } }),
    at: 'split',
    fixed: true,
  },
  'lint/target-is-input': {
    document: change(good, {
      params: { objective: { target: 'petal length', loss: 'mean-squared-error' }, network: { task: 'regression' } },
    }),
    at: 'input',
  },
  'lint/id-is-input': {
    document: graph(
      {
        upload: {
          type: 'data/upload',
          params: { source: 'pasted', pasted: 'id,x\n1,2\n2,4\n', columns: [] },
        },
        input: { type: 'network/input', params: { column: 'id' } },
      },
      [['upload.dataset', 'input.dataset']],
    ),
    at: 'input',
  },
  'lint/learning-rate': {
    document: change(good, { params: { optimizer: { learningRate: 1 } } }),
    at: 'optimizer',
    fixed: true,
  },
  'lint/coupled-decay': {
    document: change(good, { params: { optimizer: { method: 'adam', weightDecay: 0.01 } } }),
    at: 'optimizer',
    fixed: true,
  },
  'lint/warmup-too-long': {
    document: change(good, { params: { schedule: { warmup: 180 } } }),
    at: 'schedule',
    fixed: true,
  },
  'lint/batch-larger-than-data': {
    document: change(good, { params: { train: { batch: 500 } } }),
    at: 'train',
    fixed: true,
  },
  'lint/patience-without-validation': {
    document: change(good, { cut: ['train.validation'], params: { train: { patience: 2 } } }),
    at: 'train',
    fixed: true,
  },
  'lint/no-clipping': {
    document: change(text, {
      add: { rnn: { type: 'network/lstm', params: { name: 'rnn', units: 8 } } },
      rewire: { 'head.x': 'rnn.y' },
      wire: [['block.y', 'rnn.x']],
      params: { train: { clip: 0 } },
    }),
    at: 'train',
    fixed: true,
  },
  'lint/unfrozen-base': {
    document: change(text, {
      add: {
        lora: { type: 'training/lora' },
        freeze: { type: 'training/freeze', params: { train: 'all' } },
      },
      rewire: { 'train.model': 'freeze.model' },
      wire: [
        ['network.model', 'lora.model'],
        ['lora.model', 'freeze.model'],
      ],
    }),
    at: 'train',
    fixed: true,
  },
  'lint/never-all-rows': {
    document: change(good, { params: { train: { steps: 1, batch: 4 } } }),
    at: 'train',
    fixed: true,
  },
  'lint/softmax-before-cross-entropy': {
    document: change(good, {
      add: { last: { type: 'network/activation', params: { name: 'last', function: 'softmax' } } },
      rewire: { 'network.x': 'last.y' },
      wire: [['head.y', 'last.x']],
    }),
    at: 'last',
    fixed: true,
  },
  'lint/bounded-output': {
    document: change(good, { add: { last: relu }, rewire: { 'network.x': 'last.y' }, wire: [['head.y', 'last.x']] }),
    at: 'last',
    fixed: true,
  },
  'lint/sees-the-future': {
    document: change(text, {
      add: { look: { type: 'network/attention', params: { name: 'look', heads: 2, direction: 'bidirectional' } } },
      rewire: { 'head.x': 'look.y' },
      wire: [['block.y', 'look.query']],
    }),
    at: 'look',
    fixed: true,
  },
  'lint/no-positions': {
    document: change(text, { rewire: { 'block.x': 'embedding.y' }, cut: ['positions.x'] }),
    at: 'block',
    fixed: true,
  },
  'lint/linear-after-linear': {
    document: change(good, { rewire: { 'head.x': 'hidden.y' }, cut: ['act.x'] }),
    at: 'head',
    fixed: true,
  },
  'lint/dropout-too-high': { document: change(text, { params: { block: { dropout: 0.9 } } }), at: 'block' },
  'lint/dropout-after-output': {
    document: change(good, {
      add: { last: { type: 'network/dropout', params: { name: 'last' } } },
      rewire: { 'network.x': 'last.y' },
      wire: [['head.y', 'last.x']],
    }),
    at: 'last',
    fixed: true,
  },
  'lint/unused': { document: change(good, { add: { extra: { type: 'data/dataset' } } }), at: 'extra', fixed: true },
  'lint/muted-source': {
    document: { ...good, nodes: { ...good.nodes, schedule: { ...good.nodes.schedule!, muted: true } } },
    at: 'train',
    fixed: true,
  },
  'lint/temperature': {
    document: change(text, { params: { generate: { temperature: 5 } } }),
    at: 'generate',
    fixed: true,
  },
  'lint/one-token-vocabulary': {
    document: change(text, { params: { tokenizer: { size: 200 } } }),
    at: 'tokenizer',
    fixed: true,
  },
  // network.model and train.model
  'lint/wire-names': { document: named(good, { w6: 'model', w12: 'model' }), at: 'network', fixed: true },
};

const found = async (document: GraphDocument) => lint(document, await checkDocument(document));

describe('a graph without a mistake', () => {
  test.each([
    ['a classifier', good],
    ['a language model', text],
  ])('%s has no findings', async (_, document) =>
    expect((await found(document)).map(({ code, message }) => `${code} ${message}`)).toEqual([]),
  );
});

describe('each rule', () => {
  test('has a mistake that shows it, a title and a reason', () => {
    expect(Object.keys(mistakes).sort()).toEqual(rules.map(({ code }) => code).sort());
    for (const { title, reason } of rules) {
      expect(title.length).toBeGreaterThan(5);
      expect(reason).toMatch(/\.$/);
    }
  });

  test.each(Object.entries(mistakes))(
    '%s finds it, mends it and can be silenced',
    async (code, { document, at, fixed }) => {
      const problem = (await found(document)).find((each) => each.code === code);
      expect(problem?.at?.node).toBe(at);
      expect(problem?.severity).toBe('warning');
      const [fix] = problem!.fixes ?? [];
      expect(fix !== undefined).toBe(fixed === true);
      if (fix) {
        const mended = applyCommand(document, fix);
        expect(mended.skipped).toEqual([]);
        expect((await found(mended.document)).map((each) => each.code)).not.toContain(code);
      }
      const hush = silence(document, at, code);
      expect((await found(applyCommand(document, hush).document)).map((each) => each.code)).not.toContain(code);
    },
  );
});

test('findings are among the problems of the check and of both ends', async () => {
  const { document } = mistakes['lint/metric-on-training']!;
  const check = withLint(document, await checkDocument(document));
  expect(check.problems.map(({ code }) => code)).toContain('lint/metric-on-training');
  expect(check.nodes.get('measure')!.problems.map(({ code }) => code)).toContain('lint/metric-on-training');
  expect(check.nodes.get('predict')!.problems.map(({ code }) => code)).toContain('lint/metric-on-training');
});

test('what is silenced is told again', () => {
  const once = applyCommand(good, silence(good, 'train', 'lint/unused')).document;
  expect(once.nodes.train!.silenced).toEqual(['lint/unused']);
  const twice = applyCommand(once, silence(once, 'train', 'lint/unused')).document;
  expect(twice.nodes.train!.silenced).toBeUndefined();
  expect(ruleOf('lint/unused')?.title).toBe('A node that nothing uses');
});

describe('names of wires', () => {
  const told = async (document: GraphDocument) =>
    (await found(document)).filter(({ code }) => code === 'lint/wire-names');

  test('of two outputs: told at all four ends, and either can get another name', async () => {
    const document = named(good, { w6: 'model', w12: 'model', w0: 'model 2' });
    const [problem, other, ...more] = await told(document);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      message: 'The name “model” is on wires of two outputs, model of Network and model of Train.',
      at: { node: 'network', port: 'model' },
      fixes: [{ label: 'Call model of Network “model 3”' }, { label: 'Call model of Train “model 3”' }],
    });
    expect(other).toMatchObject({
      at: { node: 'train', port: 'model' },
      fixes: [{ label: 'Call model of Train “model 3”' }, { label: 'Call model of Network “model 3”' }],
    });
    expect(problem!.notes!.map(({ message, at }) => [message, at!.node])).toEqual([
      ['model of Train has it too.', 'train'],
      ['“model” leads to model of Train.', 'train'],
      ['“model” leads to model of Predict.', 'predict'],
    ]);
    const { nodes: checked } = withLint(document, await checkDocument(document));
    const tells = [...checked].flatMap(([id, { problems }]) =>
      problems.some(({ code }) => code === 'lint/wire-names') ? [id] : [],
    );
    expect(tells).toEqual(['network', 'train', 'predict']);
    const names = problem!.fixes!.map((fix) => applyCommand(document, fix).document.edges);
    expect(names.map(({ w6, w12 }) => [w6!.name, w12!.name])).toEqual([
      ['model 3', 'model'],
      ['model', 'model 3'],
    ]);
  });

  test('one output with two names gets one of them for all of its wires', async () => {
    const document = named(good, { w1: 'rows', w7: 'train' });
    const [problem] = await told(document);
    expect(problem!.message).toBe('The wires of train of Split have two names, “rows” and “train”.');
    const names = problem!.fixes!.map((fix) => applyCommand(document, fix).document.edges);
    expect(names.map(({ w1, w7 }) => [w1!.name, w7!.name])).toEqual([
      ['rows', 'rows'],
      ['train', 'train'],
    ]);
  });

  test('in a subgraph it is told in each instance, and mended in the definition', async () => {
    const { nodes: inner, edges } = named(good, { w6: 'model', w12: 'model' });
    const instance = (x: number) => ({
      type: 'graph/instance',
      version: 1,
      params: { definition: 'd', name: `n${x}` },
      position: { x, y: 0 },
    });
    const document: GraphDocument = {
      ...emptyDocument('Instances'),
      nodes: { a: instance(0), b: instance(1) },
      definitions: { d: { title: 'D', inputs: [], outputs: [], params: [], nodes: inner, edges } },
    };
    const problems = await told(document);
    expect(problems.map(({ at }) => at!.node)).toEqual(['a/network', 'a/train', 'b/network', 'b/train']);
    const mended = applyCommand(document, problems[3]!.fixes![0]!).document;
    expect(mended.definitions.d!.edges.w12!.name).toBe('model 2');
    expect(await told(mended)).toEqual([]);
  });
});

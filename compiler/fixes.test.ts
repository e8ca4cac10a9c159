import { beforeAll, describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../graph/document.ts';
import { applyCommand } from '../graph/edit.ts';
import { loadNodes, lookup } from '../nodes/catalogue.ts';
import { Checker } from './check.ts';
import { withFixes } from './fixes.ts';

type Params = Readonly<Record<string, unknown>>;

function graph(
  nodes: Readonly<Record<string, readonly [type: string, params?: Params]>>,
  wires: readonly (readonly [string, string])[] = [],
): GraphDocument {
  const end = (text: string) => text.split('.') as [string, string];
  return {
    ...emptyDocument('Test'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}]]) => [
        id,
        { type, version: 1, params: params as Record<string, never>, position: { x: 0, y: 0 } },
      ]),
    ),
    edges: Object.fromEntries(wires.map(([from, to], i) => [`w${i}`, { from: end(from), to: end(to) }])),
  };
}

const check = (document: GraphDocument) => new Checker(lookup).check(document);
const advised = (document: GraphDocument) => withFixes(document, check(document), check);

const trained = [
  'network/embedding',
  'network/attention',
  'training/objective',
  'training/optimizer',
  'training/train',
  'data/upload',
  'models/predict',
];
const iris = ['data/dataset', { dataset: 'iris' }] as const;

/** A graph with one problem of each code, and what its fixes say. */
const cases: Readonly<Record<string, { readonly document: GraphDocument; readonly labels: readonly string[] }>> = {
  'graph/missing-input': {
    document: graph({ data: iris, split: ['data/split'] }),
    labels: ['Wire dataset of Data set to it', 'Add Data set'],
  },
  'graph/kind': {
    document: graph({ data: iris, act: ['network/activation', { name: 'a' }] }, [['data.dataset', 'act.x']]),
    labels: ['Take the wire away'],
  },
  'graph/too-many-wires': {
    document: graph({ data: iris, other: iris, split: ['data/split'] }, [
      ['data.dataset', 'split.dataset'],
      ['other.dataset', 'split.dataset'],
    ]),
    labels: ['Keep the first wire alone'],
  },
  'graph/dangling-wire': {
    document: graph({ data: iris }, [['data.dataset', 'gone.dataset']]),
    labels: ['Take wires to nowhere away'],
  },
  'graph/cycle': {
    document: graph({ a: ['network/activation', { name: 'a' }], b: ['network/activation', { name: 'b' }] }, [
      ['a.y', 'b.x'],
      ['b.y', 'a.x'],
    ]),
    labels: ['Take the wire that closes the circle away'],
  },
  'node/unknown': { document: graph({ strange: ['future/thing'] }), labels: ['Delete the node'] },
  'network/same-name': {
    document: graph(
      {
        data: iris,
        input: ['network/input', { column: 'petal length' }],
        one: ['network/linear', { name: 'layer', units: 4 }],
        act: ['network/activation', { name: 'act' }],
        two: ['network/linear', { name: 'layer' }],
        network: ['network/network', { task: 'classification' }],
      },
      [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'one.x'],
        ['one.y', 'act.x'],
        ['act.y', 'two.x'],
        ['two.y', 'network.x'],
      ],
    ),
    labels: ['Name it layer-1'],
  },
  'size/unsolved': {
    document: graph(
      {
        data: iris,
        input: ['network/input', { column: 'petal length' }],
        one: ['network/linear', { name: 'one' }],
        network: ['network/network', { task: 'none' }],
      },
      [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'one.x'],
        ['one.y', 'network.x'],
      ],
    ),
    labels: ['Set it to 64'],
  },
  'param/invalid': {
    document: graph({ data: iris, split: ['data/split', { train: 4 }] }, [['data.dataset', 'split.dataset']]),
    labels: ['Set Train back to its default'],
  },
};

const used = new Set(
  Object.values(cases).flatMap(({ document }) => Object.values(document.nodes).map(({ type }) => type)),
);
beforeAll(() => loadNodes([...used, ...trained]), 60_000);

describe('problems of the checker come with what mends them', () => {
  test.each(Object.entries(cases))('%s', (code, { document, labels }) => {
    const problem = advised(document).problems.find((each) => each.code === code);
    expect(problem?.fixes?.map(({ label }) => label)).toEqual(labels);
    for (const fix of problem!.fixes!) {
      const applied = applyCommand(document, fix);
      expect(applied.skipped).toEqual([]);
      const left = check(applied.document).problems.filter(
        (each) => each.code === code && each.at?.node === problem!.at?.node && each.at?.port === problem!.at?.port,
      );
      expect(left).toEqual([]);
    }
  });
});

describe('a missing model: what people wire there comes first', () => {
  test.each([
    ['training/train', 'Add Network'],
    ['models/predict', 'Add Train'],
  ])('%s: %s', (type, label) => {
    const missing = advised(graph({ it: [type] })).problems.find(
      ({ code, at }) => code === 'graph/missing-input' && /^models?$/.test(at?.port ?? ''),
    );
    expect(missing?.fixes?.[0]?.label).toBe(label);
  });
});

describe('fixes that may fail are tried first', () => {
  test('heads that do not divide the width: numbers that do', () => {
    const document = graph(
      {
        input: ['network/input', { length: 4, vocabulary: 8 }],
        embedding: ['network/embedding', { name: 'embedding', width: 12 }],
        look: ['network/attention', { name: 'look', heads: 5 }],
      },
      [
        ['input.y', 'embedding.x'],
        ['embedding.y', 'look.query'],
      ],
    );
    const [problem] = advised(document).problems;
    expect(problem?.at?.node).toBe('look');
    expect(problem?.fixes?.length).toBeGreaterThan(0);
    for (const fix of problem!.fixes!) expect(check(applyCommand(document, fix).document).problems).toEqual([]);
  });

  test('a column that is not there: those that are', () => {
    const document = graph({ data: iris, input: ['network/input', { column: 'petals' }] }, [
      ['data.dataset', 'input.dataset'],
    ]);
    const [problem] = advised(document).problems;
    expect(problem?.fixes?.map(({ label }) => label)).toContain('Choose sepal length');
  });

  test('units that do not fit the classes: blank, so that the checker solves them', () => {
    const document = graph(
      {
        data: iris,
        input: ['network/input', { column: 'petal length' }],
        head: ['network/linear', { name: 'head', units: 7 }],
        network: ['network/network', { task: 'classification' }],
        objective: ['training/objective'],
        optimizer: ['training/optimizer'],
        train: ['training/train'],
      },
      [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'train.model'],
        ['data.dataset', 'train.dataset'],
        ['objective.objective', 'train.objective'],
        ['optimizer.optimizer', 'train.optimizer'],
      ],
    );
    const [problem] = advised(document).problems;
    expect(problem?.fixes?.map(({ label }) => label)).toContain('Leave Units of Linear blank');
  });

  test('a problem that nothing mends has no button', () => {
    const document = graph({ upload: ['data/upload'] });
    expect(advised(document).problems.map(({ fixes }) => fixes)).toEqual([undefined]);
  });
});

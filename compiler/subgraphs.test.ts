import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument, type GraphEdge, openDocument } from '../graph/document.ts';
import { applyCommand, type Command } from '../graph/edit.ts';
import {
  exposePort,
  liftParam,
  makeIndependent,
  makeSubgraph,
  type NewIds,
  newInstance,
  renamePort,
  unpack,
} from '../graph/subgraph-edits.ts';
import { inside, locate, paramEdit, settled } from '../graph/subgraphs.ts';
import { showWire } from '../graph/types.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { codeHash, loadNodes, lookup } from '../nodes/catalogue.ts';
import { expandComposite } from '../nodes/expand-composite.ts';
import { entryOfNode } from '../nodes/subgraphs.ts';
import { Checker, nodesAbove } from './check.ts';
import { withFixes } from './fixes.ts';
import { readParams } from './flatten.ts';
import { lint } from './lint/index.ts';
import { makePlan } from './plan.ts';

type Params = Readonly<Record<string, unknown>>;

function graph(
  nodes: Readonly<Record<string, readonly [type: string, params?: Params]>>,
  wires: readonly (readonly [string, string])[] = [],
): GraphDocument {
  const end = (text: string): [string, string] => [text.slice(0, text.indexOf('.')), text.slice(text.indexOf('.') + 1)];
  return {
    ...emptyDocument('Test'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}]], i) => [
        id,
        { type, version: 1, params: params as Record<string, never>, position: { x: i * 100, y: 0 } },
      ]),
    ),
    edges: Object.fromEntries(wires.map(([from, to], i) => [`w${i}`, { from: end(from), to: end(to) }])),
  };
}

/** Ids in turn, so that a test says the same each time. */
function counting(): NewIds {
  let n = 0;
  return { wire: () => `made-${++n}`, definition: () => `definition-${++n}` };
}
const done = (document: GraphDocument, command: Command): GraphDocument =>
  applyCommand(document, settled(document, command)).document;
const check = (document: GraphDocument) => new Checker(lookup).check(document);
const titleOf = (node: string) => node;
const make = (document: GraphDocument, ids: readonly string[], title = 'Block', newIds = counting()) => {
  const { id, command } = makeSubgraph(document, ids, { title, ids: newIds, titleOf });
  return { id, document: done(document, command) };
};
const plan = (document: GraphDocument) =>
  makePlan(document, check(document), { device: { backend: 'reference', threads: 1 }, codeHash, check });

/** iris → a network of two layers → training. */
const trained = graph(
  {
    data: ['data/dataset', { dataset: 'iris' }],
    split: ['data/split'],
    input: ['network/input', {}],
    hidden: ['network/linear', { units: 8, name: 'hidden' }],
    bend: ['network/activation', { name: 'bend' }],
    scores: ['network/linear', { units: 3, name: 'scores' }],
    network: ['network/network', { task: 'classification' }],
  },
  [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'input.dataset'],
    ['input.y', 'hidden.x'],
    ['hidden.y', 'bend.x'],
    ['bend.y', 'scores.x'],
    ['scores.y', 'network.x'],
  ],
);

beforeAll(() =>
  loadNodes([
    ...Object.values(trained.nodes).map(({ type }) => type),
    'network/decoder-block',
    'network/embedding',
    'network/concat',
    'network/dropout',
    'network/residual',
    'training/objective',
    'ensembles/voting',
    'data/concat-rows',
  ]),
);

describe('a subgraph', () => {
  test('has the cut wires as its ports, and all types go through it', () => {
    const { id, document } = make(trained, ['hidden', 'bend']);
    expect(id).toBe('block-1');
    expect(Object.keys(document.nodes)).toEqual(['data', 'split', 'input', 'scores', 'network', 'block-1']);
    const entry = entryOfNode(document.nodes[id], document.definitions)!;
    expect(entry.title).toBe('Block');
    expect(entry.inputs).toMatchObject([{ name: 'x', kinds: ['tensor'] }]);
    expect(entry.outputs).toMatchObject([{ name: 'y', kinds: ['tensor'] }]);

    const [before, after] = [check(trained), check(document)];
    expect(after.problems).toEqual(before.problems);
    const type = (found: typeof after, path: string) => showWire(found.nodes.get(path)!.outputs.y!);
    expect(type(after, 'block-1')).toBe(type(before, 'bend'));
    expect(type(after, 'block-1/hidden')).toBe(type(before, 'hidden'));
    expect(after.nodes.get('block-1')!.inputs.x!.map(showWire)).toEqual(
      before.nodes.get('hidden')!.inputs.x!.map(showWire),
    );
    // 1 · 8 + 8 learned numbers lie in it
    expect(after.nodes.get('block-1')!.cost.parameters).toBe(16);
    expect(after.nodes.get('network')!.outputs.model).toMatchObject({ parameters: 43 });
  });

  test('names the parameters of its layers after itself', () => {
    const { document } = make(trained, ['hidden', 'bend']);
    const [layers] = Object.values(plan(document).plan!.steps.find(({ node }) => node === 'network')!.layers!);
    expect(layers!.nodes.map(({ name }) => name)).toEqual(['block-1.hidden', 'block-1.bend', 'scores']);
  });

  test('one source that feeds two nodes inside is one input', () => {
    const forked = graph(
      { a: ['network/input'], b: ['network/linear'], c: ['network/linear'], sum: ['network/residual'] },
      [
        ['a.y', 'b.x'],
        ['a.y', 'c.x'],
        ['b.y', 'sum.a'],
        ['c.y', 'sum.b'],
      ],
    );
    const { id, document } = make(forked, ['b', 'c']);
    const entry = entryOfNode(document.nodes[id], document.definitions)!;
    expect(entry.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(entry.outputs.map(({ name }) => name)).toEqual(['y', 'y-2']);
    expect(check(document).graph.wires.get('block-1/c|x')).toMatchObject([{ from: ['a', 'y'] }]);
  });

  test('can not leave out what lies between its nodes', () => {
    expect(() => make(trained, ['hidden', 'scores'])).toThrow(
      "These nodes can't be one: bend lies between them. Select it too.",
    );
  });

  test('holds subgraphs, at any depth', () => {
    const inner = make(trained, ['hidden', 'bend'], 'Inner');
    const outer = make(inner.document, [inner.id, 'scores'], 'Outer', {
      wire: counting().wire,
      definition: () => 'outer',
    });
    const found = check(outer.document);
    expect(found.problems).toEqual(check(trained).problems);
    expect(found.nodes.get('outer-1')!.cost.parameters).toBe(43);
    expect(showWire(found.nodes.get('outer-1/inner-1/hidden')!.outputs.y!)).toBe('float32[B, 8]');
    expect(locate(outer.document, 'outer-1/inner-1/hidden')).toMatchObject({
      scope: ['outer-1', 'inner-1'],
      id: 'hidden',
    });
    expect(Object.keys(inside(outer.document, ['outer-1', 'inner-1'])!.document.nodes)).toEqual(['hidden', 'bend']);
  });
});

describe('instances', () => {
  const twice = () => {
    const { document } = make(trained, ['bend']);
    const second = newInstance(document, 'definition-1', { x: 0, y: 300 });
    const wired = done(document, {
      label: 'Add',
      edits: [
        { path: ['nodes', second.id], value: second.node },
        { path: ['edges', 'more'], value: { from: ['scores', 'y'], to: [second.id, 'x'] } },
        { path: ['edges', 'w5', 'from'], value: [second.id, 'y'] },
      ],
    });
    return { document: wired, second: second.id };
  };

  test('are linked: a change of one changes all, until one is made independent', () => {
    const { document, second } = twice();
    const changed = done(document, {
      label: 'Set',
      edits: [{ path: ['definitions', 'definition-1', 'nodes', 'bend', 'params', 'function'], value: 'tanh' }],
    });
    const functions = (of: GraphDocument) =>
      [...check(of).graph.nodes.values()]
        .filter(({ definition }) => definition.id === 'network/activation')
        .map(({ params }) => params.function);
    expect(functions(changed)).toEqual(['tanh', 'tanh']);

    const apart = done(changed, makeIndependent(changed, second, { ...counting(), definition: () => 'own' }));
    expect(apart.definitions.own!.title).toBe('Block 2');
    const again = done(apart, {
      label: 'Set',
      edits: [{ path: ['definitions', 'own', 'nodes', 'bend', 'params', 'function'], value: 'relu' }],
    });
    expect(functions(again)).toEqual(['tanh', 'relu']);
  });

  test('give lifted params values of their own', () => {
    const { document, second } = twice();
    const lifted = done(document, liftParam(document.definitions, 'definition-1', ['bend', 'function'], 'Function'));
    const set = done(lifted, {
      label: 'Set',
      edits: [{ path: ['nodes', second, 'params', 'function'], value: 'tanh' }],
    });
    const found = check(set);
    expect(found.graph.nodes.get('block-1/bend')!.params.function).toBe('gelu');
    expect(found.graph.nodes.get(`${second}/bend`)!.params.function).toBe('tanh');
    expect(entryOfNode(set.nodes[second], set.definitions)!.params.function).toMatchObject({ title: 'Function' });

    const wrong = done(lifted, {
      label: 'Set',
      edits: [{ path: ['nodes', second, 'params', 'function'], value: 'sideways' }],
    });
    expect(check(wrong).problems.find(({ code }) => code === 'param/invalid')!.at).toEqual({
      node: second,
      param: 'function',
    });
  });

  test('keep their wires when a port is renamed, lose them when its node goes', () => {
    const { document, second } = twice();
    const renamed = done(document, renamePort(document, 'definition-1', 'inputs', { from: 'x', to: 'numbers' }));
    expect(renamed.edges.more).toEqual({ from: ['scores', 'y'], to: [second, 'numbers'] });
    expect(check(renamed).problems).toEqual(check(document).problems);
    expect(() => renamePort(document, 'definition-1', 'inputs', { from: 'x', to: ' ' })).toThrow(
      'A port needs a name.',
    );

    const gone = done(renamed, {
      label: 'Delete',
      edits: [{ path: ['definitions', 'definition-1', 'nodes', 'bend'] }],
    });
    expect(gone.definitions['definition-1']).toMatchObject({ inputs: [], outputs: [] });
    expect(Object.values(gone.edges).some(({ from, to }) => from[0] === second || to[0] === second)).toBe(false);
  });

  test('take their definition with them when the last one goes', () => {
    const { document, second } = twice();
    const one = done(document, { label: 'Delete', edits: [{ path: ['nodes', second] }] });
    expect(Object.keys(one.definitions)).toEqual(['definition-1']);
    const none = settled(one, { label: 'Delete', edits: [{ path: ['nodes', 'block-1'] }] });
    const { document: after, inverse } = applyCommand(one, none);
    expect(after.definitions).toEqual({});
    expect(canonicalJson(applyCommand(after, inverse).document)).toBe(canonicalJson(one));
  });

  test('that contain themselves are told of in one sentence, and the rest is checked', () => {
    const { document } = make(trained, ['bend']);
    const { id, node } = newInstance(document, 'definition-1', { x: 0, y: 0 });
    const circle = done(document, {
      label: 'Add',
      edits: [{ path: ['definitions', 'definition-1', 'nodes', id], value: node }],
    });
    const problems = check(circle).problems.filter(({ code }) => code.startsWith('subgraph/'));
    expect(problems).toMatchObject([
      {
        code: 'subgraph/contains-itself',
        message: 'Block contains itself: Block → Block.',
        hint: 'Take this instance out of it.',
        at: { node: `block-1/${id}` },
      },
    ]);
    expect(openDocument(circle).problems).toEqual([]);
    expect(entryOfNode(circle.nodes['block-1'], circle.definitions)!.outputs).toMatchObject([{ kinds: ['tensor'] }]);
  });

  test('of a definition that is not there, and of far too many nodes', () => {
    const { document } = make(trained, ['bend']);
    expect(check({ ...document, definitions: {} }).problems.map(({ code }) => code)).toContain('subgraph/missing');
    const many = Object.fromEntries(
      Array.from({ length: 8 }, (_, depth) => [
        `d${depth}`,
        {
          title: `D${depth}`,
          inputs: [],
          outputs: [],
          params: [],
          edges: {},
          nodes: Object.fromEntries(
            Array.from({ length: 8 }, (__, i) => [
              `n${i}`,
              depth === 7
                ? trained.nodes.bend!
                : { ...document.nodes['block-1']!, params: { definition: `d${depth + 1}`, name: '' } },
            ]),
          ),
        },
      ]),
    );
    const huge = {
      ...document,
      definitions: { ...document.definitions, ...many },
      nodes: { top: { ...document.nodes['block-1']!, params: { definition: 'd0' } } },
      edges: {},
    };
    expect(check(huge).problems.map(({ code }) => code)).toContain('graph/too-large');
  });
});

describe('problems inside', () => {
  test('come up on the instance, and are mended in the definition', () => {
    const { document } = make(trained, ['hidden', 'bend']);
    const wrong = done(document, {
      label: 'Set',
      edits: [{ path: ['definitions', 'definition-1', 'nodes', 'hidden', 'params', 'units'], value: -3 }],
    });
    const found = withFixes(wrong, check(wrong), check);
    const [problem] = found.problems.filter(({ code }) => code === 'param/invalid');
    expect(problem!.at).toEqual({ node: 'block-1/hidden', param: 'units' });
    expect(found.nodes.get('block-1')!.problems).toContain(problem);
    const mended = applyCommand(wrong, problem!.fixes![0]!).document;
    expect(check(mended).problems.some(({ code }) => code === 'param/invalid')).toBe(false);
  });

  test('an input that nothing is wired to is missing at the instance', () => {
    const { document } = make(trained, ['hidden', 'bend']);
    const wire = Object.entries(document.edges).find(([, { to }]) => to[0] === 'block-1')![0];
    const open = done(document, { label: 'Cut', edits: [{ path: ['edges', wire] }] });
    const found = withFixes(open, check(open), check);
    const [problem] = found.problems.filter(({ code }) => code === 'graph/missing-input');
    expect(problem).toMatchObject({
      message: 'Block needs a tensor on x, got nothing.',
      at: { node: 'block-1', port: 'x' },
    });
    expect(problem!.fixes![0]!.label).toBe('Wire y of Input to it');
    const mended = applyCommand(open, problem!.fixes![0]!).document;
    expect(check(mended).problems.some(({ code }) => code === 'graph/missing-input')).toBe(false);
  });

  test('what an instance gives may go unused at one of them', () => {
    const { document } = make(trained, ['hidden', 'bend']);
    const second = newInstance(document, 'definition-1', { x: 0, y: 300 });
    const added = done(document, {
      label: 'Add',
      edits: [
        { path: ['nodes', second.id], value: second.node },
        { path: ['edges', 'more'], value: { from: ['input', 'y'], to: [second.id, 'x'] } },
      ],
    });
    expect(lint(added, check(added)).filter(({ code }) => code === 'lint/unused')).toEqual([]);
  });

  test('lint mends what lies inside where it lies', () => {
    const wet = graph({ a: ['network/input'], drop: ['network/dropout', { rate: 0.9 }] }, [['a.y', 'drop.x']]);
    const { document } = make(wet, ['drop']);
    const found = lint(document, check(document)).find(({ at }) => at?.node === 'block-1/drop' && at.param === 'rate');
    expect(found!.fixes![0]!.edits).toEqual([
      { path: ['definitions', 'definition-1', 'nodes', 'drop', 'params', 'rate'], value: 0.2 },
    ]);
  });
});

describe('runs', () => {
  test('plan the steps of an instance by their paths', () => {
    const { document } = make(trained, ['data', 'split'], 'Data');
    const { steps } = plan(document).plan!;
    expect(steps.map(({ id, node }) => [id, node])).toEqual([
      ['data-1/data', 'data-1/data'],
      ['data-1/split', 'data-1/split'],
      ['network', 'network'],
    ]);
    expect(steps[2]!.after).toEqual([{ step: 'data-1/split', port: 'train' }]);
    const some = makePlan(document, check(document), {
      device: { backend: 'reference', threads: 1 },
      codeHash,
      check,
      targets: ['data-1'],
    });
    expect(some.plan!.steps.map(({ id }) => id)).toEqual(['data-1/data', 'data-1/split']);
  });

  test('a bypassed node at the edge of a subgraph lets through what comes in', () => {
    const { document } = make(trained, ['bend']);
    const past = done(document, {
      label: 'Bypass',
      edits: [{ path: ['definitions', 'definition-1', 'nodes', 'bend', 'bypassed'], value: true }],
    });
    expect(check(past).graph.wires.get('scores|x')).toMatchObject([{ from: ['hidden', 'y'] }]);
    const whole = done(document, { label: 'Bypass', edits: [{ path: ['nodes', 'block-1', 'bypassed'], value: true }] });
    expect(check(whole).graph.wires.get('scores|x')).toMatchObject([{ from: ['hidden', 'y'] }]);
  });

  test('the wires of a port that takes many keep their order', () => {
    const many = graph({ a: ['data/dataset'], b: ['data/dataset'], c: ['data/dataset'], all: ['data/concat-rows'] });
    const ordered: GraphDocument = {
      ...many,
      edges: Object.fromEntries(
        ['c', 'a', 'b'].map((id, order) => [id, { from: [id, 'dataset'], to: ['all', 'datasets'], order }]),
      ),
    };
    const sources = (of: GraphDocument, path: string) =>
      check(of)
        .graph.wires.get(`${path}|datasets`)!
        .map(({ from }) => from[0]);
    expect(sources(ordered, 'all')).toEqual(['c', 'a', 'b']);
    const { document } = make(ordered, ['a', 'all']);
    expect(sources(document, 'block-1/all')).toEqual(['c', 'block-1/a', 'b']);
  });
});

describe('a ready-made node', () => {
  const blocks = graph(
    {
      input: ['network/input', { length: 4, vocabulary: 8 }],
      embedding: ['network/embedding', { width: 8, name: 'embedding' }],
      block: ['network/decoder-block', { heads: 2, repeat: 2, name: 'block', dropout: 0.1 }],
      network: ['network/network', { task: 'none' }],
    },
    [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'network.x'],
    ],
  );

  test('expands into layers that compute the same: the network is the same, to its names and seeds', () => {
    const definition = lookup('network/decoder-block')!;
    const { params } = readParams(definition, blocks.nodes.block!, 'Block', 'block');
    const expanded = done(blocks, expandComposite(blocks, 'block', { definition, params, ids: counting() }));
    expect(expanded.nodes.block!.type).toBe('graph/instance');
    expect(Object.keys(expanded.definitions['definition-1']!.nodes)).toHaveLength(16);
    const layers = (of: GraphDocument) => plan(of).plan!.steps.find(({ id }) => id === 'network')!.layers;
    // every weight, its first values and each layer's random numbers follow from these
    const sameParams = (of: GraphDocument) =>
      JSON.stringify(layers(of), (key, value) =>
        key === 'edges' ? value.map((edge: unknown) => JSON.stringify(edge)).sort() : value,
      );
    expect(sameParams(expanded)).toBe(sameParams(blocks));
    expect(check(expanded).nodes.get('block')!.cost).toEqual(check(blocks).nodes.get('block')!.cost);
  });

  test('that is one piece does not expand', () => {
    expect(() =>
      expandComposite(trained, 'hidden', { definition: lookup('network/linear')!, params: {}, ids: counting() }),
    ).toThrow('Linear is one piece: it has no layers to expand into.');
  });
});

/** What a graph is, whatever its wires are called and in whatever order it is written. */
function shape({ nodes, edges, definitions }: GraphDocument): string {
  const wires = Object.values(edges)
    .map((edge) => canonicalJson(edge))
    .sort();
  return canonicalJson({ nodes, wires, definitions } as never);
}

test('property: making a subgraph and unpacking it gives the graph, and so does undoing both', () => {
  const types = ['network/linear', 'network/activation', 'network/residual', 'network/concat'] as const;
  const random = fc
    .record({
      types: fc.array(fc.constantFrom(...types), { minLength: 2, maxLength: 12 }),
      wires: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 24 }),
      chosen: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
    })
    .map(({ types: kinds, wires, chosen }) => {
      const ids = kinds.map((_, i) => `n-${i}`);
      const ports = { 'network/residual': ['a', 'b'], 'network/concat': ['tensors'] } as Record<string, string[]>;
      const taken = new Set<string>();
      const edges = wires.flatMap(([a, b, p], i) => {
        const [from, to] = [a % kinds.length, b % kinds.length].sort((x, y) => x - y) as [number, number];
        const inputs = ports[kinds[to]!] ?? ['x'];
        const port = inputs[p % inputs.length]!;
        const many = port === 'tensors';
        if (from === to || (!many && taken.has(`${to}|${port}`))) return [];
        if (taken.has(`${from}>${to}|${port}`)) return [];
        taken.add(`${to}|${port}`).add(`${from}>${to}|${port}`);
        const edge: GraphEdge = { from: [ids[from]!, 'y'], to: [ids[to]!, port], ...(many && { order: i }) };
        return [[`w-${i}`, edge] as const];
      });
      const nodes = Object.fromEntries(
        ids.map((id, i) => [
          id,
          { type: kinds[i]!, version: 1, params: { name: id }, position: { x: i * 10, y: (i * 7) % 40 } },
        ]),
      );
      const document: GraphDocument = { ...emptyDocument(), nodes, edges: Object.fromEntries(edges) };
      return {
        document,
        chosen: [...new Set(chosen.map((each) => ids[each % ids.length]!))],
      };
    });
  let tried = 0;
  fc.assert(
    fc.property(random, ({ document, chosen }) => {
      let made: ReturnType<typeof makeSubgraph>;
      const newIds = counting();
      try {
        made = makeSubgraph(document, chosen, { title: 'Part', ids: newIds, titleOf });
      } catch (error) {
        expect(String(error)).toMatch(/lies between them/);
        return;
      }
      tried++;
      const first = applyCommand(document, settled(document, made.command));
      const back = unpack(first.document, made.id, { ids: newIds, title: 'Part' });
      const second = applyCommand(first.document, settled(first.document, back.command));
      expect(shape(second.document)).toBe(shape(document));
      const undone = applyCommand(applyCommand(second.document, second.inverse).document, first.inverse).document;
      expect(canonicalJson(undone)).toBe(canonicalJson(document));
      // what it computes is told by flat wires: in the subgraph they are the same but for the path
      const plain = (id: string) => id.slice(id.lastIndexOf('/') + 1);
      const flat = (of: GraphDocument) =>
        [...check(of).graph.wires]
          .map(([key, list]) => `${plain(key)}: ${list.map(({ from }) => `${plain(from[0])}.${from[1]}`).join(', ')}`)
          .sort();
      expect(flat(first.document)).toEqual(flat(document));
    }),
    { numRuns: 200 },
  );
  expect(tried).toBeGreaterThan(50);
});

test('declared inputs follow their nodes into a subgraph and out of it', () => {
  const declared = { ...trained, inputs: [{ name: 'units', node: 'hidden', param: 'units', title: 'Units' }] };
  const ids = counting();
  const { id, document } = make(declared, ['hidden', 'bend'], 'Block', ids);
  expect(document.inputs[0]!.node).toBe('block-1/hidden');
  const edit = paramEdit(document, 'block-1/hidden', 'units', 5)!;
  expect(edit.path).toEqual(['definitions', 'definition-1', 'nodes', 'hidden', 'params', 'units']);
  expect(check(applyCommand(document, { label: 'Set', edits: [edit] }).document).problems).toEqual(
    check(document).problems,
  );
  const back = done(document, unpack(document, id, { ids, title: 'Block' }).command);
  expect(back.inputs).toEqual(declared.inputs);
});

test('a repetition may vary what an instance shows outside', () => {
  const { document } = make(trained, ['data', 'split'], 'Data');
  const lifted = done(document, liftParam(document.definitions, 'definition-1', ['data', 'dataset'], 'Data set'));
  const above = nodesAbove(check(lifted).graph, 'network');
  expect(above).toContainEqual({
    id: 'data-1',
    type: 'graph/instance',
    title: 'Data',
    params: { dataset: 'iris' },
  });
});

test('a subgraph with a part that can not be read opens without that part', () => {
  const { document } = make(trained, ['hidden', 'bend']);
  const broken = structuredClone(document);
  Object.assign(broken.definitions['definition-1']!.nodes, { bend: 7 });
  const { document: opened, problems } = openDocument(broken);
  expect(Object.keys(opened.definitions['definition-1']!.nodes)).toEqual(['hidden']);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^definitions\.definition-1\.nodes\.bend could not be read/),
  ]);
  expect(check(opened).problems.length).toBeGreaterThan(0);
});

test('ports and params that are shown outside have free names', () => {
  const { document } = make(trained, ['hidden', 'bend']);
  const definitions = () => shown.definitions;
  let shown = document;
  shown = done(shown, exposePort(definitions(), 'definition-1', 'outputs', ['hidden', 'y']));
  expect(shown.definitions['definition-1']!.outputs.map(({ name }) => name)).toEqual(['y', 'y-2']);
  shown = done(shown, liftParam(definitions(), 'definition-1', ['bend', 'name'], 'Name'));
  expect(shown.definitions['definition-1']!.params).toEqual([{ name: 'name-2', node: 'bend', param: 'name' }]);
});

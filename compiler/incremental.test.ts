import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument, type GraphNode } from '../graph/document.ts';
import { applyCommand, type Command, connect, disconnect, removeNodes, setNodeField, setParam } from '../graph/edit.ts';
import { INSTANCE, typesOf } from '../graph/subgraphs.ts';
import { entryOf, loadNodes, lookup } from '../nodes/catalogue.ts';
import { templateNamed } from '../templates/index.ts';
import { Checker, type CheckResult } from './check.ts';

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

/** A network of blanks, of which some are solved by others, with a subgraph beside it. */
const blanks: GraphDocument = (() => {
  const node = (type: string, params: GraphNode['params'] = {}): GraphNode => ({
    type,
    version: entryOf(type)?.version ?? 1,
    params,
    position: { x: 0, y: 0 },
  });
  const definition = {
    title: 'Part',
    inputs: [{ name: 'x', node: 'inner', port: 'x' }],
    outputs: [{ name: 'y', node: 'inner', port: 'y' }],
    params: [],
    nodes: { inner: node('network/linear', { units: null, name: 'inner' }) },
    edges: {},
  };
  const wire = (from: string, to: string, port = 'x') =>
    ({ from: [from, 'y'], to: [to, port] }) as GraphDocument['edges'][string];
  return {
    ...emptyDocument('Blanks'),
    definitions: { part: definition },
    nodes: {
      input: node('network/input', { length: 8, vocabulary: 16 }),
      embedding: node('network/embedding', { width: 12, name: 'embedding' }),
      first: node('network/linear', { units: null, name: 'first' }),
      part: node(INSTANCE, { definition: 'part', name: 'part' }),
      sum: node('network/residual'),
      second: node('network/linear', { units: null, name: 'second' }),
      again: node('network/residual'),
      network: node('network/network', { task: 'none' }),
    },
    edges: {
      a: wire('input', 'embedding'),
      b: wire('embedding', 'first'),
      c: wire('first', 'sum', 'a'),
      d: wire('embedding', 'sum', 'b'),
      e: wire('sum', 'second'),
      f: wire('sum', 'again', 'a'),
      g: wire('second', 'again', 'b'),
      h: wire('again', 'part'),
      i: wire('part', 'network'),
    },
  } as GraphDocument;
})();

const numbers = [null, 4, 8, 12, 16, 64, 128, -1, 'B'];
const kinds = ['number', 'number', 'number', 'reset', 'wire', 'cut', 'remove', 'mute', 'bypass', 'title'] as const;
const step = fc.record({ kind: fc.constantFrom(...kinds), a: fc.nat({ max: 60 }), b: fc.nat({ max: 60 }) });

function commandOf(document: GraphDocument, { kind, a, b }: { kind: (typeof kinds)[number]; a: number; b: number }) {
  const ids = Object.keys(document.nodes);
  const id = pick(ids, a);
  if (id === undefined) return undefined;
  const node = document.nodes[id]!;
  const params = Object.keys(lookup(node.type)?.params.shape ?? {});
  const param = pick(params, b);
  if (kind === 'number' && param) return setParam(id, param, pick(numbers, a + b), param);
  if (kind === 'reset' && param) return setParam(id, param, undefined, param);
  if (kind === 'cut') return disconnect([pick(Object.keys(document.edges), b) ?? 'none']);
  if (kind === 'remove' && b < 10) return removeNodes(document, [id], 'Remove');
  if (kind === 'mute') return setNodeField(id, 'muted', node.muted ? undefined : true, 'Mute');
  if (kind === 'bypass') return setNodeField(id, 'bypassed', node.bypassed ? undefined : true, 'Bypass');
  if (kind === 'title') return setNodeField(id, 'title', `Title ${b}`, 'Title');
  const other = pick(ids, b)!;
  const [from, to] = [lookup(node.type), lookup(document.nodes[other]!.type)];
  const ports = from && to && [pick(Object.keys(from.outputs), b), pick(Object.keys(to.inputs), a)];
  return ports?.[0] && ports[1]
    ? connect(document, `w${a}-${b}`, { from: [id, ports[0]], to: [other, ports[1]] }, false)
    : undefined;
}

/** All that is told of a check, by place. */
const told = ({ nodes, flat, order, reads, networks, problems, graph }: CheckResult) => ({
  nodes: [...nodes],
  flat: [...flat],
  order,
  reads: [...reads],
  networks: [...networks],
  problems,
  graph: { ...graph, nodes: [...graph.nodes], places: [...graph.places], wires: [...graph.wires] },
});

const starts = ['small-gpt', 'digits', 'sentiment'].map((name) => templateNamed(name)!.document);
beforeAll(async () => {
  for (const document of [...starts, blanks]) await loadNodes(typesOf(document));
});

test('a check after edits tells what a fresh one does', () => {
  fc.assert(
    fc.property(fc.constantFrom(blanks, blanks, ...starts), fc.array(step, { maxLength: 25 }), (start, steps) => {
      const checker = new Checker(lookup);
      let document = start;
      checker.check(document);
      for (const each of steps) {
        const command: Command | undefined = commandOf(document, each);
        if (!command) continue;
        document = applyCommand(document, command).document;
        expect(told(checker.check(document))).toEqual(told(new Checker(lookup).check(document)));
      }
    }),
    { numRuns: 120 },
  );
}, 120_000);

test('after an edit, what was found of nodes above it is the same object', () => {
  const checker = new Checker(lookup);
  const { edges, definitions, nodes } = blanks;
  const { part: _, ...plain } = nodes;
  const start = {
    ...blanks,
    nodes: plain,
    edges: { ...edges, i: { ...edges.i!, from: ['again', 'y'] as [string, string] } },
  };
  const before = checker.check({ ...start, definitions });
  const edited = applyCommand(start, setParam('second', 'name', 'other', 'Name')).document;
  const after = checker.check(edited);
  for (const id of ['input', 'embedding', 'first', 'sum']) expect(after.nodes.get(id)).toBe(before.nodes.get(id));
});

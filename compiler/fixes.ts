import type { GraphDocument, GraphNode } from '../graph/document.ts';
import { applyCommand, connect, freeId, removeNodes } from '../graph/edit.ts';
import { editsInside, inside, locate, looseWires } from '../graph/subgraphs.ts';
import type { DatasetType } from '../graph/types.ts';
import { type Fix, isError, type Problem } from '../lib/problem.ts';
import { entries, entryOf, type PaletteEntry } from '../nodes/catalogue.ts';
import { entryOfNode } from '../nodes/subgraphs.ts';
import type { CheckResult } from './check.ts';
import { checkInside, prefixOf } from './scope.ts';

interface Scene {
  readonly document: GraphDocument;
  readonly check: CheckResult;
}
interface Candidate extends Fix {
  /** It may not mend it: offered only where a check of the changed graph says that it does. */
  readonly unsure?: true;
}
type Fixer = (problem: Problem, scene: Scene) => readonly Candidate[];

/** How many fixes of a problem are offered, and for how many problems the unsure ones are tried. */
const MOST = 3;
const MOST_ADDED = 2;
const MOST_TRIED = 12;

/** What a node is called: by its author, else as its type. */
export const titleOf = ({ definitions }: GraphDocument, node: GraphNode): string =>
  node.title || entryOfNode(node, definitions)?.title || node.type;
const wiresTo = ({ document }: Scene, node: string, port: string) =>
  Object.entries(document.edges).filter(([, { to }]) => to[0] === node && to[1] === port);
const cut = (label: string, ids: readonly string[]): Candidate[] =>
  ids.length === 0 ? [] : [{ label, edits: ids.map((id) => ({ path: ['edges', id] })) }];

/** Whether `node` needs `other`, directly or not. */
function needs(document: GraphDocument, node: string, other: string): boolean {
  const seen = new Set<string>();
  const visit = (id: string): boolean => {
    if (id === other) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return Object.values(document.edges).some(({ from, to }) => to[0] === id && visit(from[0]));
  };
  return visit(node);
}

/** The node type that is added for a kind where nothing in the graph gives it: the plain one, which needs nothing itself. */
const starters: Readonly<Record<string, string>> = {
  dataset: 'data/dataset',
  tensor: 'network/input',
  objective: 'training/objective',
  optimizer: 'training/optimizer',
  schedule: 'training/schedule',
  tokenizer: 'text/tokenizer',
};

/** What gives a kind to a port where nothing does: its starter, else what examples wire to the port most often. */
function startersFor(kind: string, type: string, port: string): readonly PaletteEntry[] {
  const starter = entryOf(starters[kind] ?? '');
  if (starter) return [starter];
  const counts = new Map<string, number>();
  for (const { pairs } of entries)
    for (const [from, , to, at] of pairs) if (to === type && at === port) counts.set(from, (counts.get(from) ?? 0) + 1);
  const common = [...counts].sort(([, a], [, b]) => b - a).flatMap(([id]) => entryOf(id) ?? []);
  const needless = entries.filter(({ inputs }) => inputs.every(({ optional, many }) => optional || many));
  return [...common, ...needless].filter(({ outputs }) => outputs.some(({ kinds }) => kinds.includes(kind)));
}

const missingInput: Fixer = ({ at }, { document }) => {
  const node = at && document.nodes[at.node];
  const port = node && entryOfNode(node, document.definitions)?.inputs.find(({ name }) => name === at.port);
  if (!at || !node || !port) return [];
  const wired = new Set(Object.values(document.edges).map(({ from }) => from.join('|')));
  const distance = ({ position }: GraphNode) => Math.hypot(position.x - node.position.x, position.y - node.position.y);
  const there = Object.entries(document.nodes)
    .filter(([id, each]) => !each.muted && !needs(document, id, at.node))
    .flatMap(([id, each]) =>
      (entryOfNode(each, document.definitions)?.outputs ?? [])
        .filter(({ kinds }) => kinds.some((kind) => port.kinds.includes(kind)))
        .map(({ name }) => ({ id, each, name, free: !wired.has(`${id}|${name}`) })),
    )
    .sort((a, b) => Number(b.free) - Number(a.free) || distance(a.each) - distance(b.each));
  const label = ({ each, name }: (typeof there)[number]) => `Wire ${name} of ${titleOf(document, each)} to it`;
  const offered = there.filter((one, i) => there.findIndex((other) => label(other) === label(one)) === i);
  const wires = offered.slice(0, 2).map((one): Candidate => {
    const id = freeId(document.edges, `wire-${at.node}`);
    const command = connect(document, id, { from: [one.id, one.name], to: [at.node, port.name] }, port.many === true);
    return { label: label(one), edits: command.edits };
  });
  const starting = port.kinds.length === 1 ? startersFor(port.kinds[0]!, node.type, port.name) : [];
  const adds = [...new Set(starting)].slice(0, MOST_ADDED).flatMap((entry): Candidate[] => {
    const output = entry.outputs.find(({ kinds }) => kinds.some((kind) => port.kinds.includes(kind)));
    if (!output) return [];
    const id = freeId(document.nodes, entry.id.slice(entry.id.indexOf('/') + 1));
    const position = { x: node.position.x - 280, y: node.position.y + 40 };
    const wire = { from: [id, output.name], to: [at.node, port.name] };
    return [
      {
        label: `Add ${entry.title}`,
        edits: [
          { path: ['nodes', id], value: { type: entry.id, version: entry.version, params: {}, position } },
          { path: ['edges', freeId(document.edges, `wire-${at.node}`)], value: wire },
        ],
      },
    ];
  });
  return [...wires, ...adds];
};

const sameName: Fixer = ({ at }, { document }) => {
  const node = at && document.nodes[at.node];
  if (!at || !node) return [];
  const taken = Object.fromEntries(
    Object.values(document.nodes).flatMap(({ params }) =>
      typeof params.name === 'string' ? [[params.name, true]] : [],
    ),
  );
  const stem =
    (typeof node.params.name === 'string' && node.params.name) || node.type.slice(node.type.indexOf('/') + 1);
  const name = freeId(taken, stem.replace(/-\d+$/, ''));
  return [{ label: `Name it ${name}`, edits: [{ path: ['nodes', at.node, 'params', 'name'], value: name }] }];
};

/** Fixes of problems that the checker itself finds, by code. */
const fixers: Readonly<Record<string, Fixer>> = {
  'graph/missing-input': missingInput,
  'graph/kind': ({ at }, scene) =>
    at?.port
      ? cut(
          'Take the wire away',
          wiresTo(scene, at.node, at.port).map(([id]) => id),
        )
      : [],
  'graph/too-many-wires': ({ at }, scene) =>
    at?.port
      ? cut(
          'Keep the first wire alone',
          wiresTo(scene, at.node, at.port)
            .slice(1)
            .map(([id]) => id),
        )
      : [],
  'graph/dangling-wire': (_, { document }) =>
    cut(
      'Take wires to nowhere away',
      Object.entries(document.edges)
        .filter(([, { from, to }]) => !(from[0] in document.nodes && to[0] in document.nodes))
        .map(([id]) => id),
    ),
  'graph/cycle': ({ at, notes }, { document }) => {
    const circle = new Set([at?.node, ...(notes ?? []).map((note) => note.at?.node)]);
    const inside = Object.entries(document.edges).filter(
      ([, { from, to }]) => circle.has(from[0]) && circle.has(to[0]),
    );
    const [last] = inside.filter(([, { to }]) => to[0] === at?.node);
    return last ? cut('Take the wire that closes the circle away', [last[0]]) : [];
  },
  'node/unknown': ({ at }, { document }) =>
    at ? [{ label: 'Delete the node', edits: removeNodes(document, [at.node], '').edits }] : [],
  'subgraph/missing': ({ at }, { document }) =>
    at ? [{ label: 'Delete the node', edits: removeNodes(document, [at.node], '').edits }] : [],
  'subgraph/contains-itself': ({ at }, { document }) =>
    at ? [{ label: 'Take the instance out', edits: removeNodes(document, [at.node], '').edits }] : [],
  'subgraph/no-port': (_, { document }) =>
    cut(
      'Take such wires away',
      looseWires(document, document.definitions).map(([id]) => id),
    ),
  'network/same-name': sameName,
  'param/invalid': (problem, scene) =>
    paramFixes(problem, scene)
      // whatever else is wrong, a default fits its own schema
      .filter(({ edits }) => edits[0]!.value === undefined)
      .map(({ label, edits }) => ({ label, edits })),
  'size/unsolved': ({ at }) =>
    at?.param ? [{ label: 'Set it to 64', edits: [{ path: ['nodes', at.node, 'params', at.param], value: 64 }] }] : [],
};

/** A param that names a column: the columns that are there and fit. */
function columnFixes({ at }: Problem, { document, check }: Scene): Candidate[] {
  const node = at && document.nodes[at.node];
  const schema = node && at.param ? entryOfNode(node, document.definitions)?.params[at.param] : undefined;
  if (!at?.param || schema?.control !== 'column') return [];
  const kinds = schema.kinds as readonly string[] | undefined;
  const wire = typeof schema.port === 'string' ? wiresTo({ document, check }, at.node, schema.port)[0]?.[1] : undefined;
  const type = wire && check.nodes.get(wire.from[0])?.outputs[wire.from[1]];
  if (type?.kind !== 'dataset') return [];
  return (type as DatasetType).columns
    .filter(({ kind }) => !kinds || kinds.includes(kind))
    .map(({ name }) => ({
      label: `Choose ${name}`,
      edits: [{ path: ['nodes', at.node, 'params', at.param!], value: name }],
      unsure: true,
    }));
}

/** A param that is wrong: its default, and for whole numbers those around it that people use. */
function paramFixes({ at }: Problem, { document }: Scene): Candidate[] {
  const node = at && document.nodes[at.node];
  const schema = node && at.param ? entryOfNode(node, document.definitions)?.params[at.param] : undefined;
  if (!at?.param || !node || !schema) return [];
  const path = ['nodes', at.node, 'params', at.param];
  const title = String(schema.title ?? at.param);
  const value = node.params[at.param];
  const reset: Candidate[] =
    value === undefined ? [] : [{ label: `Set ${title} back to its default`, edits: [{ path }], unsure: true }];
  if (schema.type !== 'integer') return reset;
  const now = typeof value === 'number' ? value : Number(schema.default);
  const powers = Array.from({ length: 12 }, (_, i) => 2 ** i).sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
  const near = powers
    .filter((each) => each !== now)
    .slice(0, 5)
    .map((each): Candidate => ({ label: `Set ${title} to ${each}`, edits: [{ path, value: each }], unsure: true }));
  return [...near, ...reset];
}

/** Sizes that were typed where the checker could solve them: leaving them blank may make the ends agree. */
function blankFixes({ at }: Problem, { document }: Scene): Candidate[] {
  if (!at || at.param) return [];
  const before = [at.node];
  for (const id of before)
    for (const { from, to } of Object.values(document.edges))
      if (to[0] === id && before.length < 60 && !before.includes(from[0])) before.push(from[0]);
  return before
    .flatMap((id) => {
      const node = document.nodes[id];
      const blanks = Object.entries(node ? (entryOfNode(node, document.definitions)?.params ?? {}) : {}).filter(
        ([name, { control }]) => control === 'blank' && typeof node!.params[name] === 'number',
      );
      return blanks.map(
        ([name, { title }]): Candidate => ({
          label: `Leave ${String(title ?? name)} of ${titleOf(document, node!)} blank`,
          edits: [{ path: ['nodes', id, 'params', name], value: null }],
          unsure: true,
        }),
      );
    })
    .slice(0, 4);
}

const same = (a: Problem, b: Problem): boolean =>
  a.code === b.code && a.at?.node === b.at?.node && a.at?.port === b.at?.port && a.at?.param === b.at?.param;

/**
 * A check whose problems carry what mends them. Fixes that may fail are tried on a copy of the graph, with `recheck`: a
 * button that mends nothing is worse than none.
 */
export function withFixes(
  document: GraphDocument,
  check: CheckResult,
  recheck: (document: GraphDocument) => CheckResult,
): CheckResult {
  const whole: Scene = { document, check };
  const mended = new Map<Problem, Problem>();
  const scenes = new Map<string, Scene>();
  let tried = 0;
  for (const problem of check.problems) {
    if (problem.fixes) continue;
    const { scene, near, definition } = placed(problem, whole, scenes);
    const own = fixers[problem.code]?.(near, scene);
    const candidates = own ?? [...columnFixes(near, scene), ...paramFixes(near, scene), ...blankFixes(near, scene)];
    if (candidates.length === 0 || (!own && ++tried > MOST_TRIED)) continue;
    const fixes: Fix[] = [];
    for (const { unsure, label, edits } of candidates) {
      if (fixes.length === MOST) break;
      const fix = { label, edits: editsInside(definition, edits) };
      if (unsure && !works(fix, problem, whole, recheck)) continue;
      fixes.push(fix);
    }
    if (fixes.length > 0) mended.set(problem, { ...problem, fixes });
  }
  if (mended.size === 0) return check;
  const replace = (problems: readonly Problem[]) => problems.map((problem) => mended.get(problem) ?? problem);
  return {
    ...check,
    problems: replace(check.problems),
    nodes: new Map([...check.nodes].map(([id, node]) => [id, { ...node, problems: replace(node.problems) }])),
  };
}

/** A problem and the graph that it is in: inside a subgraph, nodes go by their ids there. */
function placed(problem: Problem, whole: Scene, scenes: Map<string, Scene>) {
  const found = problem.at && locate(whole.document, problem.at.node);
  const place = found && found.scope.length > 0 ? inside(whole.document, found.scope) : undefined;
  if (!found || !place) return { scene: whole, near: problem, definition: undefined };
  const prefix = prefixOf(found.scope);
  const scene = scenes.get(prefix) ?? { document: place.document, check: checkInside(whole.check, found.scope) };
  scenes.set(prefix, scene);
  const near: Problem = { ...problem, at: { ...problem.at, node: problem.at!.node.slice(prefix.length) } };
  return { scene, near, definition: place.definition };
}

/** The problem is gone, and no other error has come in its place. */
function works(
  fix: Fix,
  problem: Problem,
  { document, check }: Scene,
  recheck: (document: GraphDocument) => CheckResult,
) {
  const { problems } = recheck(applyCommand(document, fix).document);
  return (
    !problems.some((each) => same(each, problem)) &&
    problems.filter(isError).length <= check.problems.filter(isError).length - (isError(problem) ? 1 : 0)
  );
}

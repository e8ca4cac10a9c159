import type { GraphNode } from '../graph/document.ts';
import { type Definition, type Definitions, definitionOf, INSTANCE, INSTANCE_VERSION } from '../graph/subgraphs.ts';
import { areWorded, entryOf, type PaletteEntry, type PalettePort } from './catalogue.ts';

/** Controls whose param says something of another param of the same node: lifted alone they would say nothing. */
const bound = new Set(['schema', 'columns', 'file']);

/** A name beside which an instance's parameters are called, as layers have it. */
const nameParam = {
  type: 'string',
  default: '',
  maxLength: 100,
  title: 'Name',
  description: 'The first part of the names of all parameters in it. Two instances of a network need two names.',
  advanced: true,
} as const;

interface Known {
  readonly definitions: Definitions;
  readonly worded: boolean;
  readonly entry: PaletteEntry;
}
const known = new WeakMap<Definition, Known>();

/** What palette, canvas and inspector know of a node: of its type, or for an instance of what its definition says. */
export function entryOfNode(
  node: Pick<GraphNode, 'type' | 'params'> | undefined,
  definitions: Definitions,
): PaletteEntry | undefined {
  if (node?.type !== INSTANCE) return node && entryOf(node.type);
  const definition = definitionOf(definitions, node);
  return definition && entryOfDefinition(definition, definitions);
}

/** A definition as if it were a node type. */
export function entryOfDefinition(
  definition: Definition,
  definitions: Definitions,
  around: readonly Definition[] = [],
): PaletteEntry {
  const old = known.get(definition);
  if (old?.definitions === definitions && old.worded === areWorded()) return old.entry;
  const entryIn = (id: string): PaletteEntry | undefined => {
    const node = Object.hasOwn(definition.nodes, id) ? definition.nodes[id] : undefined;
    if (node?.type !== INSTANCE) return node && entryOf(node.type);
    const inner = definitionOf(definitions, node);
    // one that contains itself has no end: the checker says so
    return inner && inner !== definition && !around.includes(inner)
      ? entryOfDefinition(inner, definitions, [...around, definition])
      : undefined;
  };
  const count = Object.keys(definition.nodes).length;
  const entry: PaletteEntry = {
    id: INSTANCE,
    version: INSTANCE_VERSION,
    level: 'composite',
    title: definition.title || 'Subgraph',
    keywords: ['subgraph'],
    inputs: inputsOf(definition, entryIn),
    outputs: definition.outputs.map(({ name, node, port }) => {
      const made = entryIn(node)?.outputs.find((each) => each.name === port);
      return { name, kinds: made?.kinds ?? [], doc: made?.doc ?? '' };
    }),
    params: { ...liftedParams(definition, entryIn), name: nameParam },
    docs: { summary: `A subgraph of ${count === 1 ? 'one node' : `${count} nodes`}.` },
    pairs: [],
  };
  if (around.length === 0) known.set(definition, { definitions, worded: areWorded(), entry });
  return entry;
}

type EntryIn = (id: string) => PaletteEntry | undefined;

/** One port for each name: it takes what all the ports inside that it feeds take. */
function inputsOf(definition: Definition, entryIn: EntryIn): PalettePort[] {
  const rows = new Map<string, PalettePort[]>();
  for (const { name, node, port } of definition.inputs) {
    const found = entryIn(node)?.inputs.find((each) => each.name === port);
    rows.set(name, [...(rows.get(name) ?? []), ...(found ? [found] : [])]);
  }
  return [...rows].map(([name, ports]): PalettePort => {
    const [first, ...rest] = ports;
    const kinds = (first?.kinds ?? []).filter((kind) => rest.every((each) => each.kinds.includes(kind)));
    return {
      name,
      kinds,
      doc: first?.doc ?? '',
      ...(ports.length > 0 && ports.every(({ optional }) => optional) && { optional: true }),
      ...(ports.length > 0 && ports.every(({ many }) => many) && { many: true }),
    };
  });
}

/** The schema of each lifted param. What it holds inside is its default. */
function liftedParams(definition: Definition, entryIn: EntryIn): PaletteEntry['params'] {
  return Object.fromEntries(
    definition.params.flatMap(({ name, node, param, title }) => {
      const schema = entryIn(node)?.params[param];
      if (!schema || !canLift(schema)) return [];
      const { when: _when, advanced: _advanced, port, ...rest } = schema;
      const outer = definition.inputs.find((row) => row.node === node && row.port === port)?.name;
      const value = definition.nodes[node]?.params[param];
      return [
        [
          name,
          {
            ...rest,
            ...(value !== undefined && { default: value }),
            ...(typeof title === 'string' && { title }),
            ...(outer !== undefined && { port: outer }),
          },
        ],
      ];
    }),
  );
}

export const canLift = ({ control }: Readonly<Record<string, unknown>>): boolean => !bound.has(String(control));

import type { GraphDocument, GraphEdge } from '../../../graph/document.ts';
import type { EditorState } from './store.ts';
import { kindOfPort, portOf } from './wiring.ts';

/** What a person does not want to see of the wires. It is theirs, not the graph's: others see every wire. */
export interface Hiding {
  /** Only wires at what is selected are seen. */
  readonly others: boolean;
  /** Kinds of ports. */
  readonly kinds: ReadonlySet<string>;
  /** Wires that were chosen one by one. */
  readonly wires: ReadonlySet<string>;
}

export const nothingHidden: Hiding = { others: false, kinds: new Set(), wires: new Set() };

/** What is left of it: one object where that is nothing. */
export const hidingOf = (hiding: Hiding): Hiding =>
  hiding.others || hiding.kinds.size + hiding.wires.size > 0 ? hiding : nothingHidden;

type Seen = Pick<EditorState, 'log' | 'selection' | 'hiding'>;

export const kindOfWire = (document: GraphDocument, { from }: GraphEdge): string =>
  kindOfPort(portOf(document, { node: from[0], port: from[1] }, 'outputs'));

/** Whether a wire is hidden. One with a name never is: its tags are all that stands there anyway. */
export function isHidden(state: Seen, id: string, edge: GraphEdge): boolean {
  const { hiding, selection, log } = state;
  if (hiding === nothingHidden || edge.name !== undefined) return false;
  if (hiding.wires.has(id) || (hiding.kinds.size > 0 && hiding.kinds.has(kindOfWire(log.document, edge)))) return true;
  const isChosen = selection.edges.has(id) || selection.nodes.has(edge.from[0]) || selection.nodes.has(edge.to[0]);
  return hiding.others && !isChosen;
}

/** Whether the selected wires are among those that were hidden one by one. */
export const areChosen = ({ hiding, selection }: Pick<EditorState, 'hiding' | 'selection'>): boolean =>
  selection.edges.size > 0 && [...selection.edges].every((id) => hiding.wires.has(id));

/** Whether a wire is drawn as a line from port to port. */
export const isLine = (state: Seen, id: string, edge: GraphEdge): boolean =>
  edge.name === undefined && !isHidden(state, id, edge);

/** Whether a wire that is no line is drawn as one all the same, lightly: it is selected, or its tag is pointed at. */
export const isTraced = ({ selection, traced }: Pick<EditorState, 'selection' | 'traced'>, id: string): boolean =>
  selection.edges.has(id) || traced.includes(id);

interface Hidden {
  readonly of: readonly unknown[];
  readonly count: number;
  /** By node: `in:x out:y`, the ports whose wires are all hidden. */
  readonly ports: ReadonlyMap<string, string>;
}

let known: Hidden = { of: [], count: 0, ports: new Map() };

/** How many wires are hidden, and where they would end. Worked out once after each change. */
function hiddenIn(state: Seen): Hidden {
  const { hiding, selection, log } = state;
  const { edges, definitions } = log.document;
  const of = [hiding, edges, definitions, hiding.others ? selection : undefined];
  if (known.of.length === of.length && of.every((each, i) => each === known.of[i])) return known;
  let count = 0;
  const marks = new Map<string, Set<string>>();
  const lines = new Set<string>();
  for (const [id, edge] of Object.entries(edges)) {
    const hides = isHidden(state, id, edge);
    if (hides) count++;
    for (const [[node, port], side] of [
      [edge.from, 'out'],
      [edge.to, 'in'],
    ] as const) {
      const at = `${side}:${port}`;
      if (!hides) lines.add(`${node}\n${at}`);
      else marks.set(node, (marks.get(node) ?? new Set()).add(at));
    }
  }
  const ports = new Map<string, string>();
  for (const [node, all] of marks) {
    const dark = [...all].filter((at) => !lines.has(`${node}\n${at}`));
    if (dark.length > 0) ports.set(node, dark.join('\n'));
  }
  known = { of, count, ports };
  return known;
}

export const hiddenCount = (state: Seen): number => (state.hiding === nothingHidden ? 0 : hiddenIn(state).count);

/** The ports of a node whose wires are all hidden, one a line: `in:x`. */
export const hiddenAt = (state: Seen, node: string): string =>
  state.hiding === nothingHidden ? '' : (hiddenIn(state).ports.get(node) ?? '');

// --- kept on this device, by graph

const keyOf = (graph: string): string => `patchbay:wires:${graph}`;
const texts = (value: unknown): Set<string> =>
  new Set(Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

export function rememberHiding(graph: string, { others, kinds, wires }: Hiding): void {
  try {
    if (others || kinds.size + wires.size > 0)
      localStorage.setItem(keyOf(graph), JSON.stringify({ others, kinds: [...kinds], wires: [...wires] }));
    else localStorage.removeItem(keyOf(graph));
  } catch {
    // a browser that keeps nothing shows every wire the next time
  }
}

export function rememberedHiding(graph: string): Hiding {
  try {
    const { others, kinds, wires } = JSON.parse(localStorage.getItem(keyOf(graph)) ?? '{}') as Record<string, unknown>;
    return hidingOf({ others: others === true, kinds: texts(kinds), wires: texts(wires) });
  } catch {
    return nothingHidden;
  }
}

import type { GraphEdge } from '../../../../graph/document.ts';
import { entryOf } from '../../../../nodes/catalogue.ts';
import { colourOf } from '../../state/colours.ts';
import { isLine, kindOfWire } from '../../state/hidden-wires.ts';
import type { EditorState, NodeBox, Point } from '../../state/store.ts';
import { type Curve, curvesOf } from '../../state/wire-path.ts';
import { titleOf } from '../../state/wiring.ts';

/** A part of the canvas, in its own pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Nodes and wires as numbers, so that they reach the worker that draws them without being written out. */
export interface Scene {
  /** x, y, width, height of each node. */
  readonly nodes: Float32Array;
  /** Index of each node's colour. */
  readonly families: Uint8Array;
  /** 1: has a problem, 2: is selected, 4: is muted, 8: is a frame. */
  readonly marks: Uint8Array;
  readonly titles: readonly string[];
  /** The curves of wires: x and y of four points each. */
  readonly wires: Float32Array;
  readonly kinds: Uint8Array;
  readonly colours: readonly string[];
  readonly ink: string;
  readonly surface: string;
  readonly bad: string;
  readonly accent: string;
}

/** What the worker is asked for: the newest scene where it has changed, and the part of it that is seen. */
export interface FarRequest {
  readonly ticket: number;
  readonly scene?: Scene;
  readonly area: Area;
  /** Pixels of the screen for one of the canvas. */
  readonly scale: number;
}
export interface FarAnswer {
  readonly ticket: number;
  readonly area: Area;
  readonly bitmap: ImageBitmap;
}

/** Colours as the page's styles say them, read once for each theme. */
export class Colours {
  readonly #root: HTMLElement;
  readonly #known = new Map<string, string>();
  #theme = '';
  constructor(root: HTMLElement) {
    this.#root = root;
  }
  /** Forgets what another theme said. To be called once before many are asked for: it makes the page work out styles. */
  refresh(): void {
    const theme = `${document.documentElement.dataset.theme} ${getComputedStyle(document.documentElement).colorScheme}`;
    if (theme === this.#theme) return;
    this.#known.clear();
    this.#theme = theme;
  }
  of(colour: string, kind?: string): string {
    const key = `${kind ?? ''} ${colour}`;
    const known = this.#known.get(key);
    if (known) return known;
    const probe = document.createElement('span');
    if (kind) probe.dataset.kind = kind;
    probe.style.color = colour;
    probe.hidden = true;
    this.#root.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    this.#known.set(key, found);
    return found;
  }
}

/** Everything but what stands in the document itself. */
export function sceneOf(
  state: Pick<EditorState, 'log' | 'facts' | 'selection' | 'hiding'>,
  boxOf: (id: string) => NodeBox | undefined,
  near: ReadonlySet<string>,
  colours: Colours,
): Scene {
  const {
    log: { document },
    facts,
    selection,
  } = state;
  colours.refresh();
  const list: string[] = [];
  const index = new Map<string, number>();
  const colour = (text: string): number => {
    const known = index.get(text);
    if (known !== undefined) return known;
    index.set(text, list.length);
    return list.push(text) - 1;
  };
  const ids = Object.keys(document.nodes).filter((id) => !near.has(id));
  const boxes = new Map(Object.keys(document.nodes).map((id) => [id, boxOf(id)]));
  const nodes = new Float32Array(ids.length * 4);
  const families = new Uint8Array(ids.length);
  const marks = new Uint8Array(ids.length);
  for (const [i, id] of ids.entries()) {
    const { x, y, width, height } = boxes.get(id)!;
    const node = document.nodes[id]!;
    nodes.set([x, y, width, height], i * 4);
    families[i] = colour(colours.of(colourOf(node)));
    marks[i] =
      ((facts[id]?.errors ?? 0) > 0 ? 1 : 0) +
      (selection.nodes.has(id) ? 2 : 0) +
      (node.muted || node.bypassed ? 4 : 0) +
      (entryOf(node.type)?.canvas === 'group' ? 8 : 0);
  }
  const seen = Object.entries(document.edges).flatMap(([id, edge]) => {
    const [a, b] = [boxes.get(edge.from[0]), boxes.get(edge.to[0])];
    const [isFar, leadsFar] = [!near.has(edge.from[0]), !near.has(edge.to[0])];
    if (!a || !b || !(isFar || leadsFar)) return [];
    const line = isLine(state, id, edge);
    // what stands in the page itself draws its wires there
    if (line && !(isFar && leadsFar)) return [];
    const own = colour(colours.of('var(--kind)', kindOfWire(document, edge)));
    const curves = line
      ? lineBetween(edge, a, b)
      : [...(isFar ? [stub(a, 'out', edge.from[1])] : []), ...(leadsFar ? [stub(b, 'in', edge.to[1])] : [])];
    return curves.map((curve) => ({ curve, own }));
  });
  const wires = new Float32Array(seen.length * 8);
  const kinds = new Uint8Array(seen.length);
  for (const [i, { curve, own }] of seen.entries()) {
    for (const [k, { x, y }] of curve.entries()) wires.set([x, y], i * 8 + k * 2);
    kinds[i] = own;
  }
  return {
    nodes,
    families,
    marks,
    titles: ids.map((id) => titleOf(document, id)),
    wires,
    kinds,
    colours: list,
    ink: colours.of('var(--ink)'),
    surface: colours.of('var(--surface)'),
    bad: colours.of('var(--bad)'),
    accent: colours.of('var(--accent)'),
  };
}

/** Where a port is. */
export const portPoint = ({ x, y, width, ports }: NodeBox, side: 'in' | 'out', name: string): Point => ({
  x: side === 'in' ? x : x + width,
  y: y + (ports.find((port) => port.side === side && port.name === name)?.y ?? 18),
});

/** How far what stands for a wire that is no line reaches out of its port. */
const STUB = 20;
function stub(box: NodeBox, side: 'in' | 'out', port: string): Curve {
  const at = portPoint(box, side, port);
  const end = { x: at.x + (side === 'out' ? STUB : -STUB), y: at.y };
  return [at, at, end, end];
}

/** The line of a wire between nodes that need not stand in the page. */
export const lineBetween = ({ from, to, via }: GraphEdge, a: NodeBox, b: NodeBox): Curve[] =>
  curvesOf(portPoint(a, 'out', from[1]), portPoint(b, 'in', to[1]), via);

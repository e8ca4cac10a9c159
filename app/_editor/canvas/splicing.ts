import { canSplice, splice } from '../state/rewire.ts';
import type { EditorSession } from '../state/session.ts';
import type { Point } from '../state/store.ts';
import { type Curve, pathOf } from '../state/wire-path.ts';

/** The wire whose line is under a point of the screen, whatever lies over it. */
export const wireAt = ({ x, y }: Point): string | undefined =>
  document
    .elementsFromPoint(x, y)
    .map((element) => element.closest<SVGGElement>('.react-flow__edge')?.dataset.id)
    .find((id) => id !== undefined);

/** What is known of wires that stand in the picture of what is far away, and not in the page. */
export interface FarWires {
  wireAt(screen: Point): string | undefined;
  lineOf(wire: string): readonly Curve[] | undefined;
}

/** A node that is dragged over a wire: the wire it would be put on, marked as long as it is there. */
export class Splicing {
  readonly #session: EditorSession;
  readonly #far: FarWires;
  /** Takes the mark away. */
  #unmark: (() => void) | undefined;
  wire: string | undefined;

  constructor(session: EditorSession, far: FarWires) {
    this.#session = session;
    this.#far = far;
  }

  over(node: string): void {
    const box = document.querySelector(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.getBoundingClientRect();
    const at = box && { x: box.left + box.width / 2, y: box.top + Math.min(box.height / 2, 30) };
    const wire = at && (wireAt(at) ?? this.#far.wireAt(at));
    this.#mark(wire !== undefined && canSplice(this.#session.document, wire, node) ? wire : undefined);
  }

  /** Puts the node on the marked wire, as one step of undo with what brought it there. */
  drop(node: string, group: string): void {
    const { wire } = this;
    this.#mark(undefined);
    const command = wire === undefined ? undefined : splice(this.#session.document, wire, node);
    if (command) this.#session.do(command, group);
  }

  #mark(wire: string | undefined): void {
    if (wire === this.wire) return;
    this.wire = wire;
    this.#unmark?.();
    this.#unmark = wire === undefined ? undefined : (this.#markElement(wire) ?? this.#markLine(wire));
  }

  #markElement(wire: string): (() => void) | undefined {
    const element = document.querySelector<SVGGElement>(`.react-flow__edge[data-id="${CSS.escape(wire)}"]`);
    if (!element) return undefined;
    element.dataset.splice = '';
    return () => delete element.dataset.splice;
  }

  /** Over the picture of what is far away. */
  #markLine(wire: string): (() => void) | undefined {
    const line = this.#far.lineOf(wire);
    const host = document.querySelector('.canvas-far-host');
    if (!line || !host) return undefined;
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'canvas-far-splice');
    const path = svg.appendChild(document.createElementNS(svg.namespaceURI, 'path'));
    path.setAttribute('d', pathOf(line));
    host.append(svg);
    return () => svg.remove();
  }
}

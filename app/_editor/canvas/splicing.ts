import { canSplice, splice } from '../state/rewire.ts';
import type { EditorSession } from '../state/session.ts';
import type { Point } from '../state/store.ts';

/** The wire whose line is under a point of the screen, whatever lies over it. */
export const wireAt = ({ x, y }: Point): string | undefined =>
  document
    .elementsFromPoint(x, y)
    .map((element) => element.closest<SVGGElement>('.react-flow__edge')?.dataset.id)
    .find((id) => id !== undefined);

/** A node that is dragged over a wire: the wire it would be put on, marked as long as it is there. */
export class Splicing {
  readonly #session: EditorSession;
  #marked: SVGGElement | undefined;
  wire: string | undefined;

  constructor(session: EditorSession) {
    this.#session = session;
  }

  over(node: string): void {
    const box = document.querySelector(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.getBoundingClientRect();
    const wire = box && wireAt({ x: box.left + box.width / 2, y: box.top + Math.min(box.height / 2, 30) });
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
    if (this.#marked) delete this.#marked.dataset.splice;
    this.#marked =
      (wire !== undefined && document.querySelector<SVGGElement>(`.react-flow__edge[data-id="${CSS.escape(wire)}"]`)) ||
      undefined;
    if (this.#marked) this.#marked.dataset.splice = '';
  }
}

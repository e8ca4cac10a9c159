import type { ReactFlowInstance } from '@xyflow/react';
import { moveNodes } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { nodesInside } from '../state/inside-frame.ts';
import { carryPoints } from '../state/routes.ts';
import type { EditorSession } from '../state/session.ts';
import type { Point } from '../state/store.ts';
import type { CanvasWire } from './elements.ts';
import type { CanvasNode } from './node-view.tsx';

type Flow = ReactFlowInstance<CanvasNode, CanvasWire>;

/** A group that is dragged: what lies in it goes along. */
export class Carrying {
  readonly #session: EditorSession;
  readonly #flow: Flow;
  readonly #from: Point;
  readonly #load: ReadonlyMap<string, Point>;
  #by: Point = { x: 0, y: 0 };

  private constructor(session: EditorSession, flow: Flow, from: Point, load: ReadonlyMap<string, Point>) {
    this.#session = session;
    this.#flow = flow;
    this.#from = from;
    this.#load = load;
  }

  /** Undefined where nothing has to be carried. What is dragged itself needs no carrying. */
  static start(
    session: EditorSession,
    flow: Flow,
    dragged: readonly CanvasNode[],
    held: CanvasNode,
  ): Carrying | undefined {
    const { nodes } = session.document;
    const boxesOf = (ids: readonly string[]) => session.view?.boxes(ids) ?? {};
    const own = new Set(dragged.map(({ id }) => id));
    const load = new Map<string, Point>();
    for (const { id } of dragged)
      if (entryOf(nodes[id]?.type ?? '')?.canvas === 'group')
        for (const inside of nodesInside(session.document, id, boxesOf))
          if (!own.has(inside)) load.set(inside, nodes[inside]!.position);
    const from = nodes[held.id]?.position;
    return load.size > 0 && from ? new Carrying(session, flow, from, load) : undefined;
  }

  move({ position }: CanvasNode): void {
    this.#by = { x: Math.round(position.x - this.#from.x), y: Math.round(position.y - this.#from.y) };
    this.#flow.setNodes((nodes) =>
      nodes.map((node) => (this.#load.has(node.id) ? { ...node, position: this.#placeOf(node.id) } : node)),
    );
  }

  /** One step of undo with the group's own move. */
  drop(group: string): void {
    if (this.#by.x === 0 && this.#by.y === 0) return;
    const places = Object.fromEntries([...this.#load.keys()].map((id) => [id, this.#placeOf(id)]));
    const points = carryPoints(this.#session.document, places);
    const command = moveNodes(places);
    this.#session.do({ ...command, edits: [...command.edits, ...points] }, group);
  }

  #placeOf(id: string): Point {
    const { x, y } = this.#load.get(id)!;
    return { x: x + this.#by.x, y: y + this.#by.y };
  }
}

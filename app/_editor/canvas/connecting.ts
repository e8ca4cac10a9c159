import type { FinalConnectionState, OnConnectStartParams } from '@xyflow/react';
import { connect, disconnect } from '../../../graph/edit.ts';
import { drawWire } from '../actions.ts';
import { newWireId } from '../state/new-node.ts';
import { viaIf } from '../state/routes.ts';
import type { EditorSession } from '../state/session.ts';
import type { Point } from '../state/store.ts';
import {
  type End,
  fitting,
  kindOfPort,
  type Loose,
  looseEnd,
  portForDrop,
  portOf,
  refuseWire,
  titleOf,
} from '../state/wiring.ts';
import { expose } from './expose.ts';

const keyOf = (end: End): string => `${end.node}|${end.port}`;

/** The wire that is being dragged. */
export class Connecting {
  readonly #session: EditorSession;
  readonly #canvas: HTMLElement;
  #fits: ReadonlySet<string> | undefined;
  #end: End | undefined;
  #loose: Loose | undefined;
  /** The wire that was picked up at one of its ends. */
  picked: string | undefined;

  constructor(session: EditorSession, canvas: HTMLElement) {
    this.#session = session;
    this.#canvas = canvas;
  }

  /** Marks the ports that it may end in, on the elements themselves: no node is drawn again for this. */
  start({ nodeId, handleId, handleType }: OnConnectStartParams): void {
    if (!nodeId || !handleId || !handleType) return;
    const { document } = this.#session;
    const end = { node: nodeId, port: handleId };
    this.#end = end;
    this.#loose = looseEnd(document, end, handleType === 'source' ? 'outputs' : 'inputs');
    const fits = new Set<string>();
    const doesFit = fitting(document, end, this.#loose);
    for (const handle of this.#canvas.querySelectorAll<HTMLElement>('.react-flow__handle')) {
      const { nodeid: node, handleid: name } = handle.dataset;
      const isTarget = handle.classList.contains('target');
      if (!node || !name || isTarget !== (handleType === 'source')) continue;
      const other = { node, port: name };
      if (!doesFit(other)) continue;
      fits.add(keyOf(other));
      handle.dataset.fits = '';
    }
    this.#fits = fits;
    this.#canvas.dataset.connecting = this.#loose.seeks;
    this.#canvas.dataset.kind = kindOfPort(portOf(document, end, handleType === 'source' ? 'outputs' : 'inputs'));
    this.#session.store.setState({ refusal: undefined, quickAdd: undefined, menu: undefined });
  }

  fits(other: End): boolean | undefined {
    return this.#fits?.has(keyOf(other));
  }

  /** The wire was let go. */
  end(at: Point, { toHandle, isValid }: FinalConnectionState): void {
    const [end, loose, picked] = [this.#end, this.#loose, this.picked];
    // the edges of a subgraph are there while a wire is dragged only
    const under = document.elementFromPoint(at.x, at.y);
    this.#stop();
    if (!end || !loose || isValid) return;
    if (toHandle?.id) {
      const other = { node: toHandle.nodeId, port: toHandle.id };
      // back where it came from
      if (keyOf(other) === keyOf(end)) return;
      const wrongSide = (toHandle.type === 'target') !== (loose.seeks === 'inputs');
      const problem = wrongSide
        ? {
            code: 'graph/sides',
            message: `Two ${loose.seeks === 'inputs' ? 'outputs' : 'inputs'} can't be wired to each other.`,
            hint: `Drop it on an ${loose.seeks === 'inputs' ? 'input' : 'output'}.`,
          }
        : refuseWire(this.#session.document, ...inOrder(end, other, loose));
      if (problem) this.#session.store.setState({ refusal: { at, problem } });
      return;
    }
    if (!picked && under?.closest('[data-subgraph-edge]')) {
      const problem = expose(this.#session, end, loose.seeks === 'inputs' ? 'outputs' : 'inputs');
      if (problem) this.#session.store.setState({ refusal: { at, problem } });
      return;
    }
    const node = under?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
    if (node && node !== end.node) this.#onNode(node, end, loose, at, picked);
    else if (!node && this.#canvas.contains(under)) this.#inTheOpen(end, loose, at, picked);
  }

  #onNode(node: string, end: End, loose: Loose, at: Point, picked: string | undefined): void {
    const { document, store } = this.#session;
    const port = portForDrop(document, node, loose);
    if (!port) {
      const problem = {
        code: 'graph/no-fitting-port',
        message: `${titleOf(document, node)} has no ${loose.seeks === 'inputs' ? 'input that takes' : 'output that gives'} ${loose.kinds.join(' or ') || 'this'}.`,
        hint: 'Drop the wire in the open to see what fits.',
      };
      store.setState({ refusal: { at, problem } });
      return;
    }
    const [from, to] = inOrder(end, { node, port: port.name }, loose);
    const problem = picked ? moveWire(this.#session, picked, from, to) : drawWire(this.#session, from, to, this.#along);
    if (problem) store.setState({ refusal: { at, problem } });
  }

  #inTheOpen(end: End, loose: Loose, at: Point, picked: string | undefined): void {
    const { store, view } = this.#session;
    // a wire that was pulled out of its port and let go is taken away
    if (picked) this.#session.do(disconnect([picked]));
    else
      store.setState({ quickAdd: { at, position: view?.toCanvas(at) ?? at, wire: { end, loose, via: this.#along } } });
  }

  /** The points that it is led through. */
  get #along() {
    return this.#session.store.getState().drawnAlong;
  }

  #stop(): void {
    for (const handle of this.#canvas.querySelectorAll<HTMLElement>('[data-fits]')) delete handle.dataset.fits;
    delete this.#canvas.dataset.connecting;
    delete this.#canvas.dataset.kind;
    this.#fits = undefined;
    this.#end = undefined;
    this.#loose = undefined;
    this.picked = undefined;
  }
}

const inOrder = (end: End, other: End, { seeks }: Loose): [End, End] =>
  seeks === 'inputs' ? [end, other] : [other, end];

/** Puts a wire that is there to other ports, as one step of undo; or says why not. */
export function moveWire(session: EditorSession, id: string, from: End, to: End) {
  const { document } = session;
  const { [id]: old, ...edges } = document.edges;
  if (old?.from[0] === from.node && old.from[1] === from.port && old.to[0] === to.node && old.to[1] === to.port)
    return undefined;
  const without = { ...document, edges };
  const problem = refuseWire(without, from, to);
  if (problem) return problem;
  const many = portOf(document, to, 'inputs')?.many === true;
  const ends = { from: [from.node, from.port] as [string, string], to: [to.node, to.port] as [string, string] };
  const wire = connect(without, newWireId(), { ...ends, ...viaIf(old?.via ?? []) }, many);
  session.do({ label: 'Move wire', edits: [{ path: ['edges', id] }, ...wire.edits] });
  return undefined;
}

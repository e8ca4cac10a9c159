import { withPoint } from '../state/routes.ts';
import type { EditorSession } from '../state/session.ts';
import { insertPoint } from '../state/shared-points.ts';
import type { Point } from '../state/store.ts';
import { curvesOf, nearest } from '../state/wire-path.ts';
import { portPoint } from './far/scene.ts';

/** A menu that was opened elsewhere, in the outline for one, says nothing about where on the wire. */
const NEAR = 24;

/** Leads a wire through one more point, where that is asked for or in its middle, and gives it the keyboard. */
export function addPoint(session: EditorSession, wire: string, screen?: Point): void {
  const edge = session.document.edges[wire];
  const boxes = edge && session.view?.boxes([edge.from[0], edge.to[0]]);
  const [from, to] = [boxes?.[edge?.from[0] ?? ''], boxes?.[edge?.to[0] ?? '']];
  if (session.readOnly || !edge || !from || !to) return;
  const [start, end] = [portPoint(from, 'out', edge.from[1]), portPoint(to, 'in', edge.to[1])];
  const at = screen && session.view?.toCanvas(screen);
  const isOnIt = at && nearest(curvesOf(start, end, edge.via), at).distance < NEAR;
  const { via, index } = withPoint(edge.via ?? [], { start, end, ...(isOnIt && { at }) });
  session.do(insertPoint(session.document.edges, wire, index, via[index]!));
  session.select([], [wire]);
  session.store.setState({
    point: { wire, index },
    said: 'Added a point. Arrow keys move it, Enter begins another wire there, Delete takes it away.',
  });
}

/** Asks where another wire goes that takes the way of this one up to a point: the one that was asked at, else its last. */
export function branchOff({ store, document, view }: EditorSession, wire: string, screen?: Point): void {
  const via = document.edges[wire]?.via;
  if (!via) return;
  const at = screen && view?.toCanvas(screen);
  const distance = (point: Point) => (at ? Math.hypot(point.x - at.x, point.y - at.y) : Number.POSITIVE_INFINITY);
  const near = via.reduce((best, point, i) => (distance(point) < distance(via[best]!) ? i : best), via.length - 1);
  const index = distance(via[near]!) < NEAR ? near : via.length - 1;
  store.setState({ point: { wire, index, begins: true } });
}

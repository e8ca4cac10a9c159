import { problemOf } from '../../../lib/problem.ts';
import { align, distribute, type Side, tidied } from '../state/arrange.ts';
import { complain, type EditorSession } from '../state/session.ts';
import type { NodeBox } from '../state/store.ts';

/** Boxes of the selected nodes; with fewer than two, those of the whole graph where `orAll` says so. */
function boxesOf(session: EditorSession, orAll: boolean): Record<string, NodeBox> {
  const { nodes } = session.store.getState().selection;
  const ids = nodes.size < 2 && orAll ? Object.keys(session.document.nodes) : [...nodes];
  return session.view?.boxes(ids) ?? {};
}

export const alignSelection = (session: EditorSession, side: Side): void =>
  session.do(align(boxesOf(session, false), side));

export const distributeSelection = (session: EditorSession, axis: 'x' | 'y'): void =>
  session.do(distribute(boxesOf(session, false), axis));

/** Lays the selected nodes out anew, or the whole graph. What was done to the graph meanwhile is kept. */
export async function tidy(session: EditorSession): Promise<void> {
  const boxes = boxesOf(session, true);
  if (session.readOnly || Object.keys(boxes).length < 2) return;
  try {
    const { layOut } = await import('./tidy.ts');
    const places = await layOut(session.document, boxes);
    session.do(tidied(session.document, boxes, places));
    session.store.setState({ said: 'Tidied' });
    session.view?.show(Object.keys(boxes));
  } catch (error) {
    complain(problemOf(error));
  }
}

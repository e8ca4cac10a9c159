import { areChosen, type Hiding, hiddenCount, hidingOf, nothingHidden } from '../state/hidden-wires.ts';
import type { EditorSession } from '../state/session.ts';

/** Hides wires or shows them, and tells how many are hidden then. */
function hide(session: EditorSession, change: Partial<Hiding>): void {
  const { store } = session;
  store.setState(({ hiding }) => ({ hiding: hidingOf({ ...hiding, ...change }) }));
  const count = hiddenCount(store.getState());
  store.setState({
    said: count === 0 ? 'No wire is hidden' : `${count === 1 ? 'One wire is' : `${count} wires are`} hidden`,
  });
}

/** Hides the wires that are selected; where they are hidden one by one already, shows them. */
export function toggleChosen(session: EditorSession): void {
  const { selection, hiding } = session.store.getState();
  const wires = new Set(hiding.wires);
  if (areChosen(session.store.getState())) for (const id of selection.edges) wires.delete(id);
  else {
    for (const id of selection.edges) wires.add(id);
    // what is selected is drawn all the same
    session.select(selection.nodes);
  }
  hide(session, { wires });
}

export const showAll = (session: EditorSession): void => hide(session, nothingHidden);

export const toggleOthers = (session: EditorSession): void =>
  hide(session, { others: !session.store.getState().hiding.others });

export function toggleKind(session: EditorSession, kind: string): void {
  const kinds = new Set(session.store.getState().hiding.kinds);
  if (!kinds.delete(kind)) kinds.add(kind);
  hide(session, { kinds });
}

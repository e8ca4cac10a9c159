import type { EditorSession } from '../state/session.ts';
import type { Tag } from '../state/tags.ts';
import { titleOf } from '../state/wiring.ts';

/** Selects the nodes where wires with a name come from or lead to, and shows them. The keyboard goes along. */
export function goToEnds(session: EditorSession, { name, wires }: Tag, there: 'from' | 'to'): void {
  const { edges } = session.document;
  const nodes = [...new Set(wires.flatMap((id) => edges[id]?.[there][0] ?? []))];
  const hadKeyboard = document.activeElement?.matches('.wire-tag:focus-visible') === true;
  session.select(nodes, wires);
  session.view?.show(nodes);
  session.store.setState({
    said: `${there === 'from' ? 'From' : 'To'} ${nodes.map((id) => titleOf(session.document, id)).join(', ')}, wire ${name}`,
  });
  if (!hadKeyboard) return;
  const side = there === 'from' ? 'output' : 'input';
  let tries = 0;
  // what was far away becomes an element once the canvas is there
  const focus = () => {
    const node = document.querySelector(`.react-flow__node[data-id="${CSS.escape(nodes[0] ?? '')}"]`);
    const tags = node?.querySelectorAll<HTMLElement>(`.wire-tag[data-side="${side}"]`) ?? [];
    const tag = [...tags].find(({ dataset }) => dataset.wires?.split(' ').some((id) => wires.includes(id)));
    if (tag) tag.focus({ preventScroll: true });
    else if (tries++ < 60) requestAnimationFrame(focus);
  };
  focus();
}

'use client';

import { TriangleAlert } from 'lucide-react';
import type { MouseEvent } from 'react';
import { mixedNames } from '../../../graph/mixed-names.ts';
import { useEditor, useSession } from '../context.tsx';
import { isTraced } from '../state/hidden-wires.ts';
import { noWires } from '../state/store.ts';
import type { Tag } from '../state/tags.ts';
import { titleOf } from '../state/wiring.ts';

/** Stands at a port for its wires that have a name. It leads to where they lead. */
export default function WireTag({
  side,
  tag: { name, wires },
  kind,
  converts,
}: {
  readonly side: 'input' | 'output';
  readonly tag: Tag;
  readonly kind: string;
  /** What is made of its rows where it ends. */
  readonly converts?: string | undefined;
}) {
  const session = useSession();
  const { store } = session;
  const there = side === 'input' ? 'from' : 'to';
  const ends = useEditor(({ log: { document } }) =>
    wires.map((id) => titleOf(document, document.edges[id]?.[there][0] ?? '')).join(', '),
  );
  // two people who name wires at once can leave that: compiler/lint/wires.ts says what to do
  const isMixed = useEditor(({ log }) =>
    mixedNames(log.document.edges).some(({ outputs }) =>
      outputs.some((output) => output.wires.some((id) => wires.includes(id))),
    ),
  );
  const lit = useEditor((state) => wires.some((id) => isTraced(state, id)));
  const trace = (traced: readonly string[]) => store.getState().traced !== traced && store.setState({ traced });
  const openMenu = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    session.select([], wires);
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    // from the keyboard it comes without a place
    const at = event.clientX > 0 ? { x: event.clientX, y: event.clientY } : { x: left, y: bottom };
    store.setState({ menu: { at, on: 'wire' }, quickAdd: undefined, refusal: undefined });
  };
  return (
    <button
      type="button"
      data-kind={kind}
      data-side={side}
      data-wires={wires.join(' ')}
      data-lit={lit || undefined}
      data-mixed={isMixed || undefined}
      className="wire-tag nodrag nopan"
      aria-label={`Wire ${name} ${there} ${ends}${isMixed ? ', names are mixed up' : ''}`}
      title={[`${name}: ${there} ${ends}`, isMixed && 'Its name is mixed up with another', converts]
        .filter(Boolean)
        .join('\n')}
      onClick={(event) => {
        event.stopPropagation();
        void import('./tag-actions.ts').then(({ goToEnds }) => goToEnds(session, { name, wires }, there));
      }}
      onDoubleClick={(event) => event.stopPropagation()}
      onContextMenu={openMenu}
      onPointerEnter={({ buttons }) => buttons === 0 && trace(wires)}
      onPointerLeave={() => trace(noWires)}
      onFocus={() => trace(wires)}
      onBlur={() => trace(noWires)}
    >
      <span>
        {isMixed && <TriangleAlert size={11} aria-hidden="true" className="mr-1 inline" />}
        {converts !== undefined && '⇄ '}
        {name}
      </span>
    </button>
  );
}

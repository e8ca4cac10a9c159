'use client';

import { useMemo } from 'react';
import { useEditor, useSession } from '../context.tsx';
import { costInWords, costOf } from '../state/group-cost.ts';
import { nodesInside } from '../state/inside-frame.ts';

/** What the nodes in a frame come to. */
export default function GroupCost({ id }: { readonly id: string }) {
  const { store, view } = useSession();
  const check = useEditor((state) => state.check);
  const nodes = useEditor(({ log }) => log.document.nodes);
  const inside = useMemo(() => nodesInside({ nodes }, id, (ids) => view?.boxes(ids) ?? {}), [nodes, id, view]);
  const text = useMemo(
    () => (check ? costInWords(costOf(store.getState().log.document, check, inside)) : ''),
    [check, inside, store],
  );
  if (text === '') return null;
  return (
    <span
      title={`The ${inside.length === 1 ? 'node' : `${inside.length} nodes`} in it: ${text}`}
      className="node-detail tabular ml-2 min-w-0 flex-1 truncate text-right text-2xs text-ink-2"
    >
      {text}
    </span>
  );
}

'use client';

import { useEditor } from '../context.tsx';
import { GraphPanel } from './graph-panel.tsx';
import { ManyPanel } from './many-panel.tsx';
import { NodePanel } from './node-panel.tsx';
import { SubgraphPanel } from './subgraph-panel.tsx';

/** What is selected, and all that can be said of it. It fills the place that it is put in and scrolls there. */
export function Inspector() {
  const selected = useEditor(({ selection }) => selection.nodes);
  const isInside = useEditor(({ scope }) => scope.length > 0);
  const ids = [...selected];
  return (
    <div className="h-full min-h-0 overflow-y-auto overscroll-contain bg-surface">
      {ids.length === 0 && (isInside ? <SubgraphPanel /> : <GraphPanel />)}
      {ids.length === 1 && <NodePanel key={ids[0]!} id={ids[0]!} />}
      {ids.length > 1 && <ManyPanel ids={ids} />}
    </div>
  );
}

'use client';

import { useEffect, useState } from 'react';
import type { GraphDocument } from '../../graph/document.ts';
import { api } from '../_client/api.ts';
import { fromFragment, isGraphFragment } from '../_client/fragment.ts';
import { Button } from '../_ui/button.tsx';
import { Window } from '../_ui/dialog.tsx';
import { complainOf } from './complain.ts';
import { GraphPreview } from './graph-preview.tsx';
import { useStart } from './start.tsx';

/** A graph that came in the page's address: shown first, made one's own only when asked for. */
export function GraphInAddress() {
  const [graph, setGraph] = useState<GraphDocument>();
  const { busy, start } = useStart();
  useEffect(() => {
    const look = () => {
      const { hash } = location;
      if (!isGraphFragment(hash)) return;
      // out of the address at once, so that a reload does not ask again
      history.replaceState(history.state, '', location.pathname);
      fromFragment(hash).then(({ document }) => setGraph(document), complainOf);
    };
    look();
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  const count = Object.keys(graph?.nodes ?? {}).length;
  return (
    <Window
      open={graph !== undefined}
      onClose={() => setGraph(undefined)}
      title={graph?.name || 'Untitled'}
      description={`This address carries a graph of ${count} ${count === 1 ? 'node' : 'nodes'}. Nothing of it has run.`}
    >
      <div className="h-56 rounded-lg border border-line bg-canvas p-2">
        {graph && <GraphPreview document={graph} />}
      </div>
      {graph?.description && <p className="mt-3 text-ink-2">{graph.description}</p>}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={() => setGraph(undefined)}>Not now</Button>
        <Button
          look="solid"
          disabled={busy}
          onClick={() => void start(() => api.graphs.create.mutate({ document: graph as Record<string, unknown> }))}
        >
          {busy ? 'Opening…' : 'Open a copy'}
        </Button>
      </div>
    </Window>
  );
}

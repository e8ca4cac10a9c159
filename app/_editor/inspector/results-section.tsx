'use client';

import { Maximize2 } from 'lucide-react';
import { Button } from '../../_ui/button.tsx';
import { Notice } from '../../_ui/notice.tsx';
import { ResultPreview } from '../canvas/result-preview.tsx';
import { Sparkline } from '../canvas/sparkline.tsx';
import { useEditor, useSession } from '../context.tsx';
import { isRunning, type NodeRun } from '../state/run-state.ts';
import { pathOf } from '../state/scope.ts';
import { showBytes } from '../state/show-cost.ts';
import { whyStale, whyState } from './why.ts';

/** What the shown run gave: how it stands and why, its curves, and every output to be opened. */
export function ResultsSection({ id, run }: { readonly id: string; readonly run: NodeRun }) {
  const session = useSession();
  const stale = useEditor((state) => (state.stale.has(id) ? whyStale(state.log.document, state.stale, id) : undefined));
  const running = useEditor((state) => isRunning(state.run));
  const outputs = Object.entries(run.outputs);
  const hasCurves = Object.keys(run.curves).length > 0;
  return (
    <div className="space-y-2">
      {run.status === 'failed' ? (
        <Notice tone="bad" message={whyState(run, running)} hint={run.problem?.hint} className="text-xs" />
      ) : (
        <p className="text-2xs text-ink-2">{whyState(run, running)}</p>
      )}
      {stale && <Notice tone="warn" message={stale} className="text-xs" />}
      {hasCurves && (
        <div className="rounded-md border border-line">
          <Sparkline curves={run.curves} />
          <Button
            size="sm"
            look="plain"
            className="mb-1 ml-1"
            onClick={() => session.store.setState({ dock: 'metrics' })}
          >
            All curves
          </Button>
        </div>
      )}
      {!hasCurves && (
        <div className="rounded-md border border-line empty:hidden">
          <ResultPreview run={run} />
        </div>
      )}
      {outputs.map(([port, { kind, bytes }]) => (
        <div key={port} data-kind={kind} className="flex items-center gap-2">
          <span className="size-2 shrink-0 rounded-full bg-kind" aria-hidden="true" />
          <span className="min-w-0 flex-1 truncate text-xs">
            {port} <span className="text-2xs text-ink-3">{showBytes(bytes)}</span>
          </span>
          <Button
            size="sm"
            aria-label={`Open ${port}`}
            onClick={() => session.store.setState((state) => ({ viewing: { node: pathOf(state, id), port } }))}
          >
            <Maximize2 size={13} aria-hidden="true" />
            Open
          </Button>
        </div>
      ))}
    </div>
  );
}

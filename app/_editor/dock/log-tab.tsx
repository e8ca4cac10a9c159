'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { cx } from 'class-variance-authority';
import { ScrollText } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { locate } from '../../../graph/subgraphs.ts';
import { Empty, Notice } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';
import { type LogLine, type RunState, showMilliseconds } from '../state/run-state.ts';
import { wholeOf } from '../state/scope.ts';
import { titleAt } from '../state/wiring.ts';

/** What a run told, line by line. It stays at its end while it grows, unless one has scrolled up. */
export function LogTab() {
  const run = useEditor((state) => wholeOf(state).run);
  if (!run)
    return (
      <Empty
        icon={<ScrollText size={24} />}
        title="Nothing has run yet"
        text="Steps, times, messages and what computes them are listed here."
      />
    );
  return (
    <div className="flex h-full flex-col">
      <Summary run={run} />
      <Lines run={run} />
    </div>
  );
}

function Summary({ run }: { readonly run: RunState }) {
  const nodes = Object.values(run.nodes);
  const count = (status: string) => nodes.filter((node) => node.status === status).length;
  const cached = count('cached');
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-0.5 border-line border-b px-4 py-1.5 text-2xs text-ink-2">
      <span>{run.where === 'page' ? 'In this page' : 'On the server'}</span>
      {run.backend && (
        <span>
          {run.device ?? run.backend}
          {run.threads !== undefined && run.threads > 1 && `, ${run.threads} threads`}
        </span>
      )}
      {run.reason && <span className="text-ink-3">{run.reason}</span>}
      <span className="tabular">
        {count('done') + cached} of {nodes.length} steps{cached > 0 && `, ${cached} from earlier runs`}
      </span>
      {run.ms !== undefined && run.ms > 0 && <span className="tabular">{showMilliseconds(run.ms)}</span>}
      {run.problem && <Notice tone="bad" message={run.problem.message} hint={run.problem.hint} className="w-full" />}
    </div>
  );
}

function Lines({ run }: { readonly run: RunState }) {
  const { log } = run;
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const list = useVirtualizer({
    count: log.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 24,
    overscan: 12,
  });
  useEffect(() => {
    if (atEnd.current && log.length > 0) list.scrollToIndex(log.length - 1, { align: 'end' });
  }, [log.length, list]);
  return (
    <div
      ref={scroll}
      role="log"
      aria-label="Log of the run"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto"
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight > scrollHeight - 24;
      }}
    >
      <ol className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start }) => (
          <li
            key={index}
            ref={list.measureElement}
            data-index={index}
            className="absolute top-0 left-0 w-full"
            style={{ transform: `translateY(${start}px)` }}
          >
            <Line line={log[index]!} from={run.startedAt ?? log[0]!.at} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Line({ line, from }: { readonly line: LogLine; readonly from: number }) {
  const session = useSession();
  const document = useEditor((state) => wholeOf(state).log.document);
  const { node, message, tone, at } = line;
  const there = node !== undefined && locate(document, node) !== undefined;
  return (
    <div className="flex items-baseline gap-3 px-4 py-0.5 text-xs">
      <time
        dateTime={new Date(at).toISOString()}
        title={new Date(at).toLocaleTimeString('en')}
        className="mono tabular w-14 shrink-0 text-right text-2xs text-ink-3"
      >
        {((at - from) / 1_000).toFixed(2)} s
      </time>
      <span className="w-36 shrink-0 truncate text-2xs max-md:w-24">
        {there ? (
          <button
            type="button"
            className="max-w-full truncate text-accent hover:underline"
            onClick={() => session.reveal([node])}
          >
            {titleAt(document, node)}
          </button>
        ) : (
          <span className="text-ink-3">{node ?? 'run'}</span>
        )}
      </span>
      <span
        className={cx(
          'min-w-0 flex-1 break-words',
          tone === 'bad' ? 'text-bad' : tone === 'good' ? 'text-good' : 'text-ink',
        )}
      >
        {message}
      </span>
    </div>
  );
}

'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleAlert, CircleCheck, CirclePlay, TriangleAlert } from 'lucide-react';
import { useMemo, useRef } from 'react';
import type { Problem } from '../../../lib/problem.ts';
import { Empty } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';
import { ProblemActions } from '../problem-actions.tsx';
import { wholeOf } from '../state/scope.ts';
import { nodesOf, type ProblemRow, placeText, problemRows } from './problem-rows.ts';

const heads = {
  run: { icon: CirclePlay, ink: 'text-bad', title: 'In the last run' },
  error: { icon: CircleAlert, ink: 'text-bad', title: 'Errors' },
  warning: { icon: TriangleAlert, ink: 'text-warn', title: 'Warnings' },
} as const;

/** Everything that is wrong, what to do about it, and the way there. Only the rows that are seen are drawn. */
export function ProblemsTab() {
  const problems = useEditor((state) => wholeOf(state).check?.problems);
  const failed = useEditor(({ run }) => run?.problem);
  const document = useEditor((state) => wholeOf(state).log.document);
  const rows = useMemo(
    () =>
      problemRows(
        document,
        problems ?? [],
        failed && !problems?.some(({ message }) => message === failed.message) ? [failed] : [],
      ),
    [document, problems, failed],
  );
  const scroll = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (i) => (rows[i]?.kind === 'head' ? 28 : 52),
    overscan: 8,
  });
  if (!problems) return <p className="p-4 text-ink-3 text-xs">The graph is being checked…</p>;
  if (rows.length === 0)
    return (
      <Empty
        icon={<CircleCheck size={24} className="text-good" />}
        title="No problems"
        text="Every wire fits, every setting is in range."
      />
    );
  return (
    <div ref={scroll} className="h-full overflow-y-auto">
      <ul aria-label="Problems" className="relative" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start }) => (
          <li
            key={index}
            ref={list.measureElement}
            data-index={index}
            className="absolute top-0 left-0 w-full"
            style={{ transform: `translateY(${start}px)` }}
          >
            <Row row={rows[index]!} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Row({ row }: { readonly row: ProblemRow }) {
  if (row.kind === 'problem') return <ProblemLine problem={row.problem} place={row.place} />;
  const { title, ink, icon: Icon } = heads[row.severity];
  return (
    <h3 className="flex h-7 items-center gap-2 bg-surface-2 px-4 font-semibold text-2xs">
      <Icon size={13} className={ink} aria-hidden="true" />
      {title}
      <span className="tabular font-normal text-ink-3">{row.count}</span>
    </h3>
  );
}

function ProblemLine({ problem, place }: { readonly problem: Problem; readonly place: string }) {
  const session = useSession();
  const document = useEditor((state) => wholeOf(state).log.document);
  const { message, hint, reason, at, notes, code } = problem;
  const go = (nodes: readonly string[], select: readonly string[]) => session.reveal(nodes, select);
  return (
    <div className="border-line border-b px-4 py-2 text-xs">
      <button
        type="button"
        disabled={!at}
        onClick={() => at && go(nodesOf(problem), [at.node])}
        className="block w-full text-left hover:enabled:[&_.where]:underline"
      >
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="where font-medium text-ink">{place}</span>
          <span className="mono text-[10px] text-ink-3">{code}</span>
        </span>
        <span className="mt-0.5 block text-ink">{message}</span>
        {hint && <span className="block text-ink-2">{hint}</span>}
        {reason && <span className="mt-0.5 block max-w-[80ch] text-2xs text-ink-3">{reason}</span>}
      </button>
      <ProblemActions problem={problem} path={at?.node} />
      {notes && notes.length > 0 && (
        <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-2xs">
          {notes.map((note) => (
            <li key={`${note.at?.node} ${note.message}`}>
              {note.at ? (
                <button
                  type="button"
                  title={placeText(document, note.at)}
                  onClick={() => note.at && go([note.at.node], [note.at.node])}
                  className="text-left text-accent hover:underline"
                >
                  {note.message}
                </button>
              ) : (
                <span className="text-ink-3">{note.message}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

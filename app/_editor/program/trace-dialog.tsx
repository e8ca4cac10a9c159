'use client';

import { Download } from 'lucide-react';
import type { PageTrace } from '../../../runtime/browser/messages.ts';
import type { ProgramTimes } from '../../../runtime/trace.ts';
import { Button } from '../../_ui/button.tsx';
import { Window } from '../../_ui/dialog.tsx';
import { downloadText, fileName } from '../../_ui/download.ts';
import { Notice } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';
import { showCount } from '../state/facts.ts';

/** What the operations of a measured run took. */
export function TraceDialog() {
  const { store } = useSession();
  const trace = useEditor((state) => state.trace);
  const name = useEditor(({ log }) => log.document.name);
  if (!trace) return null;
  return (
    <Window
      open
      wide
      onClose={() => store.setState({ trace: undefined })}
      title="Times of operations"
      description={`Measured on ${trace.device}. Measuring takes time itself: the run as a whole was slower for it.`}
    >
      <TraceView trace={trace} name={name} />
    </Window>
  );
}

export function TraceView({
  trace: { programs, timeline },
  name,
}: {
  readonly trace: PageTrace;
  readonly name: string;
}) {
  const measured = programs.filter(({ times }) => times.length > 0);
  if (measured.length === 0)
    return <Notice message="Nothing of this run was computed by tensor programs." hint="Train or predict in it." />;
  return (
    <div className="space-y-4">
      <Button onClick={() => downloadText(`${fileName(name)} trace.json`, timeline, 'application/json')}>
        <Download size={15} aria-hidden="true" /> Time line
      </Button>
      <p className="text-ink-2 text-xs">The time line opens in Perfetto and in chrome://tracing.</p>
      {measured.map((program) => (
        <Times key={program.name} {...program} />
      ))}
    </div>
  );
}

/** The operations that take most of it. */
const SHOWN = 12;

const showMs = (ms: number): string =>
  ms < 1_000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1_000).toPrecision(3))} s`;

function Times({ name, times }: ProgramTimes) {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const rest = times.slice(SHOWN);
  const rows = [
    ...times.slice(0, SHOWN),
    ...(rest.length > 0
      ? [
          {
            operation: `${rest.length} others`,
            count: rest.reduce((sum, { count }) => sum + count, 0),
            ms: rest.reduce((sum, { ms }) => sum + ms, 0),
          },
        ]
      : []),
  ];
  return (
    <table className="tabular w-full text-xs">
      <caption className="mb-1 text-left font-semibold text-sm">
        {name} <span className="font-normal text-ink-2 text-xs">{showMs(total)} in operations</span>
      </caption>
      <thead>
        <tr className="border-line border-b text-ink-2 [&_th]:py-1 [&_th]:font-normal">
          <th scope="col" className="text-left">
            Operation
          </th>
          {['Times', 'Time', 'Share'].map((title) => (
            <th key={title} scope="col" className="w-24 text-right">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ operation, count, ms }) => (
          <tr key={operation} className="[&_td]:py-0.5 [&_td]:text-right">
            <th scope="row" className="text-left font-normal">
              {operation}
            </th>
            <td>{showCount(count)}</td>
            <td>{showMs(ms)}</td>
            <td>{Math.round((100 * ms) / (total || 1))} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

'use client';

import { Maximize2 } from 'lucide-react';
import { useMemo } from 'react';
import type { Metrics, ValueReference } from '../../../graph/values.ts';
import { IconButton } from '../../_ui/button.tsx';
import { useValue } from '../canvas/result-preview.tsx';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { titleAt } from '../state/wiring.ts';
import { MetricList } from '../values/metric-list.tsx';

/** What each metrics output of the run came to. */
export function FinalMetrics() {
  const nodes = useEditor((state) => wholeOf(state).run?.nodes);
  const found = useMemo(
    () =>
      Object.entries(nodes ?? {}).flatMap(([node, { outputs }]) =>
        Object.entries(outputs).flatMap(([port, reference]) =>
          reference.kind === 'metrics' ? [{ node, port, reference }] : [],
        ),
      ),
    [nodes],
  );
  if (found.length === 0) return null;
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,260px),1fr))] gap-3 px-4 pb-4">
      {found.map((each) => (
        <Card key={`${each.node} ${each.port}`} {...each} />
      ))}
    </div>
  );
}

function Card({
  node,
  port,
  reference,
}: {
  readonly node: string;
  readonly port: string;
  readonly reference: ValueReference;
}) {
  const session = useSession();
  const title = useEditor((state) => titleAt(wholeOf(state).log.document, node));
  const value = useValue(reference) as Metrics | undefined;
  return (
    <section className="rounded-lg border border-line" aria-label={`Metrics of ${title}`}>
      <header className="flex h-8 items-center gap-2 border-line border-b pr-1 pl-3">
        <h3 className="min-w-0 flex-1 truncate font-semibold text-xs">{title}</h3>
        <IconButton
          size="sm"
          label={`Open the metrics of ${title}`}
          icon={<Maximize2 size={13} />}
          onClick={() => session.store.setState({ viewing: { node, port } })}
        />
      </header>
      <div className="px-3 py-2">
        {value ? <MetricList values={value.values.slice(0, 12)} /> : <div className="skeleton h-10" />}
      </div>
    </section>
  );
}

'use client';

import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import { insist } from '../../_client/insist.ts';
import { useEditor, useSession } from '../context.tsx';
import { showCount } from '../state/facts.ts';
import { showBytes, showFlops } from '../state/show-cost.ts';
import { totalsOf } from './totals.ts';

const GraphTime = lazy(() => insist(() => import('../program/graph-time.tsx')));

/** What the graph that is seen comes to, and the way to what is wrong. */
export function TotalsList() {
  const session = useSession();
  const check = useEditor((state) => state.check);
  const nodes = useEditor(({ log }) => Object.keys(log.document.nodes).length);
  const wires = useEditor(({ log }) => Object.keys(log.document.edges).length);
  const totals = useMemo(() => check && totalsOf(check), [check]);
  if (!totals) return <div className="skeleton h-36" role="status" aria-label="Checking the graph" />;
  const { errors, warnings, parameters, work, memory } = totals;
  const problems = errors + warnings;
  const Icon = errors > 0 ? CircleAlert : warnings > 0 ? TriangleAlert : CircleCheck;
  return (
    <>
      <button
        type="button"
        onClick={() => session.store.setState({ dock: 'problems' })}
        className="mb-2 flex h-8 w-full items-center gap-2 rounded-md border border-line px-2 text-left text-xs hover:bg-surface-2"
      >
        <Icon
          size={14}
          className={errors > 0 ? 'text-bad' : warnings > 0 ? 'text-warn' : 'text-good'}
          aria-hidden="true"
        />
        {problems === 0 ? 'No problems' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`}
      </button>
      {/* what is known late comes last, and what is known is not moved by it */}
      <dl className="grid grid-cols-[7.5rem_minmax(0,1fr)] gap-x-3 [&_dd]:break-words [&_dd]:text-right gap-y-1 text-xs">
        <Row name="Nodes" value={showCount(nodes)} />
        <Row name="Wires" value={showCount(wires)} />
        {parameters !== 0 && <Row name="Parameters" value={showCount(parameters)} />}
        {work !== 0 && <Row name="Work of a run" value={showFlops(work)} />}
        {memory !== 0 && <Row name="Memory at its peak" value={showBytes(memory)} />}
        <Suspense>
          <GraphTime />
        </Suspense>
      </dl>
    </>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="contents">
      <dt className="text-ink-2">{name}</dt>
      <dd className="tabular break-words text-right font-medium">{value}</dd>
    </div>
  );
}

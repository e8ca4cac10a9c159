'use client';

import { ChartSpline, Download } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '../../_ui/button.tsx';
import { downloadText, fileName } from '../../_ui/download.ts';
import { Empty } from '../../_ui/notice.tsx';
import { useEditor } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { titleAt } from '../state/wiring.ts';
import { curvesCsv, curvesOf, type NamedCurve, unitOf } from './curves.ts';
import { FinalMetrics } from './final-metrics.tsx';
import { lineColour } from './line-colour.ts';

const Plot = lazy(() => import('./plot.tsx'));

interface Hover {
  readonly step: number;
  readonly values: readonly string[];
}

/** Curves of the run as they grow, and what its metrics nodes measured in the end. */
export function MetricsTab({ height }: { readonly height: number }) {
  const run = useEditor((state) => wholeOf(state).run);
  const nodes = useEditor((state) => wholeOf(state).log.document.nodes);
  const document = useEditor((state) => wholeOf(state).log.document);
  // biome-ignore lint/correctness/useExhaustiveDependencies: titles change with the nodes alone
  const curves = useMemo(() => curvesOf(run, (node) => titleAt(document, node)), [run, nodes]);
  const [chosen, setChosen] = useState<string>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [log, setLog] = useState(false);
  const [hover, setHover] = useState<Hover>();
  const units = [...new Set(curves.map(({ series }) => unitOf(series)))];
  const unit = chosen !== undefined && units.includes(chosen) ? chosen : (units[0] ?? '');
  const shown = useMemo(() => curves.filter(({ series }) => unitOf(series) === unit), [curves, unit]);
  const lines = useMemo(
    () => shown.flatMap(({ name, curve }, colour) => (hidden.has(name) ? [] : [{ name, curve, colour }])),
    [shown, hidden],
  );
  const measured = Object.values(run?.nodes ?? {}).some(({ outputs }) =>
    Object.values(outputs).some(({ kind }) => kind === 'metrics'),
  );
  if (curves.length === 0 && !measured)
    return (
      <Empty
        icon={<ChartSpline size={24} />}
        title={run ? 'This run has no curves yet' : 'Nothing has run yet'}
        text="Losses, accuracies and learning rates are drawn here while a training runs."
      />
    );
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) next.add(name);
    setHidden(next);
  };
  return (
    <div className="h-full overflow-y-auto">
      {curves.length > 0 && (
        <div className="px-4 pt-2 pb-3">
          <div className="mb-2 flex flex-wrap items-center gap-2">
            <fieldset className="flex flex-wrap gap-1">
              <legend className="sr-only">What is drawn</legend>
              {units.map((each) => (
                <Button
                  key={each}
                  size="sm"
                  look={each === unit ? 'solid' : 'outline'}
                  aria-pressed={each === unit}
                  onClick={() => setChosen(each)}
                >
                  {each}
                </Button>
              ))}
            </fieldset>
            <label className="ml-auto flex items-center gap-1.5 text-xs">
              <input type="checkbox" checked={log} onChange={() => setLog(!log)} className="accent-[var(--accent)]" />
              Log scale
            </label>
            <Button
              size="sm"
              onClick={() => downloadText(`${fileName(document.name)} curves.csv`, curvesCsv(curves), 'text/csv')}
            >
              <Download size={13} aria-hidden="true" />
              CSV
            </Button>
          </div>
          <Legend
            curves={shown}
            hidden={hidden}
            hover={hover}
            visible={lines.map(({ name }) => name)}
            onToggle={toggle}
          />
          <Suspense fallback={<div className="skeleton" style={{ height: plotHeight(height) }} />}>
            <Plot lines={lines} log={log} height={plotHeight(height)} onHover={setHover} />
          </Suspense>
        </div>
      )}
      <FinalMetrics />
    </div>
  );
}

const plotHeight = (dock: number): number => Math.max(140, dock - 150);

/** Names the lines, shows or hides each, and tells the values at the pointer, else the last ones. */
function Legend({
  curves,
  hidden,
  hover,
  visible,
  onToggle,
}: {
  readonly curves: readonly NamedCurve[];
  readonly hidden: ReadonlySet<string>;
  readonly hover: Hover | undefined;
  readonly visible: readonly string[];
  onToggle(name: string): void;
}) {
  const value = ({ name, curve }: NamedCurve): string => {
    const at = visible.indexOf(name);
    if (hover && at >= 0) return hover.values[at] ?? '–';
    const last = curve.values.findLast((each) => each !== null);
    return last === undefined || last === null ? '–' : String(Number(last.toPrecision(5)));
  };
  const step = hover?.step ?? Math.max(0, ...curves.map(({ curve }) => curve.steps.at(-1) ?? 0));
  return (
    <div className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
      <span className="tabular w-24 text-ink-3">step {step.toLocaleString('en')}</span>
      {curves.map((each, i) => (
        <button
          key={each.name}
          type="button"
          aria-pressed={!hidden.has(each.name)}
          onClick={() => onToggle(each.name)}
          className={`flex min-w-0 items-center gap-1.5 ${hidden.has(each.name) ? 'opacity-45' : ''}`}
        >
          <span
            className="h-0.5 w-4 shrink-0 rounded-full forced-color-adjust-none"
            style={{ background: lineColour(i) }}
            aria-hidden="true"
          />
          <span className="truncate">{each.name}</span>
          <span className="tabular mono text-2xs text-ink-2">{value(each)}</span>
        </button>
      ))}
    </div>
  );
}

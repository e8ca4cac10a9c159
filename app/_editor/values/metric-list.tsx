import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Metric } from '../../../graph/values.ts';

const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });

/** Measured numbers: name, value, unit, and which way is better. */
export function MetricList({ values }: { readonly values: readonly Metric[] }) {
  if (values.length === 0) return <p className="text-ink-3 text-xs">No single numbers.</p>;
  return (
    <dl className="grid grid-cols-[1fr_auto_auto] gap-x-2 gap-y-0.5 text-xs">
      {values.map(({ name, value, unit, better }) => {
        const Arrow = better === 'higher' ? ArrowUp : ArrowDown;
        return (
          <div key={name} className="contents">
            <dt className="min-w-0 truncate text-ink-2" title={name}>
              {name}
            </dt>
            <dd className="tabular text-right font-medium" title={value === null ? undefined : String(value)}>
              {value === null ? '–' : shown.format(value)}
              {unit && <span className="font-normal text-ink-3"> {unit}</span>}
            </dd>
            <dd className="self-center text-ink-3">
              <Arrow size={11} aria-label={`${better} is better`} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

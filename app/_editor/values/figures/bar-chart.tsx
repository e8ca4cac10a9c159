import type { Figure } from '../../../../graph/values.ts';
import { lineColour } from '../../dock/line-colour.ts';
import { extent, linear, logarithmic, tickText } from '../scale.ts';
import { Axes, HEIGHT, plotX, plotY } from './axes.tsx';

const MOST = 120;

/** Bars from zero; a log axis has no zero, there they stand on its lower end. */
export function BarChart({ figure }: { readonly figure: Extract<Figure, { kind: 'bar' }> }) {
  const bars = figure.bars.slice(0, MOST);
  const isLog = figure.y.scale === 'log';
  const values = bars.map(({ value }) => value);
  const y = isLog ? logarithmic(extent(values), plotY) : linear(extent([0, ...values]), plotY);
  const ground = isLog ? plotY[0] : y.at(0);
  const [left, right] = plotX;
  const each = (right - left) / Math.max(1, bars.length);
  const named = bars.length <= 40;
  const tilted = bars.some(({ label }) => label.length * 6 > each);
  return (
    <>
      <Axes
        y={y}
        xTitle=""
        yTitle={figure.y.title}
        label={`${figure.title}. ${bars
          .slice(0, 12)
          .map(({ label, value }) => `${label} ${tickText(Number(value.toPrecision(4)))}`)
          .join('; ')}`}
      >
        {bars.map(({ label, value }, i) => {
          const top = y.at(value);
          const middle = left + (i + 0.5) * each;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have an order, and labels may repeat
            <g key={i}>
              <rect
                x={left + i * each + each * 0.12}
                width={Math.max(0.5, each * 0.76)}
                y={Math.min(top, ground)}
                height={Math.max(1, Math.abs(top - ground))}
                fill={lineColour(0)}
                opacity={0.85}
              >
                <title>{`${label}: ${value}`}</title>
              </rect>
              {named && (
                <text
                  x={middle}
                  y={HEIGHT - 26}
                  textAnchor={tilted ? 'end' : 'middle'}
                  fontSize={10}
                  {...(tilted && { transform: `rotate(-14 ${middle} ${HEIGHT - 26})` })}
                >
                  {label.length > 15 ? `${label.slice(0, 14)}…` : label}
                </text>
              )}
            </g>
          );
        })}
      </Axes>
      {figure.bars.length > MOST && (
        <p className="text-2xs text-ink-3">
          The first {MOST} of {figure.bars.length.toLocaleString('en')} bars; all are in the table.
        </p>
      )}
    </>
  );
}

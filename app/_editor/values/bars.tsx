/** A tiny histogram. It is told in words by whoever shows it. */
export function Bars({
  bars,
  width = 96,
  height = 24,
  labels,
}: {
  readonly bars: readonly number[];
  readonly width?: number;
  readonly height?: number;
  readonly labels?: readonly string[] | undefined;
}) {
  const most = Math.max(1, ...bars);
  const shown = bars.slice(0, 48);
  const each = width / Math.max(1, shown.length);
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      className="block text-kind"
    >
      {shown.map((bar, i) => {
        const size = bar === 0 ? 0 : Math.max(1, (bar / most) * height);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have an order
            key={i}
            x={i * each + 0.5}
            y={height - size}
            width={Math.max(0.5, each - 1)}
            height={size}
            fill="currentColor"
            opacity={0.75}
          >
            <title>{`${labels?.[i] ?? ''} ${bar.toLocaleString('en')}`.trim()}</title>
          </rect>
        );
      })}
    </svg>
  );
}

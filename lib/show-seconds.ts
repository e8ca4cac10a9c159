/** A time for people: `3.2 ms`, `40 s`, `2 min 24 s`, `1 h 5 min`. */
export function showSeconds(seconds: number): string {
  if (seconds < 0.9995) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  if (seconds < 59.5) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return [`${Math.floor(whole / 60)} min`, ...(whole % 60 ? [`${whole % 60} s`] : [])].join(' ');
  const minutes = Math.round(seconds / 60);
  return [`${Math.floor(minutes / 60)} h`, ...(minutes % 60 ? [`${minutes % 60} min`] : [])].join(' ');
}

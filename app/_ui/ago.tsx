'use client';

import { useEffect, useState } from 'react';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `3 minutes ago`; after a month, the date. */
export function showAgo(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000);
  if (seconds < 45) return 'just now';
  if (seconds > 30 * 86_400) return new Date(at).toLocaleDateString('en', { dateStyle: 'medium' });
  const [unit, size] = units.find(([, each]) => seconds >= each) ?? (['minute', 60] as const);
  return relative.format(-Math.max(1, Math.round(seconds / size)), unit);
}

/** A moment, as people say it; the exact time on hover. */
export function Ago({ at, className }: { readonly at: number; readonly className?: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString('en')} className={className}>
      {showAgo(at, now)}
    </time>
  );
}

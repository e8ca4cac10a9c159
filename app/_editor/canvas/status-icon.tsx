import { cx } from 'class-variance-authority';
import { Check, CircleDashed, CircleX, History, Loader } from 'lucide-react';
import type { NodeRun } from '../state/run-state.ts';

/** How a node stands in the shown run. */
export type Standing = NodeRun['status'] | 'stale';

const looks: Record<Standing, { readonly icon: typeof Check; readonly text: string; readonly className: string }> = {
  waiting: { icon: CircleDashed, text: 'waiting', className: 'text-ink-3' },
  running: { icon: Loader, text: 'running', className: 'text-accent animate-spin' },
  done: { icon: Check, text: 'done', className: 'text-good' },
  cached: { icon: History, text: 'taken from an earlier run', className: 'text-good' },
  failed: { icon: CircleX, text: 'failed', className: 'text-bad' },
  stale: { icon: CircleDashed, text: 'changed since the last run', className: 'text-warn' },
};

export function StatusIcon({ standing }: { readonly standing: Standing }) {
  const { icon: Icon, text, className } = looks[standing];
  return (
    <span title={text} className="grid size-4 place-items-center">
      <Icon size={14} className={cx(className)} aria-hidden="true" />
      <span className="sr-only">{text}</span>
    </span>
  );
}

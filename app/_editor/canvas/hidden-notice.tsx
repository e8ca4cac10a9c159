'use client';

import { EyeOff } from 'lucide-react';
import { useEditor, useSession } from '../context.tsx';
import { hiddenCount } from '../state/hidden-wires.ts';
import { showAll } from './hiding-actions.ts';

/** While wires are hidden, says how many: nobody shall take a graph for one that has fewer. */
export function HiddenNotice() {
  const session = useSession();
  const count = useEditor(hiddenCount);
  if (count === 0) return null;
  return (
    <p
      data-testid="hidden-wires"
      className="-translate-x-1/2 absolute top-3 left-1/2 z-10 flex h-8 items-center gap-2 whitespace-nowrap rounded-lg border border-line-strong bg-surface pr-1 pl-2.5 text-xs shadow-raised"
    >
      <EyeOff size={14} className="text-ink-3" aria-hidden="true" />
      <span className="tabular">{count === 1 ? '1 wire hidden' : `${count} wires hidden`}</span>
      <button
        type="button"
        aria-label="Show all wires"
        className="h-6 rounded-md px-1.5 font-medium text-accent hover:bg-surface-3"
        onClick={() => {
          showAll(session);
          document.getElementById('canvas')?.focus({ preventScroll: true });
        }}
      >
        Show
      </button>
    </p>
  );
}

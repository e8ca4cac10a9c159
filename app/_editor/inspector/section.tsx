'use client';

import { ChevronDown } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';

/** A part of the inspector that can be folded. */
export function Section({
  title,
  note,
  open: first = true,
  children,
}: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly open?: boolean;
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useState(first);
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-line border-t">
      <h2 id={id}>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex h-9 w-full items-center gap-2 px-4 text-left font-semibold text-xs hover:bg-surface-2"
        >
          <span className="flex-1">{title}</span>
          {note !== undefined && <span className="tabular font-normal text-2xs text-ink-3">{note}</span>}
          <ChevronDown size={14} className={`text-ink-3 ${open ? '' : '-rotate-90'}`} aria-hidden="true" />
        </button>
      </h2>
      {open && <div className="px-4 pb-3">{children}</div>}
    </section>
  );
}

'use client';

import { useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { PaletteEntry, PalettePort } from '../../../nodes/catalogue.ts';
import { kindOfPort } from '../state/wiring.ts';

/** What a node type does and takes, beside its row in a list. */
export function EntryCard({ entry, beside }: { readonly entry: PaletteEntry; readonly beside: HTMLElement }) {
  const card = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState<number>();
  const { right, top: rowTop } = beside.getBoundingClientRect();
  useLayoutEffect(() => {
    const height = card.current?.offsetHeight ?? 0;
    setTop(Math.max(8, Math.min(rowTop - 8, innerHeight - height - 8)));
  }, [rowTop]);
  return createPortal(
    <div
      ref={card}
      style={{ left: right + 14, top: top ?? rowTop, visibility: top === undefined ? 'hidden' : 'visible' }}
      className="pointer-events-none fixed z-40 w-72 rounded-lg border border-line bg-surface p-3 shadow-floating max-md:hidden"
    >
      <p className="font-semibold">{entry.title}</p>
      <p className="mt-0.5 text-ink-2 text-xs">{entry.docs.summary}</p>
      <div className="mt-2 grid grid-cols-2 gap-x-3 text-xs">
        <Ports title="In" ports={entry.inputs} />
        <Ports title="Out" ports={entry.outputs} />
      </div>
    </div>,
    document.body,
  );
}

function Ports({ title, ports }: { readonly title: string; readonly ports: readonly PalettePort[] }) {
  if (ports.length === 0) return <span />;
  return (
    <dl>
      <dt className="text-2xs text-ink-3">{title}</dt>
      {ports.map((port) => (
        <dd key={port.name} data-kind={kindOfPort(port)} className="flex items-center gap-1.5">
          <span className="size-2 shrink-0 rounded-full border-[1.5px] border-kind" aria-hidden="true" />
          <span className={port.optional ? 'truncate text-ink-3' : 'truncate'}>{port.name}</span>
        </dd>
      ))}
    </dl>
  );
}

'use client';

import { cx } from 'class-variance-authority';
import { Search } from 'lucide-react';
import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import type { PaletteEntry } from '../../../nodes/catalogue.ts';
import { familyColour, familyNamed } from '../../_ui/families.ts';
import { addFromSearch } from '../actions.ts';
import { useEditor, useSession } from '../context.tsx';
import { entryKey, offered } from '../state/definitions.ts';
import { familyOf, searchEntries } from '../state/search-entries.ts';
import type { QuickAdd } from '../state/store.ts';
import { fittingPort } from '../state/wiring.ts';

const WIDTH = 320;
const HEIGHT = 340;
const MOST = 60;

/** The search for a node that opens where one double-clicks, or drops a wire in the open. */
export function QuickAddSearch() {
  const quickAdd = useEditor((state) => state.quickAdd);
  return quickAdd ? <SearchBox key={`${quickAdd.at.x},${quickAdd.at.y}`} quickAdd={quickAdd} /> : null;
}

function SearchBox({ quickAdd }: { readonly quickAdd: QuickAdd }) {
  const session = useSession();
  const { store } = session;
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const all = useMemo(() => offered(store.getState()), [store]);
  const found = useMemo(() => searchEntries(query, quickAdd.wire?.loose, all).slice(0, MOST), [query, quickAdd, all]);
  const close = () => {
    store.setState({ quickAdd: undefined });
    document.getElementById('canvas')?.focus({ preventScroll: true });
  };
  const choose = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    addFromSearch(session, entry, quickAdd);
    store.setState({ said: quickAdd.swap ? `Swapped for ${entry.title}` : `Added ${entry.title}` });
    close();
  };
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) store.setState({ quickAdd: undefined });
    };
    window.addEventListener('pointerdown', outside, true);
    return () => window.removeEventListener('pointerdown', outside, true);
  }, [store]);
  useEffect(() => {
    document.getElementById(`quick-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const { wire, swap } = quickAdd;
  const left = Math.max(8, Math.min(quickAdd.at.x, innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(quickAdd.at.y, innerHeight - HEIGHT - 8));
  return (
    <div
      ref={box}
      role="dialog"
      aria-label={swap ? 'Swap the node' : wire ? 'Add a node that fits this wire' : 'Add a node'}
      style={{ left, top, width: `min(${WIDTH}px, calc(100vw - 16px))`, maxHeight: HEIGHT }}
      className="fixed z-40 flex animate-appear flex-col rounded-lg border border-line-strong bg-surface shadow-floating"
    >
      <div className="relative border-line border-b">
        <Search size={14} className="absolute top-3 left-3 text-ink-3" aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="quick-add"
          aria-activedescendant={`quick-${at}`}
          aria-label="Search nodes"
          placeholder={
            wire
              ? `What ${wire.loose.seeks === 'inputs' ? 'takes' : 'gives'} ${wire.loose.kinds.join(' or ')}`
              : swap
                ? 'Swap for'
                : 'Search nodes'
          }
          value={query}
          onChange={({ target }) => {
            setQuery(target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const { key } = event;
            if (key === 'ArrowDown') setAt(Math.min(found.length - 1, at + 1));
            else if (key === 'ArrowUp') setAt(Math.max(0, at - 1));
            else if (key === 'Enter') choose(found[at]);
            else if (key === 'Escape' || key === 'Tab') close();
            else return;
            event.preventDefault();
          }}
          className="h-10 w-full bg-transparent pr-3 pl-9 text-base placeholder:text-ink-3 focus:outline-none"
        />
      </div>
      <div id="quick-add" role="listbox" aria-label="Nodes" className="min-h-0 overflow-auto p-1">
        {found.map((entry, i) => (
          <Option
            key={entryKey(entry)}
            id={`quick-${i}`}
            entry={entry}
            active={i === at}
            port={wire && fittingPort(entry, wire.loose)?.name}
            onChoose={() => choose(entry)}
            onHover={() => setAt(i)}
          />
        ))}
        {found.length === 0 && (
          <p className="px-2 py-6 text-center text-ink-2">
            {wire ? 'No node by that name fits this wire.' : 'Nothing by that name.'}
          </p>
        )}
      </div>
    </div>
  );
}

function Option({
  id,
  entry,
  active,
  port,
  onChoose,
  onHover,
}: {
  readonly id: string;
  readonly entry: PaletteEntry;
  readonly active: boolean;
  readonly port: string | undefined;
  onChoose(): void;
  onHover(): void;
}) {
  const family = familyOf(entry.id);
  const { icon: Icon, title } = familyNamed(family);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
    <div
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      onClick={onChoose}
      onPointerMove={onHover}
      style={{ '--family': familyColour(family) } as CSSProperties}
      className={cx('flex items-center gap-2 rounded-md px-2 py-1', active && 'bg-surface-3')}
    >
      <span className="grid size-6 shrink-0 place-items-center rounded-md bg-[color-mix(in_oklab,var(--family)_14%,transparent)] text-family">
        <Icon size={13} aria-hidden="true" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className="truncate font-medium">{entry.title}</span>
          <span className="ml-auto shrink-0 text-2xs text-ink-3">{port ?? title}</span>
        </span>
        <span className="block truncate text-2xs text-ink-2">{entry.docs.summary}</span>
      </span>
    </div>
  );
}

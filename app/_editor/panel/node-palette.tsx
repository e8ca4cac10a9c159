'use client';

import { ChevronRight, Search } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { entries, type PaletteEntry } from '../../../nodes/catalogue.ts';
import { familyColour, familyNamed, familyOrder } from '../../_ui/families.ts';
import { isNarrow } from '../../_ui/narrow.ts';
import { addEntry } from '../actions.ts';
import { draggedType } from '../canvas/dragged-type.ts';
import { useEditor, useSession } from '../context.tsx';
import { entryKey, openDefinition, subgraphEntries } from '../state/definitions.ts';
import { familyOf, searchEntries } from '../state/search-entries.ts';
import { EntryCard } from './entry-card.tsx';

interface Shown {
  readonly family: string;
  readonly entries: readonly PaletteEntry[];
}

const byFamily: readonly Shown[] = [...new Set([...familyOrder, ...entries.map(({ id }) => familyOf(id))])]
  .map((family) => ({ family, entries: entries.filter(({ id }) => familyOf(id) === family) }))
  .filter((each) => each.entries.length > 0);

/** All node types: by family, or ranked for what was typed. Drag one out, or press Enter on it. */
export function NodePalette() {
  const session = useSession();
  const [query, setQuery] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [hovered, setHovered] = useState<{ readonly entry: PaletteEntry; readonly element: HTMLElement }>();
  const list = useRef<HTMLDivElement>(null);
  const definitions = useEditor(({ log }) => log.document.definitions);
  const open = useEditor((state) => openDefinition(state)?.id);
  const subgraphs = useMemo(() => subgraphEntries(definitions, open), [definitions, open]);
  const found = useMemo(
    () => (query.trim() ? searchEntries(query, undefined, [...subgraphs, ...entries]) : undefined),
    [query, subgraphs],
  );
  const own: readonly Shown[] = subgraphs.length > 0 ? [{ family: 'graph', entries: subgraphs }] : [];

  const add = (entry: PaletteEntry) => {
    addEntry(session, entry);
    session.store.setState({ said: `Added ${entry.title}` });
    if (isNarrow()) session.store.setState({ panel: undefined });
  };
  /** Up and down walk through what is shown, from the search field on. */
  const walk = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const items = [...(list.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = items[at + (event.key === 'ArrowDown' ? 1 : -1)];
    event.preventDefault();
    if (next) next.focus();
    else if (event.key === 'ArrowUp') list.current?.parentElement?.querySelector('input')?.focus();
  };
  const item = (entry: PaletteEntry) => (
    <Item
      key={entryKey(entry)}
      entry={entry}
      onAdd={() => add(entry)}
      onHover={(element) => setHovered(element && { entry, element })}
    />
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys among the buttons inside
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={walk}>
      <div className="relative m-2">
        <Search size={14} className="absolute top-2 left-2.5 text-ink-3" aria-hidden="true" />
        <input
          type="search"
          aria-label="Search nodes"
          placeholder="Search nodes"
          value={query}
          onChange={({ target }) => setQuery(target.value)}
          onKeyDown={({ key }) => {
            if (key === 'Enter' && found?.[0]) add(found[0]);
            if (key === 'Escape') setQuery('');
          }}
          className="h-8 w-full rounded-md border border-line bg-surface-2 pr-2 pl-8 placeholder:text-ink-3 hover:border-line-strong focus:border-accent focus:bg-surface focus:outline-none [&::-webkit-search-cancel-button]:hidden"
        />
      </div>
      <div ref={list} className="min-h-0 flex-1 overflow-auto px-2 pb-4">
        {found ? (
          <>
            <p className="sr-only" aria-live="polite">
              {found.length} {found.length === 1 ? 'node' : 'nodes'}
            </p>
            {found.length === 0 && <p className="px-2 py-6 text-center text-ink-2">Nothing by that name.</p>}
            <ul aria-label="Found nodes">{found.map(item)}</ul>
          </>
        ) : (
          [...own, ...byFamily].map(({ family, entries: all }) => (
            <Family
              key={family}
              family={family}
              count={all.length}
              open={!closed.has(family)}
              onToggle={() =>
                setClosed((before) => {
                  const after = new Set(before);
                  if (!after.delete(family)) after.add(family);
                  return after;
                })
              }
            >
              {all.map(item)}
            </Family>
          ))
        )}
      </div>
      {hovered && <EntryCard entry={hovered.entry} beside={hovered.element} />}
    </div>
  );
}

function Family({
  family,
  count,
  open,
  onToggle,
  children,
}: {
  readonly family: string;
  readonly count: number;
  readonly open: boolean;
  onToggle(): void;
  readonly children: React.ReactNode;
}) {
  const title = family === 'graph' ? 'Subgraphs of this graph' : familyNamed(family).title;
  return (
    <section>
      <h2 className="sticky top-0 z-10 bg-surface">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex h-8 w-full items-center gap-1.5 rounded-md px-1 font-medium text-ink-2 text-xs hover:text-ink"
        >
          <ChevronRight
            size={13}
            aria-hidden="true"
            className={open ? 'rotate-90 transition-transform' : 'transition-transform'}
          />
          <span className="flex-1 text-left">{title}</span>
          <span className="tabular font-normal text-ink-3">{count}</span>
        </button>
      </h2>
      {open && (
        <ul aria-label={title} className="pb-1.5">
          {children}
        </ul>
      )}
    </section>
  );
}

function Item({
  entry,
  onAdd,
  onHover,
}: {
  readonly entry: PaletteEntry;
  onAdd(): void;
  onHover(element: HTMLElement | undefined): void;
}) {
  const family = familyOf(entry.id);
  const { icon: Icon } = familyNamed(family);
  return (
    <li>
      <button
        type="button"
        draggable
        onClick={onAdd}
        onDragStart={({ dataTransfer }) => {
          onHover(undefined);
          dataTransfer.setData(draggedType, entryKey(entry));
          dataTransfer.effectAllowed = 'copy';
        }}
        onPointerEnter={({ currentTarget, pointerType }) => pointerType === 'mouse' && onHover(currentTarget)}
        onPointerLeave={() => onHover(undefined)}
        onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && onHover(currentTarget)}
        onBlur={() => onHover(undefined)}
        data-type={entry.id}
        style={{ '--family': familyColour(family) } as CSSProperties}
        className="flex h-7 w-full cursor-grab items-center gap-2 rounded-md px-1.5 text-left hover:bg-surface-3 active:cursor-grabbing"
      >
        <span className="grid size-5 shrink-0 place-items-center rounded-sm bg-[color-mix(in_oklab,var(--family)_14%,transparent)] text-family">
          <Icon size={12} aria-hidden="true" />
        </span>
        <span className="truncate">{entry.title}</span>
      </button>
    </li>
  );
}

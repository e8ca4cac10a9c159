'use client';

import { cx } from 'class-variance-authority';
import { ArrowLeft, ArrowRight, ChevronRight, CircleAlert, EyeOff, Plus } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { disconnect } from '../../../graph/edit.ts';
import { INSTANCE } from '../../../graph/subgraphs.ts';
import { familyColour, familyNamed } from '../../_ui/families.ts';
import { isNarrow } from '../../_ui/narrow.ts';
import { Empty } from '../../_ui/notice.tsx';
import { deleteSelection, toggleMark } from '../actions.ts';
import { useEditor, useSession } from '../context.tsx';
import { type OutlineRow, outlineRows } from '../state/outline.ts';
import { familyOf } from '../state/search-entries.ts';
import { openInstance } from '../subgraph-actions.ts';
import { ConnectTo } from './connect-to.tsx';
import { RenameField } from './rename-field.tsx';

/**
 * The graph as a tree: nodes, their ports, their wires. Everything that the canvas does to a graph can be done here
 * with the keyboard alone, and is told as it is done.
 */
export function Outline() {
  const session = useSession();
  const { store } = session;
  const document_ = useEditor((state) => state.log.document);
  const selected = useEditor((state) => state.selection.nodes);
  const renaming = useEditor((state) => state.renaming);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string>();
  const [connecting, setConnecting] = useState<OutlineRow>();
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => outlineRows(document_, open), [document_, open]);
  const active = rows.find(({ key }) => key === at) ?? rows[0];

  const say = (said: string) => store.setState({ said });
  const focus = (row: OutlineRow | undefined) => {
    if (!row) return;
    setAt(row.key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus();
  };
  const toggle = (id: string, to: boolean) =>
    setOpen((before) => {
      const after = new Set(before);
      if (to) after.add(id);
      else after.delete(id);
      return after;
    });
  const choose = (row: OutlineRow) => {
    if (row.wire !== undefined) session.select([], [row.wire]);
    else session.select([row.node]);
    session.view?.show([row.node]);
  };
  const remove = (row: OutlineRow, i: number) => {
    const title = row.level === 1 ? row.title : `the wire to ${row.title}`;
    if (row.wire !== undefined) session.do(disconnect([row.wire]));
    else if (row.level === 1) {
      session.select([row.node]);
      deleteSelection(session);
    } else return;
    say(`Removed ${title}`);
    const next = rows.slice(i + 1).find(({ level }) => level <= row.level) ?? rows[i - 1];
    requestAnimationFrame(() => focus(next));
  };

  const onKeyDown = (event: KeyboardEvent, row: OutlineRow) => {
    // with Alt or Ctrl a key is a command, such as the way back out of a subgraph
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return;
    const i = rows.indexOf(row);
    const { key } = event;
    const parent = rows.slice(0, i).findLast(({ level }) => level < row.level);
    if (key === 'ArrowDown') focus(rows[i + 1]);
    else if (key === 'ArrowUp') focus(rows[i - 1]);
    else if (key === 'Home') focus(rows[0]);
    else if (key === 'End') focus(rows.at(-1));
    else if (key === 'ArrowRight') {
      if (row.expanded === false) toggle(row.node, true);
      else if (rows[i + 1] && rows[i + 1]!.level > row.level) focus(rows[i + 1]);
    } else if (key === 'ArrowLeft') {
      if (row.expanded) toggle(row.node, false);
      else focus(parent);
    } else if (key === 'Enter' || key === ' ') {
      if (row.level === 2) setConnecting(row);
      else if (row.other) focusOther(row);
      else choose(row);
    } else if (key === 'Delete' || key === 'Backspace') remove(row, i);
    else if (key === 'o' && row.level === 1 && openInstance(session, row.node)) setAt(undefined);
    else if (key === 'F2' && row.level === 1) store.setState({ renaming: row.node });
    else if (key === 'm' && row.level === 1) {
      session.select([row.node]);
      toggleMark(session, 'muted', 'Mute');
      say(session.document.nodes[row.node]?.muted ? `${row.title} is muted` : `${row.title} is not muted any more`);
    } else if ((key === 'F10' && event.shiftKey) || key === 'ContextMenu') {
      // not shown on the canvas: a canvas that moves closes menus
      if (row.wire !== undefined) session.select([], [row.wire]);
      else session.select([row.node]);
      const { left, bottom } = event.currentTarget.getBoundingClientRect();
      store.setState({ menu: { at: { x: left + 24, y: bottom }, on: row.wire === undefined ? 'node' : 'wire' } });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** From a wire to the node at its other end. */
  const focusOther = ({ other }: OutlineRow) => {
    const target = rows.find(({ level, node }) => level === 1 && node === other?.node);
    focus(target);
  };

  if (rows.length === 0)
    return <Empty title="No nodes yet" text="Add one from the Nodes tab; it appears here with its ports." />;
  return (
    <>
      <p id="outline-help" className="border-line border-b px-3 py-2 text-2xs text-ink-2">
        Arrow keys walk and open. Enter selects a node or connects a port, F2 renames, M mutes, Delete removes. O opens
        a subgraph, Alt and arrow up leads back.
      </p>
      <div
        ref={tree}
        role="tree"
        aria-label="Outline of the graph"
        aria-describedby="outline-help"
        aria-multiselectable="true"
        className="min-h-0 flex-1 overflow-auto px-1 py-1.5"
      >
        {rows.map((row) => (
          <div
            key={row.key}
            data-key={row.key}
            role="treeitem"
            aria-level={row.level}
            aria-setsize={row.count}
            aria-posinset={row.position}
            aria-selected={row.level === 1 && selected.has(row.node)}
            {...(row.expanded !== undefined && { 'aria-expanded': row.expanded })}
            aria-label={
              row.level === 1 && document_.nodes[row.node]?.type === INSTANCE ? `${row.title}, subgraph` : spoken(row)
            }
            tabIndex={row.key === active?.key ? 0 : -1}
            onFocus={() => setAt(row.key)}
            onKeyDown={(event) => onKeyDown(event, row)}
            onClick={() => {
              if (row.level === 2) return setConnecting(row);
              choose(row);
              // it lies over the canvas there, and over what the canvas now shows
              if (isNarrow()) store.setState({ panel: undefined });
            }}
            onDoubleClick={() => row.level === 1 && store.setState({ renaming: row.node })}
            style={{ paddingLeft: 4 + (row.level - 1) * 18 }}
            className={cx(
              'flex h-7 items-center gap-1.5 rounded-md pr-2 outline-offset-[-2px] hover:bg-surface-3',
              row.level === 1 && selected.has(row.node) && 'bg-accent-soft',
            )}
          >
            {row.level === 1 ? (
              <NodeRow row={row} renaming={renaming === row.node} onToggle={() => toggle(row.node, !row.expanded)} />
            ) : (
              <PortRow row={row} />
            )}
          </div>
        ))}
      </div>
      {connecting && (
        <ConnectTo
          row={connecting}
          anchor={tree.current?.querySelector(`[data-key="${CSS.escape(connecting.key)}"]`) ?? undefined}
          onClose={() => {
            setConnecting(undefined);
            requestAnimationFrame(() => focus(connecting));
          }}
        />
      )}
    </>
  );
}

/** What a screen reader says of a row. */
const spoken = ({ level, title, side, kind, name }: OutlineRow): string => {
  if (level === 1) return title;
  if (level === 2) return `${side === 'inputs' ? 'input' : 'output'} ${title}, ${kind}`;
  return `wire ${name === undefined ? '' : `named ${name} `}${side === 'inputs' ? 'from' : 'to'} ${title}`;
};

function NodeRow({
  row,
  renaming,
  onToggle,
}: {
  readonly row: OutlineRow;
  readonly renaming: boolean;
  onToggle(): void;
}) {
  const type = useEditor((state) => state.log.document.nodes[row.node]?.type ?? '');
  const muted = useEditor((state) => state.log.document.nodes[row.node]?.muted === true);
  const errors = useEditor((state) => {
    const facts = state.facts[row.node];
    return (facts?.errors ?? 0) + (facts?.open.length ?? 0);
  });
  const family = familyOf(type);
  const { icon: Icon } = familyNamed(family);
  return (
    <>
      <button
        type="button"
        tabIndex={-1}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
        className={cx('rounded-sm p-0.5 text-ink-3 hover:bg-line', row.expanded === undefined && 'invisible')}
      >
        <ChevronRight size={13} className={cx('transition-transform', row.expanded && 'rotate-90')} />
      </button>
      <Icon
        size={14}
        aria-hidden="true"
        className="shrink-0 text-family"
        style={{ '--family': familyColour(family) } as CSSProperties}
      />
      {renaming ? (
        <RenameField node={row.node} className="h-6 min-w-0 flex-1" />
      ) : (
        <span className={cx('min-w-0 flex-1 truncate', muted && 'text-ink-3')}>{row.title}</span>
      )}
      {muted && <EyeOff size={12} className="text-ink-3" aria-label="muted" />}
      {errors > 0 && (
        <span className="tabular flex items-center gap-0.5 text-2xs text-bad">
          <CircleAlert size={12} aria-hidden="true" />
          {errors}
          <span className="sr-only">{errors === 1 ? 'problem' : 'problems'}</span>
        </span>
      )}
    </>
  );
}

function PortRow({ row }: { readonly row: OutlineRow }) {
  const type = useEditor((state) =>
    row.level === 2 && row.port ? state.facts[row.node]?.[row.side ?? 'outputs'][row.port] : undefined,
  );
  const Arrow = row.side === 'inputs' ? ArrowLeft : ArrowRight;
  return (
    <>
      {row.level === 2 ? (
        <span
          data-kind={row.kind}
          className="mx-1 size-2 shrink-0 rounded-full border-2 border-kind"
          aria-hidden="true"
        />
      ) : (
        <Arrow size={12} className="shrink-0 text-ink-3" aria-hidden="true" />
      )}
      <span className={cx('min-w-0 truncate text-xs', row.level === 3 && 'text-ink-2')}>{row.title}</span>
      {row.name !== undefined && (
        <span
          data-kind={row.kind}
          className="max-w-24 shrink-0 truncate rounded-sm border border-kind px-1 text-2xs leading-4"
        >
          {row.name}
        </span>
      )}
      {row.level === 2 && (
        <>
          <span className="mono min-w-0 flex-1 truncate text-[10px] text-ink-3">{type ?? row.kind}</span>
          <Plus size={12} className="text-ink-3" aria-hidden="true" />
        </>
      )}
    </>
  );
}

'use client';

import { type NodeProps, NodeResizer } from '@xyflow/react';
import { cx } from 'class-variance-authority';
import { type CSSProperties, lazy, memo, Suspense, useState } from 'react';
import { type Command, setParam } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { insist } from '../../_client/insist.ts';
import { useEditor, useSession } from '../context.tsx';
import { RenameField } from '../panel/rename-field.tsx';
import { named } from '../state/colours.ts';
import { Markdown } from './markdown.tsx';
import type { CanvasNode } from './node-view.tsx';

const GroupCost = lazy(() => insist(() => import('./group-cost.tsx')));

/** What computes nothing: notes, and frames around nodes. */
export const FurnitureView = memo(function FurnitureView({ id, selected }: NodeProps<CanvasNode>) {
  const session = useSession();
  const node = useEditor((state) => state.log.document.nodes[id]);
  const kind = node && entryOf(node.type)?.canvas;
  if (!node || !kind) return null;
  const resized = ({ x, y, width, height }: { x: number; y: number; width: number; height: number }) => {
    const set = (param: string, value: number) => ({
      path: ['nodes', id, 'params', param],
      value: Math.round(value),
    });
    const position = { path: ['nodes', id, 'position'], value: { x: Math.round(x), y: Math.round(y) } };
    const command: Command = { label: 'Resize', edits: [position, set('width', width), set('height', height)] };
    session.do(command);
  };
  return (
    <>
      {!session.readOnly && (
        <NodeResizer
          isVisible={selected}
          minWidth={kind === 'note' ? 120 : 160}
          minHeight={kind === 'note' ? 48 : 96}
          lineClassName="!border-accent"
          handleClassName="!size-2 !rounded-sm !border-accent !bg-surface"
          onResizeEnd={(_, size) => resized(size)}
        />
      )}
      {kind === 'note' ? <Note id={id} selected={selected} /> : <Group id={id} selected={selected} />}
    </>
  );
});

function Group({ id, selected }: { readonly id: string; readonly selected: boolean }) {
  const title = useEditor((state) => state.log.document.nodes[id]?.title);
  const colour = useEditor((state) => state.log.document.nodes[id]?.color);
  const renaming = useEditor((state) => state.renaming === id);
  const session = useSession();
  return (
    <div
      style={{ '--family': colour === undefined ? 'var(--ink-3)' : named(colour) } as CSSProperties}
      data-coloured={colour !== undefined || undefined}
      className={cx(
        'node size-full rounded-xl border',
        colour === undefined
          ? 'border-line-strong bg-[color-mix(in_oklab,var(--ink)_4%,transparent)]'
          : 'border-[color-mix(in_oklab,var(--family)_55%,transparent)] bg-[color-mix(in_oklab,var(--family)_8%,transparent)]',
        selected && 'ring-2 ring-accent',
      )}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: F2 and the menu do the same */}
      <header
        className="node-header flex h-9 items-center px-3"
        onDoubleClick={(event) => {
          event.stopPropagation();
          if (!session.readOnly) session.store.setState({ renaming: id });
        }}
      >
        {renaming ? (
          <RenameField node={id} className="h-6 w-full max-w-80 font-semibold text-sm" />
        ) : (
          <span className="node-title max-w-[75%] shrink-0 truncate font-semibold text-ink-2 text-sm">
            {title || 'Group'}
          </span>
        )}
        <Suspense>
          <GroupCost id={id} />
        </Suspense>
      </header>
    </div>
  );
}

function Note({ id, selected }: { readonly id: string; readonly selected: boolean }) {
  const session = useSession();
  const text = useEditor((state) => String(state.log.document.nodes[id]?.params.text ?? ''));
  const colour = useEditor((state) => state.log.document.nodes[id]?.color);
  const [typed, setTyped] = useState<string>();
  const end = () => {
    if (typed !== undefined && typed !== text) session.do(setParam(id, 'text', typed, 'Text of a note'));
    setTyped(undefined);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the inspector has the same text
    <div
      style={{ '--family': colour === undefined ? 'var(--warn)' : named(colour) } as CSSProperties}
      className={cx(
        'node size-full overflow-hidden rounded-lg border border-line-strong bg-[color-mix(in_oklab,var(--family)_9%,var(--surface))] shadow-raised',
        selected && 'ring-2 ring-accent',
      )}
      onDoubleClick={(event) => {
        event.stopPropagation();
        if (!session.readOnly) setTyped(text);
      }}
    >
      {typed === undefined ? (
        <div className="space-y-1.5 p-3 text-sm [overflow-wrap:anywhere]">
          {text ? <Markdown text={text} /> : <p className="text-ink-3 italic">Double-click to write</p>}
        </div>
      ) : (
        <textarea
          // biome-ignore lint/a11y/noAutofocus: it was asked for
          autoFocus
          aria-label="Text of the note"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={end}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
          className="nodrag nowheel mono size-full resize-none bg-transparent p-3 text-xs outline-none"
        />
      )}
    </div>
  );
}

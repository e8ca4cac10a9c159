'use client';

import { cx } from 'class-variance-authority';
import { useState } from 'react';
import { setNodeField } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { useSession } from '../context.tsx';

const MOST = 80;

/** A node's title while it is typed. Empty gives back the title of its type. */
export function RenameField({ node, className }: { readonly node: string; readonly className?: string }) {
  const session = useSession();
  const { title = '', type = '' } = session.document.nodes[node] ?? {};
  const usual = entryOf(type)?.title ?? type;
  const [typed, setTyped] = useState(title || usual);
  const end = (keep: boolean) => {
    if (session.store.getState().renaming !== node) return;
    session.store.setState({ renaming: undefined });
    const next = typed.trim() === usual ? '' : typed.trim();
    if (keep && next !== title) session.do(setNodeField(node, 'title', next || undefined, 'Rename'));
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it was asked for
      autoFocus
      aria-label="Title of the node"
      value={typed}
      maxLength={MOST}
      onFocus={({ target }) => target.select()}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
      onDoubleClick={(event) => event.stopPropagation()}
      className={cx('nodrag rounded-sm border border-accent bg-surface px-1 focus:outline-none', className)}
    />
  );
}

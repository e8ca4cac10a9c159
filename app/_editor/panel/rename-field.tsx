'use client';

import { cx } from 'class-variance-authority';
import { useEffect, useRef, useState } from 'react';
import { setNodeField } from '../../../graph/edit.ts';
import { definitionId } from '../../../graph/subgraphs.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';
import { useSession } from '../context.tsx';

const MOST = 80;

/** A node's title while it is typed. Empty gives back the title of its type. */
export function RenameField({ node, className }: { readonly node: string; readonly className?: string }) {
  const session = useSession();
  const { nodes, definitions } = session.document;
  const { title = '', type = '' } = nodes[node] ?? {};
  const usual = entryOfNode(nodes[node], definitions)?.title ?? type;
  const [typed, setTyped] = useState(title || usual);
  const end = (keep: boolean) => {
    if (session.store.getState().renaming !== node) return;
    session.store.setState({ renaming: undefined });
    const next = typed.trim() === usual ? '' : typed.trim();
    if (!keep || next === title) return;
    const own = nodes[node] && definitionId(nodes[node]);
    // an instance is called as its subgraph is, all of them at once, unless it was given a title of its own
    if (own !== undefined && title === '' && next !== '')
      session.do({ label: 'Rename', edits: [{ path: ['definitions', own, 'title'], value: next }] });
    else session.do(setNodeField(node, 'title', next || undefined, 'Rename'));
  };
  const field = useRef<HTMLInputElement>(null);
  // a node that has just been made is hidden until it is measured, and takes no focus before
  useEffect(() => {
    let frame = 0;
    let tries = 0;
    const focus = () => {
      // outline and canvas both show one: the second to take the focus would end the first
      if (document.activeElement?.matches(`[data-renames="${CSS.escape(node)}"]`)) return;
      field.current?.focus();
      if (document.activeElement !== field.current && tries++ < 60) frame = requestAnimationFrame(focus);
    };
    focus();
    return () => cancelAnimationFrame(frame);
  }, [node]);
  return (
    <input
      ref={field}
      aria-label="Title of the node"
      data-renames={node}
      value={typed}
      maxLength={MOST}
      onFocus={({ target }) => target.select()}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        const place = event.currentTarget.closest<HTMLElement>('[role="treeitem"], .react-flow__node');
        end(event.key === 'Enter');
        // the keyboard goes on where it was: with the field, the focus would be nowhere
        place?.focus({ preventScroll: true });
      }}
      onDoubleClick={(event) => event.stopPropagation()}
      className={cx('nodrag rounded-sm border border-accent bg-surface px-1 focus:outline-none', className)}
    />
  );
}

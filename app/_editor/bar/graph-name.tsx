'use client';

import { useEffect, useState } from 'react';
import { setDocumentField } from '../../../graph/edit.ts';
import { useEditor, useSession } from '../context.tsx';

const MOST = 120;

/** The graph's name; typing another one is a command like any other. */
export function GraphName() {
  const session = useSession();
  const name = useEditor((state) => state.log.document.name);
  const [typed, setTyped] = useState<string>();
  useEffect(() => {
    document.title = `${name || 'Untitled'} · Patchbay`;
  }, [name]);
  if (session.readOnly)
    return <h1 className="min-w-0 truncate px-1.5 font-semibold text-base">{name || 'Untitled'}</h1>;
  const commit = () => {
    const next = typed?.trim();
    setTyped(undefined);
    if (next !== undefined && next !== name) session.do(setDocumentField('name', next, 'Rename graph'));
  };
  const shown = typed ?? name;
  return (
    <h1 className="min-w-0">
      {/* as wide as what it holds: the span below gives the width */}
      <span className="relative inline-grid max-w-full items-center font-semibold text-base">
        <span aria-hidden="true" className="invisible col-start-1 row-start-1 truncate whitespace-pre border px-1.5">
          {shown || 'Untitled'}
        </span>
        <input
          aria-label="Name of the graph"
          value={shown}
          placeholder="Untitled"
          maxLength={MOST}
          size={1}
          spellCheck={false}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={commit}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Enter') currentTarget.blur();
            if (key === 'Escape') {
              setTyped(undefined);
              // after the state is back, so that leaving the field changes nothing
              requestAnimationFrame(() => currentTarget.blur());
            }
          }}
          className="col-start-1 row-start-1 h-7 w-full min-w-16 truncate rounded-md border border-transparent bg-transparent px-1.5 hover:border-line-strong focus:border-accent focus:bg-surface focus:outline-none"
        />
      </span>
    </h1>
  );
}

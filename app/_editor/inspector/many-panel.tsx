'use client';

import { ChevronsDownUp, Copy, CopyPlus, EyeOff, Group, Trash2, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { setNodeField } from '../../../graph/edit.ts';
import { Button } from '../../_ui/button.tsx';
import { copySelection, deleteSelection, duplicateSelection, toggleMark } from '../actions.ts';
import { ColourRow } from '../commands/colour-row.tsx';
import { useEditor, useSession } from '../context.tsx';
import { titleOf } from '../state/wiring.ts';
import { makeOfSelection } from '../subgraph-actions.ts';

/** What several nodes can have done to them at once. */
export function ManyPanel({ ids }: { readonly ids: readonly string[] }) {
  const session = useSession();
  const document = useEditor(({ log }) => log.document);
  const { readOnly } = session;
  const nodes = ids.flatMap((id) => document.nodes[id] ?? []);
  const all = (mark: 'muted' | 'bypassed' | 'collapsed') => nodes.every((node) => node[mark]);
  const collapse = () => {
    const value = all('collapsed') ? undefined : true;
    const label = value ? 'Collapse' : 'Open up';
    session.do({ label, edits: ids.flatMap((id) => setNodeField(id, 'collapsed', value, label).edits) });
  };
  return (
    <div className="px-4 py-3">
      <p className="font-semibold text-base">{ids.length} nodes</p>
      <div className="mt-3 grid grid-cols-2 gap-2">
        <Action icon={<Group size={14} />} disabled={readOnly} onClick={() => makeOfSelection(session)}>
          Subgraph
        </Action>
        <Action icon={<CopyPlus size={14} />} disabled={readOnly} onClick={() => duplicateSelection(session)}>
          Duplicate
        </Action>
        <Action icon={<Copy size={14} />} onClick={() => void copySelection(session)}>
          Copy
        </Action>
        <Action icon={<EyeOff size={14} />} disabled={readOnly} onClick={() => toggleMark(session, 'muted', 'Mute')}>
          {all('muted') ? 'Unmute' : 'Mute'}
        </Action>
        <Action
          icon={<Unplug size={14} />}
          disabled={readOnly}
          onClick={() => toggleMark(session, 'bypassed', 'Bypass')}
        >
          {all('bypassed') ? 'No bypass' : 'Bypass'}
        </Action>
        <Action icon={<ChevronsDownUp size={14} />} disabled={readOnly} onClick={collapse}>
          {all('collapsed') ? 'Open up' : 'Collapse'}
        </Action>
        <Action icon={<Trash2 size={14} />} disabled={readOnly} onClick={() => deleteSelection(session)}>
          Delete
        </Action>
      </div>
      <ColourRow ids={ids} />
      <ul className="mt-4 divide-y divide-line border-line border-y">
        {ids.map((id) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => session.select([id])}
              className="block h-8 w-full truncate text-left text-xs hover:text-accent"
            >
              {titleOf(document, id)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Action({
  icon,
  disabled = false,
  onClick,
  children,
}: {
  readonly icon: ReactNode;
  readonly disabled?: boolean;
  onClick(): void;
  readonly children: ReactNode;
}) {
  return (
    <Button size="sm" disabled={disabled} onClick={onClick} className="!justify-start">
      <span aria-hidden="true">{icon}</span>
      {children}
    </Button>
  );
}

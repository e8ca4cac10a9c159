'use client';

import { cx } from 'class-variance-authority';
import { ListTree, Plus, X } from 'lucide-react';
import { IconButton } from '../../_ui/button.tsx';
import { useEditor, useSession } from '../context.tsx';
import type { Panel } from '../state/store.ts';
import { NodePalette } from './node-palette.tsx';
import { Outline } from './outline.tsx';

const tabs: readonly { readonly id: Panel; readonly title: string; readonly icon: typeof Plus }[] = [
  { id: 'add', title: 'Nodes', icon: Plus },
  { id: 'outline', title: 'Outline', icon: ListTree },
];

/** What can be added, and what is there. On a narrow screen it lies over the canvas. */
export function LeftPanel() {
  const { store } = useSession();
  const panel = useEditor((state) => state.panel);
  if (!panel) return null;
  return (
    <aside
      aria-label="Nodes and outline"
      className="flex min-w-0 flex-1 flex-col bg-surface max-md:absolute max-md:inset-y-0 max-md:left-0 max-md:z-35 max-md:w-72 max-md:shadow-dialog"
    >
      <div className="flex items-center border-line border-b pr-1.5 pl-2">
        <div role="tablist" aria-label="Left panel" className="flex flex-1">
          {tabs.map(({ id, title, icon: Icon }) => (
            <button
              key={id}
              type="button"
              role="tab"
              id={`tab-${id}`}
              aria-selected={panel === id}
              aria-controls={`panel-${id}`}
              tabIndex={panel === id ? 0 : -1}
              onClick={() => store.setState({ panel: id })}
              onKeyDown={({ key }) => {
                if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
                const next = id === 'add' ? 'outline' : 'add';
                store.setState({ panel: next });
                document.getElementById(`tab-${next}`)?.focus();
              }}
              className={cx(
                '-mb-px flex h-9 items-center gap-1.5 border-b-2 px-2 font-medium text-sm',
                panel === id ? 'border-ink text-ink' : 'border-transparent text-ink-2 hover:text-ink',
              )}
            >
              <Icon size={14} aria-hidden="true" />
              {title}
            </button>
          ))}
        </div>
        <IconButton
          label="Close this panel"
          size="sm"
          icon={<X size={14} />}
          onClick={() => store.setState({ panel: undefined })}
        />
      </div>
      <div
        role="tabpanel"
        id={`panel-${panel}`}
        aria-labelledby={`tab-${panel}`}
        className="flex min-h-0 flex-1 flex-col"
      >
        {panel === 'add' ? <NodePalette /> : <Outline />}
      </div>
    </aside>
  );
}

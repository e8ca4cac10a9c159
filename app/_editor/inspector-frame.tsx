'use client';

import { cx } from 'class-variance-authority';
import { X } from 'lucide-react';
import { IconButton } from '../_ui/button.tsx';
import { useEditor, useSession } from './context.tsx';
import { Later, part, worded } from './later.tsx';

const inspector = part(
  ({ ready }) => ready,
  async () => (await worded(import('./inspector/inspector.tsx'))).Inspector,
);

/** Where the inspector lies: a column on the right, and on a narrow screen a sheet that comes with a selection. */
export function InspectorFrame() {
  const { store } = useSession();
  const open = useEditor((state) => state.inspector);
  const selected = useEditor(({ selection }) => selection.nodes.size > 0);
  if (!open) return null;
  return (
    <aside
      aria-label="Inspector"
      className={cx(
        'flex min-h-0 flex-col bg-surface',
        'lg:relative lg:w-80 lg:shrink-0 lg:border-line lg:border-l',
        'max-lg:absolute max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-30 max-lg:max-h-[62%] max-lg:rounded-t-xl max-lg:border-line-strong max-lg:border-t max-lg:shadow-dialog',
        'md:max-lg:left-auto md:max-lg:top-0 md:max-lg:max-h-none md:max-lg:w-80 md:max-lg:rounded-none md:max-lg:border-t-0 md:max-lg:border-l',
        !selected && 'max-lg:hidden',
        'max-md:animate-slide-up',
      )}
    >
      <div className="flex items-center lg:hidden">
        <span className="mx-auto h-1 w-10 rounded-full bg-line-strong md:hidden" aria-hidden="true" />
        <IconButton
          label="Close the inspector"
          size="sm"
          icon={<X size={15} />}
          className="absolute top-1.5 right-1.5 z-10"
          onClick={() => store.setState({ selection: { nodes: new Set(), edges: new Set() } })}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-auto">
        <Later part={inspector} />
      </div>
    </aside>
  );
}

'use client';

import { cx } from 'class-variance-authority';
import { X } from 'lucide-react';
import { IconButton } from '../_ui/button.tsx';
import { useEditor, useSession } from './context.tsx';
import { Later, part, worded } from './later.tsx';
import { toggleInspector } from './state/toggle-inspector.ts';

const inspector = part(
  ({ ready }) => ready,
  async () => (await worded(import('./inspector/inspector.tsx'))).Inspector,
);

/**
 * Where the inspector lies: a column on the right. On a narrow screen it is a sheet over the canvas that comes with a
 * selection, or when it is asked for.
 */
export function InspectorFrame() {
  const { store } = useSession();
  const open = useEditor((state) => state.inspector);
  const lies = useEditor(({ sheet, selection }) => sheet || selection.nodes.size > 0);
  if (!open && !lies) return null;
  return (
    <aside
      aria-label="Inspector"
      className={cx(
        'flex min-h-0 flex-col bg-surface',
        'lg:relative lg:w-80 lg:shrink-0 lg:border-line lg:border-l',
        'max-lg:absolute max-lg:inset-x-0 max-lg:bottom-0 max-lg:z-30 max-lg:max-h-[62%] max-lg:rounded-t-xl max-lg:border-line-strong max-lg:border-t max-lg:shadow-dialog',
        'md:max-lg:left-auto md:max-lg:top-0 md:max-lg:max-h-none md:max-lg:w-80 md:max-lg:rounded-none md:max-lg:border-t-0 md:max-lg:border-l',
        !open && 'lg:hidden',
        !lies && 'max-lg:hidden',
        'max-md:animate-slide-up',
      )}
    >
      <div className="-mb-2 relative flex h-9 shrink-0 items-center justify-end px-1.5 lg:hidden">
        <span
          className="-translate-x-1/2 absolute top-2 left-1/2 h-1 w-10 rounded-full bg-line-strong md:hidden"
          aria-hidden="true"
        />
        <IconButton
          label="Close the inspector"
          size="sm"
          icon={<X size={15} />}
          onClick={() => toggleInspector(store)}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-auto">
        <Later part={inspector} />
      </div>
    </aside>
  );
}

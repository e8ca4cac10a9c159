'use client';

import { Plus } from 'lucide-react';
import { Button } from '../../_ui/button.tsx';
import { Keys } from '../../_ui/keys.tsx';
import { Empty } from '../../_ui/notice.tsx';
import { useSession } from '../context.tsx';

/** The canvas before the first node: what to do next. */
export function EmptyCanvas() {
  const { store, view, readOnly } = useSession();
  if (readOnly) return null;
  const search = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const at = { x: clientX, y: clientY };
    store.setState({ quickAdd: { at, position: view?.toCanvas(at) ?? at } });
  };
  return (
    <div className="pointer-events-none absolute inset-0 grid place-items-center">
      <div className="pointer-events-auto">
        <Empty title="An empty canvas" text="Drag a node out of the list, or double-click anywhere to search for one.">
          <Button look="solid" onClick={search}>
            <Plus size={15} aria-hidden="true" />
            Add a node
          </Button>
        </Empty>
        <p className="text-center text-ink-3 text-xs">
          or press <Keys keys="A" /> on the canvas
        </p>
      </div>
    </div>
  );
}

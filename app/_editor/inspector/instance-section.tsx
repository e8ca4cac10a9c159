'use client';

import { Layers, LogIn, PackageOpen, Unlink2 } from 'lucide-react';
import { definitionId } from '../../../graph/subgraphs.ts';
import { Button } from '../../_ui/button.tsx';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { expandNode, instancesOf, openInstance, separate, unpackInstance } from '../subgraph-actions.ts';

/** What can be done with an instance of a subgraph, and how many others it is tied to. */
export function InstanceSection({ id }: { readonly id: string }) {
  const session = useSession();
  const others = useEditor((state) => {
    const node = state.log.document.nodes[id];
    const own = node && definitionId(node);
    return own === undefined ? 0 : instancesOf(wholeOf(state).log.document, own) - 1;
  });
  return (
    <div className="px-4 pb-3">
      {others > 0 && (
        <p className="mb-2 text-ink-2 text-xs">
          {others === 1 ? 'Another node shows' : `${others} other nodes show`} the same subgraph: a change in it changes
          all of them.
        </p>
      )}
      <div className="flex flex-wrap gap-1.5">
        <Button size="sm" onClick={() => openInstance(session, id)}>
          <LogIn size={14} aria-hidden="true" />
          Open
        </Button>
        {!session.readOnly && (
          <>
            {others > 0 && (
              <Button size="sm" onClick={() => separate(session, id)}>
                <Unlink2 size={14} aria-hidden="true" />
                Make independent
              </Button>
            )}
            <Button size="sm" onClick={() => unpackInstance(session, id)}>
              <PackageOpen size={14} aria-hidden="true" />
              Unpack
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

/** A ready-made node shows its layers on request. */
export function ExpandSection({ id }: { readonly id: string }) {
  const session = useSession();
  if (session.readOnly) return null;
  return (
    <div className="px-4 pb-3">
      <Button size="sm" onClick={() => void expandNode(session, id)}>
        <Layers size={14} aria-hidden="true" />
        Expand into its layers
      </Button>
    </div>
  );
}

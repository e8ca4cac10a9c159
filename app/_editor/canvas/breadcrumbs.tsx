'use client';

import { ChevronRight, CornerLeftUp } from 'lucide-react';
import { Fragment } from 'react';
import { IconButton } from '../../_ui/button.tsx';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { titleAt } from '../state/wiring.ts';
import { leaveInstance } from '../subgraph-actions.ts';

/** Where one is: the graph, and the subgraphs that were opened one in the other. A click goes back there. */
export function Breadcrumbs() {
  const session = useSession();
  const scope = useEditor((state) => state.scope);
  const whole = useEditor((state) => wholeOf(state).log.document);
  if (scope.length === 0) return null;
  const places = scope.map((_, i) => {
    const path = scope.slice(0, i + 1);
    return { path, title: titleAt(whole, path.join('/')).split(' › ').at(-1)! };
  });
  return (
    <nav
      aria-label="Where you are"
      className="flex h-9 shrink-0 items-center gap-1 border-line border-b bg-surface pr-3 pl-1.5 text-xs"
    >
      <IconButton
        size="sm"
        label="Back out of the subgraph"
        shortcut="Alt+ArrowUp"
        icon={<CornerLeftUp size={15} />}
        onClick={() => leaveInstance(session)}
      />
      <ol className="flex min-w-0 items-center gap-0.5">
        {[{ path: [] as readonly string[], title: whole.name || 'Untitled' }, ...places].map(({ path, title }, i) => (
          <Fragment key={path.join('/')}>
            {i > 0 && (
              <li aria-hidden="true">
                <ChevronRight size={13} className="text-ink-3" />
              </li>
            )}
            <li className="min-w-0">
              {i === scope.length ? (
                <span aria-current="location" className="block truncate px-1.5 font-semibold">
                  {title}
                </span>
              ) : (
                <button
                  type="button"
                  onClick={() => session.goTo(path)}
                  className="block max-w-full truncate rounded-md px-1.5 py-1 text-ink-2 hover:bg-surface-3 hover:text-ink"
                >
                  {title}
                </button>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}

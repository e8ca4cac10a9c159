'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { cx } from 'class-variance-authority';
import { useState } from 'react';
import type { GraphDocument } from '../../../graph/document.ts';
import { api, problemOfCall } from '../../_client/api.ts';
import { GraphPreview } from '../../_home/graph-preview.tsx';
import { Ago } from '../../_ui/ago.tsx';
import { Button } from '../../_ui/button.tsx';
import { Window } from '../../_ui/dialog.tsx';
import { Empty, Notice } from '../../_ui/notice.tsx';
import { Queries } from '../../_ui/queries.tsx';
import { toast } from '../../_ui/toast.ts';
import { useEditor, useSession } from '../context.tsx';
import { type Difference, differenceOf, restoreCommand } from '../state/restore.ts';
import { wholeOf } from '../state/scope.ts';
import { complain } from '../state/session.ts';

/** The history of this graph: look at any version, take it back up. */
export function VersionsDialog() {
  const session = useSession();
  const open = useEditor((state) => state.dialog === 'versions');
  const close = () => session.store.setState({ dialog: undefined });
  return (
    <Window
      open={open && session.graph !== undefined}
      onClose={close}
      title="History"
      description="Every save, and after a day the last of each hour. What has a name is kept. Restoring can be undone."
      wide
    >
      {session.graph !== undefined && (
        <Queries>
          <History graph={session.graph} onDone={close} />
        </Queries>
      )}
    </Window>
  );
}

function History({ graph, onDone }: { readonly graph: string; onDone(): void }) {
  const session = useSession();
  // what is not saved yet is saved first, so that the list ends with what is on the canvas
  const list = useQuery({
    queryKey: ['versions', graph],
    queryFn: async () => {
      await session.saved().catch(() => undefined);
      return api.graphs.versions.query({ id: graph });
    },
    staleTime: 0,
  });
  const [chosen, setChosen] = useState<number>();
  if (list.error) {
    const { message, hint } = problemOfCall(list.error);
    return <Notice tone="bad" message={message} hint={hint} />;
  }
  const newest = list.data?.[0]?.rev;
  return (
    <div className="grid min-h-96 gap-4 sm:grid-cols-[16rem_1fr]" aria-busy={list.isPending}>
      <ul aria-label="Versions" className="max-h-[28rem] overflow-auto rounded-lg border border-line max-sm:max-h-48">
        {list.data?.map(({ rev, at, label, name }) => (
          <li key={rev} className="border-line border-b last:border-b-0">
            <button
              type="button"
              aria-pressed={rev === chosen}
              onClick={() => setChosen(rev)}
              className={cx(
                'block w-full px-3 py-2 text-left',
                rev === chosen ? 'bg-accent-soft' : 'hover:bg-surface-3',
              )}
            >
              <span className="block truncate font-medium">{name ?? label}</span>
              <span className="tabular block truncate text-ink-2 text-xs">
                {name !== null && `${label}, `}
                version {rev}, <Ago at={at} />
                {rev === newest && ', the newest'}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen === undefined ? (
        <Empty title="Choose a version" text="You see what it looked like and what is different now." />
      ) : (
        <Version
          key={chosen}
          graph={graph}
          rev={chosen}
          name={list.data?.find(({ rev }) => rev === chosen)?.name ?? ''}
          isNewest={chosen === newest}
          onDone={onDone}
        />
      )}
    </div>
  );
}

function Version({
  graph,
  rev,
  name,
  isNewest,
  onDone,
}: {
  readonly graph: string;
  readonly rev: number;
  readonly name: string;
  readonly isNewest: boolean;
  onDone(): void;
}) {
  const session = useSession();
  const now = useEditor((state) => wholeOf(state).log.document);
  const { data, error } = useQuery({
    queryKey: ['version', graph, rev],
    queryFn: () => api.graphs.version.query({ id: graph, rev }),
    // a version never changes
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) {
    const { message, hint } = problemOfCall(error);
    return <Notice tone="bad" message={message} hint={hint} />;
  }
  const then = data?.document as GraphDocument | undefined;
  const command = then && restoreCommand(now, then, `Restore version ${rev}`);
  const same = command?.edits.length === 0;
  const restore = () => {
    if (!command) return;
    try {
      session.doWhole(command);
      toast(`Version ${rev} is back`, { action: { label: 'Undo', onClick: () => session.undo() } });
      onDone();
    } catch (thrown) {
      complain(problemOfCall(thrown));
    }
  };
  return (
    <section aria-label={`Version ${rev}`} className="flex min-w-0 flex-col gap-3">
      <div className="h-64 rounded-lg border border-line bg-canvas p-2">
        {then ? (
          Object.keys(then.nodes).length > 0 ? (
            <GraphPreview document={then} />
          ) : (
            <Empty title="Empty" text="There were no nodes in this version." />
          )
        ) : (
          <span className="skeleton block h-full" />
        )}
      </div>
      {then && (
        <p className="text-ink-2">
          <span className="font-medium text-ink">{then.name || 'Untitled'}</span>,{' '}
          {plural(Object.keys(then.nodes).length, 'node')}.{' '}
          {same ? 'It is the same as now.' : tell(differenceOf(now, then))}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <VersionName graph={graph} rev={rev} name={name} />
        <Button look="solid" disabled={!command || same} onClick={restore}>
          {isNewest && same ? 'This is what you see' : 'Restore this version'}
        </Button>
      </div>
    </section>
  );
}

/** What the version is called. Enter or leaving the field keeps it; empty takes the name away. */
function VersionName({ graph, rev, name }: { readonly graph: string; readonly rev: number; readonly name: string }) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState(name);
  const keep = async () => {
    const next = typed.trim();
    if (next === name) return;
    try {
      await api.graphs.nameVersion.mutate({ id: graph, rev, name: next || null });
      await queries.invalidateQueries({ queryKey: ['versions', graph] });
    } catch (thrown) {
      complain(problemOfCall(thrown));
    }
  };
  return (
    <input
      aria-label="Name of this version"
      placeholder="Name this version"
      value={typed}
      maxLength={120}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={() => void keep()}
      onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
      className="h-8 min-w-40 flex-1 rounded-md border border-line-strong bg-surface px-2.5"
    />
  );
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What restoring would do. */
function tell({ added, removed, changed, wires }: Difference): string {
  const parts = [
    added > 0 ? `bring back ${plural(added, 'node')}` : '',
    removed > 0 ? `take away ${plural(removed, 'node')}` : '',
    changed > 0 ? `change ${plural(changed, 'node')}` : '',
    wires > 0 ? `change ${plural(wires, 'wire')}` : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'Only places or names differ.' : `Restoring would ${parts.join(', ')}.`;
}

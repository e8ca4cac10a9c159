'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Copy, Ellipsis, Trash2, Workflow } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { api, type GraphRow, problemOfCall } from '../_client/api.ts';
import { forgetGraph } from '../_client/journal.ts';
import { Ago } from '../_ui/ago.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { Confirm } from '../_ui/dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../_ui/menu.tsx';
import { Empty, Notice } from '../_ui/notice.tsx';

const key = ['graphs'];

const complain = (error: unknown) => {
  const { message, hint } = problemOfCall(error);
  toast.error(message, hint === undefined ? {} : { description: hint });
};

export function MyGraphs() {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({ queryKey: key, queryFn: () => api.graphs.list.query() });
  const [doomed, setDoomed] = useState<GraphRow>();
  const again = () => queries.invalidateQueries({ queryKey: key });
  const duplicate = useMutation({
    mutationFn: (id: string) => api.graphs.duplicate.mutate({ id }),
    onSuccess: again,
    onError: complain,
  });
  const remove = useMutation({
    mutationFn: async ({ id }: GraphRow) => {
      await api.graphs.delete.mutate({ id });
      await forgetGraph(id);
    },
    onSuccess: (_, { name }) => {
      toast(`Deleted ${name || 'Untitled'}`);
      return again();
    },
    onError: complain,
  });

  if (error) {
    const { message, hint } = problemOfCall(error);
    return (
      <Notice tone="bad" message={message} hint={hint} className="mt-3">
        <Button size="sm" className="mt-2" onClick={() => void refetch()}>
          Try again
        </Button>
      </Notice>
    );
  }
  return (
    <div className="mt-3 min-h-40 overflow-hidden rounded-xl border border-line bg-surface" aria-busy={isPending}>
      {isPending ? (
        <ul aria-label="Loading your graphs">
          {[0, 1, 2].map((row) => (
            <li key={row} className="flex h-14 items-center gap-4 border-line border-b px-4 last:border-0">
              <span className="skeleton h-4 w-48" />
              <span className="skeleton ml-auto h-3 w-24" />
            </li>
          ))}
        </ul>
      ) : data.length === 0 ? (
        <Empty
          icon={<Workflow size={24} />}
          title="Nothing here yet"
          text="Open a template, or start from a blank graph. What you make is saved as you go."
        />
      ) : (
        <ul aria-label="Your graphs">
          {data.map((graph) => (
            <Row
              key={graph.id}
              graph={graph}
              onDuplicate={() => duplicate.mutate(graph.id)}
              onDelete={() => setDoomed(graph)}
            />
          ))}
        </ul>
      )}
      <Confirm
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        title={`Delete ${doomed?.name || 'Untitled'}?`}
        text="Its history, runs and share links go too. This can't be taken back."
        action="Delete"
      />
    </div>
  );
}

function Row({
  graph: { id, name, nodes, updatedAt },
  onDuplicate,
  onDelete,
}: {
  readonly graph: GraphRow;
  onDuplicate(): void;
  onDelete(): void;
}) {
  const title = name || 'Untitled';
  return (
    <li className="relative flex h-14 items-center gap-4 border-line border-b pr-2 pl-4 last:border-0 hover:bg-surface-2">
      <Link
        href={`/g/${id}`}
        prefetch={false}
        className="min-w-0 flex-1 truncate font-medium text-base after:absolute after:inset-0 after:content-['']"
      >
        {title}
      </Link>
      <span className="tabular text-ink-2 text-xs max-sm:hidden">
        {nodes} {nodes === 1 ? 'node' : 'nodes'}
      </span>
      <Ago at={updatedAt} className="tabular w-28 text-right text-ink-2 text-xs" />
      <div className="relative">
        <Menu trigger={<IconButton label={`Actions for ${title}`} icon={<Ellipsis size={16} />} />}>
          <MenuItem icon={<Copy size={15} />} onSelect={onDuplicate}>
            Duplicate
          </MenuItem>
          <MenuLine />
          <MenuItem danger icon={<Trash2 size={15} />} onSelect={onDelete}>
            Delete…
          </MenuItem>
        </Menu>
      </div>
    </li>
  );
}

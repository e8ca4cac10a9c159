'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Copy, Download, Ellipsis, Search, Trash2, Workflow } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { GraphDocument } from '../../graph/document.ts';
import { api, type GraphRow, problemOfCall } from '../_client/api.ts';
import { saveGraphFile } from '../_client/graph-file.ts';
import { forgetGraph } from '../_client/journal.ts';
import { Ago } from '../_ui/ago.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { Confirm } from '../_ui/dialog.tsx';
import { Menu } from '../_ui/menu.tsx';
import { Empty, Notice } from '../_ui/notice.tsx';
import { Queries } from '../_ui/queries.tsx';
import { toast } from '../_ui/toast.ts';
import { complainOf } from './complain.ts';
import { type GraphOrder, orders, pick } from './graph-order.ts';

const key = ['graphs'];

export function MyGraphs() {
  return (
    <Queries>
      <List />
    </Queries>
  );
}

function List() {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({ queryKey: key, queryFn: () => api.graphs.list.query() });
  const [doomed, setDoomed] = useState<GraphRow>();
  const [words, setWords] = useState('');
  const [order, setOrder] = useState<GraphOrder>('newest');
  const again = () => queries.invalidateQueries({ queryKey: key });
  const duplicate = useMutation({
    mutationFn: (id: string) => api.graphs.duplicate.mutate({ id }),
    onSuccess: again,
    onError: complainOf,
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
    onError: complainOf,
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
  const shown = data && pick(data, words, order);
  return (
    <>
      {data && data.length >= MANY && (
        <div className="mt-3 flex flex-wrap gap-2">
          <label className="relative min-w-52 flex-1">
            <span className="sr-only">Search your graphs</span>
            <Search size={15} className="absolute top-2 left-2.5 text-ink-3" aria-hidden="true" />
            <input
              type="search"
              value={words}
              onChange={({ target }) => setWords(target.value)}
              placeholder={`Search ${data.length} graphs`}
              className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8"
            />
          </label>
          <label>
            <span className="sr-only">Order</span>
            <select
              value={order}
              onChange={({ target }) => setOrder(target.value as GraphOrder)}
              className="h-8 rounded-md border border-line-strong bg-surface px-2"
            >
              {orders.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
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
        ) : shown?.length === 0 ? (
          <Empty title="No graph has this name" text="Look for another word." />
        ) : (
          <ul aria-label="Your graphs">
            {shown?.map((graph) => (
              <Row
                key={graph.id}
                graph={graph}
                onDuplicate={() => duplicate.mutate(graph.id)}
                onDownload={() => void downloadRow(graph).catch(complainOf)}
                onDelete={() => setDoomed(graph)}
              />
            ))}
          </ul>
        )}
      </div>
      <Confirm
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        onConfirm={() => doomed && remove.mutate(doomed)}
        title={`Delete ${doomed?.name || 'Untitled'}?`}
        text="Its history, runs and share links go too. This can't be taken back."
        action="Delete"
      />
    </>
  );
}

/** From how many graphs on one looks for them by name. */
const MANY = 8;

async function downloadRow({ id }: GraphRow): Promise<void> {
  const { document } = await api.graphs.get.query({ id });
  saveGraphFile(document as GraphDocument);
}

function Row({
  graph: { id, name, nodes, updatedAt },
  onDuplicate,
  onDownload,
  onDelete,
}: {
  readonly graph: GraphRow;
  onDuplicate(): void;
  onDownload(): void;
  onDelete(): void;
}) {
  const title = name || 'Untitled';
  return (
    <li className="relative flex h-14 items-center gap-4 border-line border-b pr-2 pl-4 [contain-intrinsic-height:56px] [content-visibility:auto] last:border-0 hover:bg-surface-2">
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
          {({ MenuItem, MenuLine }) => (
            <>
              <MenuItem icon={<Copy size={15} />} onSelect={onDuplicate}>
                Duplicate
              </MenuItem>
              <MenuItem icon={<Download size={15} />} onSelect={onDownload}>
                Download
              </MenuItem>
              <MenuLine />
              <MenuItem danger icon={<Trash2 size={15} />} onSelect={onDelete}>
                Delete…
              </MenuItem>
            </>
          )}
        </Menu>
      </div>
    </li>
  );
}

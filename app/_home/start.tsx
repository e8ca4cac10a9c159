'use client';

import { Compass, FileUp, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { api } from '../_client/api.ts';
import { readGraphFile } from '../_client/graph-file.ts';
import { Button } from '../_ui/button.tsx';
import { toast } from '../_ui/toast.ts';
import { complainOf } from './complain.ts';

/** Makes a graph and opens it. While one is being made, no second one starts. */
export function useStart() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const start = async (make: () => Promise<{ readonly id: string }>) => {
    if (busy) return;
    setBusy(true);
    try {
      const { id } = await make();
      router.push(`/g/${id}`);
    } catch (error) {
      complainOf(error);
      setBusy(false);
    }
  };
  return { busy, start };
}

/** Makes a graph of a file, which stays as it is. */
export function useOpenFile() {
  const { busy, start } = useStart();
  const openFile = (file: File) =>
    start(async () => {
      const { document, problems } = await readGraphFile(file);
      if (problems[0])
        toast.warning(
          problems.length === 1 ? problems[0].message : `${problems.length} parts of the file could not be read.`,
        );
      return api.graphs.create.mutate({ document: document as Record<string, unknown> });
    });
  return { busy, start, openFile };
}

export function OpenTemplate({ id, title }: { readonly id: string; readonly title: string }) {
  const { busy, start } = useStart();
  return (
    <Button
      look="solid"
      disabled={busy}
      aria-label={`Open ${title}`}
      onClick={() => void start(() => api.graphs.create.mutate({ template: id }))}
      // the whole card opens it
      className="after:absolute after:inset-0 after:content-['']"
    >
      {busy ? 'Opening…' : 'Open'}
    </Button>
  );
}

/** Opens a graph with a hole, and says step by step how it becomes a model. */
export function TourButton() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    try {
      const { tourGraph } = await import('../_tour/tour-graph.ts');
      const { id } = await api.graphs.create.mutate({ document: tourGraph() as Record<string, unknown> });
      router.push(`/g/${id}?tour`);
    } catch (error) {
      complainOf(error);
      setBusy(false);
    }
  };
  return (
    <Button size="lg" disabled={busy} onClick={() => void begin()}>
      <Compass size={16} aria-hidden="true" />
      {busy ? 'Opening…' : 'Train your first model in two minutes'}
    </Button>
  );
}

export function NewGraphCard() {
  const { busy, start } = useStart();
  return (
    <button
      type="button"
      disabled={busy}
      onClick={() => void start(() => api.graphs.create.mutate({}))}
      className="flex min-h-40 w-full flex-col items-center justify-center gap-2 rounded-xl border border-line-strong border-dashed text-ink-2 transition-colors hover:border-ink-3 hover:bg-surface hover:text-ink"
    >
      <Plus size={20} aria-hidden="true" />
      <span className="font-medium text-base">Blank graph</span>
      <span className="text-ink-3 text-xs">Start from an empty canvas</span>
    </button>
  );
}

export function StartButtons() {
  const { busy, start, openFile } = useOpenFile();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,.png,.svg,application/json,image/png,image/svg+xml"
        className="hidden"
        aria-hidden="true"
        tabIndex={-1}
        onChange={({ target }) => {
          const file = target.files?.[0];
          target.value = '';
          if (file) void openFile(file);
        }}
      />
      <Button disabled={busy} onClick={() => input.current?.click()} className="max-sm:hidden">
        <FileUp size={15} aria-hidden="true" />
        Open file
      </Button>
      <Button look="solid" disabled={busy} onClick={() => void start(() => api.graphs.create.mutate({}))}>
        <Plus size={15} aria-hidden="true" />
        New graph
      </Button>
    </>
  );
}

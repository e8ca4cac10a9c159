'use client';

import { FileText, Upload, X } from 'lucide-react';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { type FileReference, fileSchema } from '../../../../graph/document.ts';
import type { Problem } from '../../../../lib/problem.ts';
import { problemOfCall, uploadFile } from '../../../_client/api.ts';
import { readChosenFile } from '../../../_client/files/read-file.ts';
import { Button, IconButton } from '../../../_ui/button.tsx';
import { Notice } from '../../../_ui/notice.tsx';
import { useSession } from '../../context.tsx';
import { showBytes } from '../../state/show-cost.ts';
import type { ControlProps } from './control.ts';

type Sending = { readonly name: string; readonly fraction: number; readonly reading: boolean };

/** A stored file: chosen or dropped, sent with its progress shown, read for its columns, replaced or taken away. */
export function FileControl({ node, entry, param, ids, disabled }: ControlProps) {
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  const stop = useRef<AbortController>(undefined);
  const [sending, setSending] = useState<Sending>();
  const [problem, setProblem] = useState<Problem>();
  const [over, setOver] = useState(false);
  const chosen = asFile(param.value);
  useEffect(() => () => stop.current?.abort(), []);

  const send = async (file: File): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setProblem(undefined);
    setSending({ name: file.name, fraction: 0, reading: false });
    try {
      const reference = await uploadFile(file, {
        signal: controller.signal,
        onProgress: (fraction) => setSending({ name: file.name, fraction, reading: fraction === 1 }),
      });
      setSending({ name: file.name, fraction: 1, reading: true });
      const bytes = new Uint8Array(await file.arrayBuffer());
      const params = await readChosenFile({ params: entry.params, param: param.name, file: reference, bytes });
      // a new file's columns are not those of the old one: what was set for them goes
      const settings = Object.entries(entry.params).filter(
        ([, meta]) => meta.control === 'columns' && meta.file === param.name,
      );
      session.do({
        label: `Choose ${file.name}`,
        edits: [
          ...Object.entries(params).map(([name, value]) => ({ path: ['nodes', node, 'params', name], value })),
          ...settings.map(([name]) => ({ path: ['nodes', node, 'params', name] })),
        ],
      });
    } catch (error) {
      if (!controller.signal.aborted) setProblem(problemOfCall(error));
    } finally {
      setSending(undefined);
    }
  };
  const clear = (): void => {
    const about = Object.entries(entry.params).filter(([, meta]) => meta.file === param.name);
    session.do({
      label: `Take ${chosen?.name ?? 'file'} away`,
      edits: [param.name, ...about.map(([name]) => name)].map((name) => ({ path: ['nodes', node, 'params', name] })),
    });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file && !disabled && !sending) void send(file);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is beside the button, which everyone can use
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`rounded-md border ${over ? 'border-accent bg-accent-soft' : 'border-line-strong border-dashed'} p-2`}
    >
      <input
        {...ids}
        ref={input}
        type="file"
        accept={param.schema.accept}
        disabled={disabled || sending !== undefined}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) void send(file);
        }}
      />
      {sending ? (
        <Progress {...sending} onStop={() => stop.current?.abort()} />
      ) : (
        <div className="flex items-center gap-2">
          {chosen && <FileText size={16} className="shrink-0 text-ink-3" aria-hidden="true" />}
          <div className="min-w-0 flex-1 text-xs">
            {chosen ? (
              <>
                <p className="truncate font-medium" title={chosen.name}>
                  {chosen.name}
                </p>
                <p className="tabular text-2xs text-ink-3">{showBytes(chosen.size)}</p>
              </>
            ) : (
              <p className="text-ink-2">Drop a file here</p>
            )}
          </div>
          <Button size="sm" disabled={disabled} onClick={() => input.current?.click()}>
            <Upload size={13} aria-hidden="true" />
            {chosen ? 'Replace' : 'Choose'}
          </Button>
          {chosen && !disabled && (
            <IconButton size="sm" label={`Take ${chosen.name} away`} icon={<X size={14} />} onClick={clear} />
          )}
        </div>
      )}
      <div role="alert">
        {problem && <Notice tone="bad" message={problem.message} hint={problem.hint} className="mt-2 text-xs" />}
      </div>
    </div>
  );
}

function Progress({ name, fraction, reading, onStop }: Sending & { onStop(): void }) {
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-xs" title={name}>
          {reading ? 'Reading' : 'Sending'} {name}
        </p>
        <progress
          aria-label={`${reading ? 'Reading' : 'Sending'} ${name}`}
          max={1}
          {...(!reading && { value: fraction })}
          className="mt-1 h-1.5 w-full accent-[var(--accent)]"
        />
      </div>
      <Button size="sm" look="plain" onClick={onStop}>
        Stop
      </Button>
    </div>
  );
}

const asFile = (value: unknown): FileReference | undefined => {
  const parsed = fileSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};

'use client';

import { useEffect, useState } from 'react';
import type { Metrics, PortValue, ValueReference } from '../../../graph/values.ts';
import { readValue } from '../../_client/values.ts';
import { useSession } from '../context.tsx';
import type { NodeRun } from '../state/run-state.ts';

const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

/** A value that a run stored, once it is read; undefined until then, and where it is not there any more. */
export function useValue(reference: ValueReference | undefined): PortValue | undefined {
  const { values } = useSession();
  const [read, setRead] = useState<{ readonly sha256: string; readonly value: PortValue }>();
  const sha256 = reference?.sha256;
  useEffect(() => {
    if (!reference) return;
    let gone = false;
    readValue(reference, values).then(
      (value) => !gone && setRead({ sha256: reference.sha256, value }),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [reference, values]);
  return read?.sha256 === sha256 ? read?.value : undefined;
}

/** The little that fits on a node: a few numbers, the beginning of a text. */
export function ResultPreview({ run }: { readonly run: NodeRun }) {
  const [, small] = Object.entries(run.outputs).find(([, { kind }]) => kind === 'metrics' || kind === 'text') ?? [];
  const value = useValue(small);
  const preview = Object.values(run.previews).at(-1);
  if (typeof value === 'string') return <Text text={value} />;
  if (value !== undefined && small?.kind === 'metrics') {
    const { values } = value as Metrics;
    return (
      <dl className="px-2.5 py-1.5">
        {values.slice(0, 3).map(({ name, value: number, unit }) => (
          <div key={name} className="flex h-5 items-baseline justify-between gap-2 text-2xs leading-5">
            <dt className="truncate text-ink-2">{name}</dt>
            <dd className="tabular font-medium">
              {number === null ? '–' : shown.format(number)}
              {unit && ` ${unit}`}
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  if (preview?.kind === 'text') return <Text text={preview.text} />;
  return null;
}

function Text({ text }: { readonly text: string }) {
  return (
    <p className="line-clamp-4 whitespace-pre-wrap break-words px-2.5 py-1.5 text-2xs text-ink leading-4">{text}</p>
  );
}

'use client';

import { type BuiltinDataset, builtinDatasets } from '../../../../nodes/kit/datasets.ts';
import { showBytes } from '../../state/show-cost.ts';
import { SchemaTable } from '../schema-table.tsx';
import type { ControlProps } from './control.ts';
import { ChoiceControl } from './simple.tsx';

/** A data set that packages ship: what it is, whose it is, how large, and which columns it has. */
export function DatasetControl(props: ControlProps) {
  const chosen = (builtinDatasets as Readonly<Record<string, BuiltinDataset>>)[String(props.param.value)];
  return (
    <>
      <ChoiceControl {...props} />
      {chosen && (
        <div className="mt-2 rounded-md border border-line bg-surface-2 p-2.5 text-xs">
          <p className="text-ink">{chosen.description}</p>
          <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-2xs">
            <dt className="text-ink-3">Rows</dt>
            <dd className="tabular">{chosen.rows.toLocaleString('en')}</dd>
            <dt className="text-ink-3">Licence</dt>
            <dd>{chosen.licence}</dd>
            <dt className="text-ink-3">From</dt>
            <dd className="min-w-0 truncate">
              <a href={chosen.url} target="_blank" rel="noreferrer" className="text-accent hover:underline">
                {chosen.source}
              </a>
            </dd>
            <dt className="text-ink-3">Size</dt>
            <dd>
              {chosen.downloadBytes > 0
                ? `${showBytes(chosen.downloadBytes)}, fetched on first use`
                : 'comes with Patchbay'}
            </dd>
          </dl>
          <div className="mt-2">
            <SchemaTable columns={chosen.columns} />
          </div>
        </div>
      )}
    </>
  );
}

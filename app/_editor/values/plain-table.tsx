'use client';

import { useState } from 'react';
import type { Table } from '../../../graph/values.ts';
import { Button } from '../../_ui/button.tsx';

const AT_ONCE = 200;
const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

/** A small table of texts and numbers. More rows come on demand. */
export function PlainTable({ table, total }: { readonly table: Table; readonly total?: number | undefined }) {
  const [count, setCount] = useState(AT_ONCE);
  const { title, columns, rows } = table;
  return (
    <div>
      <div className="overflow-x-auto rounded-md border border-line">
        <table className="w-full border-collapse text-left text-xs">
          <caption className="sr-only">{title}</caption>
          <thead className="bg-surface-2 text-2xs text-ink-2">
            <tr>
              {columns.map(({ name, kind }) => (
                <th
                  key={name}
                  scope="col"
                  className={`px-2.5 py-1.5 font-medium ${kind === 'number' ? 'text-right' : ''}`}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, count).map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a finished table
              <tr key={i} className="border-line border-t align-top">
                {columns.map(({ name, kind }, k) => {
                  const cell = row[k];
                  return (
                    <td
                      key={name}
                      title={typeof cell === 'number' ? String(cell) : undefined}
                      className={`max-w-md break-words px-2.5 py-1 ${kind === 'number' ? 'tabular text-right' : ''}`}
                    >
                      {cell === null || cell === undefined ? (
                        <span className="text-ink-3">–</span>
                      ) : typeof cell === 'number' ? (
                        shown.format(cell)
                      ) : (
                        cell
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="mt-1 text-ink-3 text-xs">No rows.</p>}
      {rows.length > count && (
        <Button size="sm" className="mt-2" onClick={() => setCount(count + 5 * AT_ONCE)}>
          Show more of {rows.length.toLocaleString('en')} rows
        </Button>
      )}
      {total !== undefined && total > rows.length && (
        <p className="mt-1 text-2xs text-ink-3">
          {rows.length.toLocaleString('en')} of {total.toLocaleString('en')} rows
        </p>
      )}
    </div>
  );
}

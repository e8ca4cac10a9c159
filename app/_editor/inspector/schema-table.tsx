import { type Column, showColumnKind } from '../../../graph/types.ts';

/** The columns of a data set: name, kind and role. */
export function SchemaTable({ columns }: { readonly columns: readonly Column[] }) {
  if (columns.length === 0) return <p className="text-2xs text-ink-3">No columns.</p>;
  return (
    <div className="max-h-56 overflow-auto rounded-md border border-line bg-surface">
      <table className="w-full border-collapse text-left text-2xs leading-4">
        <thead className="sr-only">
          <tr>
            <th>Column</th>
            <th>Kind</th>
            <th>Role</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.name} className="border-line border-t first:border-t-0">
              <th scope="row" title={column.name} className="max-w-28 truncate px-2 py-0.5 font-medium">
                {column.name}
              </th>
              <td className="mono px-1 py-0.5 text-[10px] text-ink-2" title={categoriesOf(column)}>
                {showColumnKind(column)}
              </td>
              <td className="px-2 py-0.5 text-right text-ink-3">{column.role}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const categoriesOf = (column: Column): string | undefined =>
  'categories' in column ? column.categories?.slice(0, 20).join(', ') : undefined;

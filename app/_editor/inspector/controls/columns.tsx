'use client';

import type { FileSchema } from '../../../../nodes/kit/upload-schema.ts';
import { useEditor } from '../../context.tsx';
import type { ControlProps } from './control.ts';

type Setting = { readonly name: string; readonly kind?: string; readonly role?: string };

const select = 'h-7 w-full min-w-0 rounded-md border border-line-strong bg-surface px-1 text-xs disabled:opacity-60';

/** The settings with one changed; a setting that says nothing is left out. */
export function withSetting(settings: readonly Setting[], name: string, change: Partial<Setting>): Setting[] {
  const old = settings.find((setting) => setting.name === name) ?? { name };
  const next = Object.fromEntries(
    Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined),
  ) as unknown as Setting;
  const others = settings.filter((setting) => setting.name !== name);
  return Object.keys(next).length > 1 ? [...others, next] : others;
}

/** What a person changes about a file's columns: kind and role of each, as inferred or other ones. */
export function ColumnsControl({ node, entry, param, ids, disabled, onChange }: ControlProps) {
  const schema = useEditor(({ log }) =>
    schemaBeside(entry.params, log.document.nodes[node]?.params, param.schema.file),
  );
  const settings = Array.isArray(param.value) ? (param.value as readonly Setting[]) : [];
  const choices = choicesOf(param.schema);
  if (!schema)
    return (
      <p id={ids.id} className="text-ink-3 text-xs">
        Choose a file first: its columns are listed here.
      </p>
    );
  return (
    <div id={ids.id} className="max-h-72 overflow-auto rounded-md border border-line">
      <table className="w-full border-collapse text-left text-xs">
        <thead className="sticky top-0 bg-surface-2 text-2xs text-ink-2">
          <tr>
            <th className="px-2 py-1 font-medium">Column</th>
            <th className="px-1 py-1 font-medium">Kind</th>
            <th className="px-1 py-1 pr-2 font-medium">Role</th>
          </tr>
        </thead>
        <tbody>
          {schema.columns.map(({ name, kind, role }) => {
            const setting = settings.find((each) => each.name === name);
            const set = (change: Partial<Setting>) => onChange(withSetting(settings, name, change));
            return (
              <tr key={name} className="border-line border-t">
                <th scope="row" title={name} className="max-w-24 truncate px-2 py-1 font-normal">
                  {name}
                </th>
                <td className="px-1 py-1">
                  <select
                    aria-label={`Kind of ${name}`}
                    disabled={disabled}
                    value={setting?.kind ?? ''}
                    onChange={({ target }) => set({ kind: target.value || undefined } as Partial<Setting>)}
                    className={select}
                  >
                    <option value="">{kind}</option>
                    {choices.kinds
                      .filter((each) => each !== kind)
                      .map((each) => (
                        <option key={each} value={each}>
                          {each.replace('-', ' ')}
                        </option>
                      ))}
                  </select>
                </td>
                <td className="px-1 py-1 pr-2">
                  <select
                    aria-label={`Role of ${name}`}
                    disabled={disabled}
                    value={setting?.role ?? ''}
                    onChange={({ target }) => set({ role: target.value || undefined } as Partial<Setting>)}
                    className={select}
                  >
                    <option value="">{role ?? 'none'}</option>
                    {choices.roles
                      .filter((each) => each !== (role ?? 'none'))
                      .map((each) => (
                        <option key={each} value={each}>
                          {each}
                        </option>
                      ))}
                  </select>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The param that tells of the same file. */
function schemaBeside(
  schemas: ControlProps['entry']['params'],
  params: Readonly<Record<string, unknown>> | undefined,
  file: string | undefined,
): FileSchema | undefined {
  const name = Object.keys(schemas).find((each) => schemas[each]?.control === 'schema' && schemas[each]?.file === file);
  const value = name === undefined ? undefined : params?.[name];
  return typeof value === 'object' && value !== null && 'columns' in value ? (value as FileSchema) : undefined;
}

/** What the declaration lets choose: the enums of the settings' schema. */
function choicesOf(schema: ControlProps['param']['schema']): { kinds: readonly string[]; roles: readonly string[] } {
  const { items } = schema as { items?: { properties?: Record<string, { enum?: readonly string[] }> } };
  return { kinds: items?.properties?.kind?.enum ?? [], roles: items?.properties?.role?.enum ?? [] };
}

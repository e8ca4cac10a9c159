'use client';

import { showColumnKind } from '../../../../graph/types.ts';
import { useEditor } from '../../context.tsx';
import { inputClass } from '../field.tsx';
import { automaticColumn, columnChoices, datasetFor } from '../param-facts.ts';
import type { ControlProps } from './control.ts';
import { TextControl } from './simple.tsx';

/** A column of the data set that arrives; where none is known yet, a name to type. */
export function ColumnControl(props: ControlProps) {
  const { node, param, ids, disabled, onChange } = props;
  const type = useEditor(({ check, log }) => datasetFor(check, log.document, node, param.schema.port));
  if (!type) return <TextControl {...props} />;
  const value = String(param.value ?? '');
  const choices = columnChoices(type, param.schema);
  const automatic = automaticColumn(type, param.schema);
  const known = value === '' || choices.some(({ column }) => column.name === value);
  return (
    <select
      {...ids}
      disabled={disabled}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={inputClass}
    >
      <option value="">{automatic ? `Automatic: ${automatic.name}` : 'Automatic'}</option>
      {!known && <option value={value}>{value} (not there)</option>}
      {choices.map(({ column, fits }) => (
        <option key={column.name} value={column.name} disabled={!fits}>
          {column.name} · {showColumnKind(column)}
          {column.role ? `, ${column.role}` : ''}
        </option>
      ))}
    </select>
  );
}

'use client';

import { cx } from 'class-variance-authority';
import { Switch } from 'radix-ui';
import { inputClass } from '../field.tsx';
import type { ControlProps } from './control.ts';

/** One of a few: side by side where they fit, else a list. */
export function ChoiceControl({ param, ids, disabled, onChange }: ControlProps) {
  const { schema, value } = param;
  const options = (schema.enum ?? []).map((each) => ({ value: each, title: schema.labels?.[each] ?? each }));
  return (
    <select
      {...ids}
      disabled={disabled}
      value={String(value ?? '')}
      onChange={(event) => onChange(event.target.value)}
      className={inputClass}
    >
      {!options.some((option) => option.value === value) && (
        <option value={String(value ?? '')}>{String(value ?? '')}</option>
      )}
      {options.map(({ value: each, title }) => (
        <option key={each} value={each}>
          {title}
        </option>
      ))}
    </select>
  );
}

export function FlagControl({ param, ids, disabled, onChange }: ControlProps) {
  return (
    <Switch.Root
      {...ids}
      disabled={disabled}
      checked={param.value === true}
      onCheckedChange={onChange}
      className="relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-surface-3 transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-50"
    >
      <Switch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-ink-2 transition-transform data-[state=checked]:translate-x-[17px] data-[state=checked]:bg-surface" />
    </Switch.Root>
  );
}

/** A line of text. */
export function TextControl({ param, ids, disabled, onChange, onTyped }: ControlProps) {
  const { maxLength } = param.schema;
  return (
    <input
      {...ids}
      type="text"
      autoComplete="off"
      spellCheck={false}
      disabled={disabled}
      value={String(param.value ?? '')}
      onChange={({ target: { value } }) => {
        onTyped(tooLong(value, maxLength));
        if (!tooLong(value, maxLength)) onChange(value);
      }}
      className={inputClass}
    />
  );
}

const tooLong = (text: string, most: number | undefined): string | undefined =>
  most !== undefined && text.length > most ? `At most ${most.toLocaleString('en')} characters.` : undefined;

/** Several lines of text, or code. */
export function LinesControl({ param, ids, disabled, onChange, onTyped }: ControlProps) {
  const { maxLength, control } = param.schema;
  const value = String(param.value ?? '');
  return (
    <textarea
      {...ids}
      disabled={disabled}
      value={value}
      rows={Math.min(12, Math.max(3, value.split('\n').length + 1))}
      spellCheck={control !== 'code'}
      onChange={({ target: { value: next } }) => {
        onTyped(tooLong(next, maxLength));
        if (!tooLong(next, maxLength)) onChange(next);
      }}
      className={cx(inputClass, '!h-auto resize-y py-1.5 leading-5', control === 'code' && 'mono !text-xs')}
    />
  );
}

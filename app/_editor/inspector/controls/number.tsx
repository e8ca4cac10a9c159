'use client';

import { type KeyboardEvent, useState } from 'react';
import { inputClass } from '../field.tsx';
import { numberText, readNumber, stepped } from '../number-text.ts';
import type { ControlProps } from './control.ts';

/**
 * A number. What is typed stays as it is typed until the field is left: a wrong number is said at once and the document
 * keeps the last right one.
 */
export function NumberControl({ param, ids, disabled, placeholder, onChange, onTyped }: ControlProps) {
  const { schema, value, nullable } = param;
  const [draft, setDraft] = useState<{ readonly text: string; readonly of: unknown }>();
  // a draft is about the value that it was typed over: one that came from elsewhere (undo) shows itself
  const text = draft && Object.is(draft.of, value) ? draft.text : numberText(value);

  const type = (next: string): void => {
    const read = readNumber(next, schema, nullable);
    const right = 'value' in read;
    setDraft({ text: next, of: right ? read.value : value });
    onTyped(right ? undefined : read.problem);
    if (right && read.value !== value) onChange(read.value);
  };
  const leave = (): void => {
    const read = readNumber(text, schema, nullable);
    if ('value' in read) setDraft(undefined);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape' && draft) {
      event.stopPropagation();
      setDraft(undefined);
      onTyped(undefined);
      return;
    }
    const up = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (up === 0 || typeof value !== 'number') return;
    event.preventDefault();
    type(numberText(stepped(value, up * (event.shiftKey ? 10 : 1), schema)));
  };
  return (
    <input
      {...ids}
      type="text"
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      disabled={disabled}
      value={text}
      placeholder={placeholder ?? (nullable ? 'automatic' : undefined)}
      onChange={(event) => type(event.target.value)}
      onBlur={leave}
      onKeyDown={press}
      className={`${inputClass} tabular`}
    />
  );
}

'use client';

import { type KeyboardEvent, useState } from 'react';
import { isArithmetic } from '../../../../lib/arithmetic.ts';
import { inputClass } from '../field.tsx';
import { numberText, readNumber, stepped } from '../number-text.ts';
import type { ControlProps } from './control.ts';

/**
 * A number. What is typed stays as it is typed until the field is left: a wrong number is said at once and the document
 * keeps the last right one. Arithmetic such as `4*32` is worked out when the field is left, or on Enter.
 */
export function NumberControl({ param, ids, disabled, placeholder, onChange, onTyped }: ControlProps) {
  const { schema, value, nullable } = param;
  const [draft, setDraft] = useState<{ readonly text: string; readonly of: unknown }>();
  // a draft is about the value that it was typed over: one that came from elsewhere (undo) shows itself
  const text = draft && Object.is(draft.of, value) ? draft.text : numberText(value);

  const type = (next: string): void => {
    const read = readNumber(next, schema, nullable);
    if (isArithmetic(next)) {
      // half of it means something else
      setDraft({ text: next, of: value });
      onTyped(undefined);
      return;
    }
    const right = 'value' in read;
    setDraft({ text: next, of: right ? read.value : value });
    onTyped(right ? undefined : read.problem);
    if (right && read.value !== value) onChange(read.value);
  };
  const leave = (): void => {
    const read = readNumber(text, schema, nullable);
    if (isArithmetic(text)) onTyped('value' in read ? undefined : read.problem);
    if (!('value' in read)) return;
    if (isArithmetic(text) && read.value !== value) onChange(read.value);
    setDraft(undefined);
  };
  const sum = isArithmetic(text) ? readNumber(text, schema, nullable) : undefined;
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape' && draft) {
      event.stopPropagation();
      setDraft(undefined);
      onTyped(undefined);
      return;
    }
    if (event.key === 'Enter') leave();
    const up = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (up === 0 || typeof value !== 'number') return;
    event.preventDefault();
    type(numberText(stepped(value, up * (event.shiftKey ? 10 : 1), schema)));
  };
  return (
    <>
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
      {sum && 'value' in sum && (
        <p aria-live="polite" className="tabular mt-1 text-ink-2 text-xs">
          = {numberText(sum.value)}
        </p>
      )}
    </>
  );
}

'use client';

import { useState } from 'react';
import { inputClass } from './field.tsx';

/** A line of text that is taken as it is typed, and may be left empty only where that means something. */
export function NameField({
  label,
  value,
  placeholder,
  disabled,
  onChange,
  className,
}: {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly disabled: boolean;
  onChange(value: string): void;
  readonly className?: string;
}) {
  const [draft, setDraft] = useState<string>();
  return (
    <input
      type="text"
      aria-label={label}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      disabled={disabled}
      value={draft ?? value}
      placeholder={placeholder}
      onFocus={() => setDraft(value)}
      onChange={({ target }) => {
        setDraft(target.value);
        onChange(target.value);
      }}
      onBlur={() => setDraft(undefined)}
      onKeyDown={({ key, currentTarget }) => (key === 'Enter' || key === 'Escape') && currentTarget.blur()}
      className={className ?? inputClass}
    />
  );
}

'use client';

import { Check, Copy } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from './button.tsx';

/** Text to take along. Where a page may not copy, it is selected for the keyboard. */
export function CopyField({ label, text }: { readonly label: string; readonly text: string }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState<string>();
  const copy = async () => {
    input.current?.select();
    await navigator.clipboard?.writeText(text).then(
      () => setDone(text),
      () => undefined,
    );
  };
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <input
        id={id}
        ref={input}
        readOnly
        value={text}
        onFocus={({ target }) => target.select()}
        className="mono h-8 min-w-0 flex-1 rounded-md border border-line-strong bg-surface-2 px-2 text-xs"
      />
      <Button onClick={() => void copy()} aria-label={`Copy ${label.toLowerCase()}`}>
        {done === text ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
        <span aria-live="polite">{done === text ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  );
}

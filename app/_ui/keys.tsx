'use client';

import { cx } from 'class-variance-authority';
import { useSyncExternalStore } from 'react';

const isMac = () => /mac|iphone|ipad/i.test(navigator.platform);
const never = () => () => undefined;

/** A shortcut such as `Mod+Shift+Z`, as this machine's keyboard calls it. */
export function Keys({ keys, inverse }: { readonly keys: string; readonly inverse?: boolean }) {
  const mac = useSyncExternalStore(never, isMac, () => false);
  const shown = keys
    .split('+')
    .map((key) => (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key === 'Shift' ? (mac ? '⇧' : 'Shift') : key));
  return (
    <span className="inline-flex gap-0.5">
      {shown.map((key) => (
        <kbd
          key={key}
          className={cx(
            'min-w-4 rounded-sm border px-1 text-center text-2xs leading-4',
            inverse ? 'border-on-solid/30' : 'border-line-strong bg-surface-2 text-ink-2',
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}

'use client';

import { Slot } from 'radix-ui';
import { type FocusEvent, type PointerEvent, type ReactNode, useEffect, useRef } from 'react';
import { createStore } from 'zustand';

/** What is said about which control at the moment. */
export interface Told {
  readonly anchor: HTMLElement;
  readonly text: ReactNode;
  readonly shortcut: string | undefined;
  readonly side: 'top' | 'right' | 'bottom' | 'left';
}

/** At most one tip is to be seen. The code that draws it is loaded with the first one (providers.tsx). */
export const told = createStore<{ readonly tip: Told | undefined }>(() => ({ tip: undefined }));

/** A pointer that rests asks; one that comes from another tip's control need not wait again. */
const REST_MS = 500;
const AGAIN_MS = 200;
let resting: ReturnType<typeof setTimeout> | undefined;
let lastAt = Number.NEGATIVE_INFINITY;

const isTold = (anchor: HTMLElement | null): boolean => anchor !== null && told.getState().tip?.anchor === anchor;

function hush(anchor: HTMLElement | null): void {
  clearTimeout(resting);
  if (!isTold(anchor)) return;
  lastAt = Date.now();
  told.setState({ tip: undefined });
}

/** A few words about a control, on hover and focus. */
export function Tip({
  text,
  shortcut,
  side = 'bottom',
  children,
}: Pick<Partial<Told>, 'text' | 'shortcut' | 'side'> & { readonly children: ReactNode }) {
  const anchor = useRef<HTMLElement>(null);
  const say = () => {
    if (anchor.current) told.setState({ tip: { anchor: anchor.current, text, shortcut, side } });
  };
  // what is said may change while it is said
  useEffect(() => {
    const { tip } = told.getState();
    if (tip && isTold(anchor.current) && (tip.text !== text || tip.shortcut !== shortcut))
      told.setState({ tip: { ...tip, text, shortcut } });
  });
  useEffect(() => {
    const { current } = anchor;
    return () => hush(current);
  }, []);
  return (
    <Slot.Root
      ref={anchor}
      onPointerEnter={({ pointerType }: PointerEvent) => {
        if (pointerType === 'touch') return;
        clearTimeout(resting);
        if (Date.now() - lastAt < AGAIN_MS) say();
        else resting = setTimeout(say, REST_MS);
      }}
      onPointerLeave={() => hush(anchor.current)}
      onPointerDown={() => hush(anchor.current)}
      onFocus={({ target }: FocusEvent) => target.matches(':focus-visible') && say()}
      onBlur={() => hush(anchor.current)}
    >
      {children}
    </Slot.Root>
  );
}

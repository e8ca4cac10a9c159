'use client';

import { Tooltip } from 'radix-ui';
import { useEffect, useId } from 'react';
import { flushSync } from 'react-dom';
import { useStore } from 'zustand';
import { Keys } from './keys.tsx';
import { PlaceOf } from './place-of.tsx';
import { type Told, told } from './tip.tsx';

/** Draws the words that a control has asked for. */
export default function TipLayer() {
  const tip = useStore(told, (state) => state.tip);
  return tip && <Words key={String(tip.text)} {...tip} />;
}

function Words({ anchor, text, shortcut, side }: Told) {
  const id = useId();
  useEffect(() => {
    // what has these words as its name needs no description too
    if (anchor.getAttribute('aria-label') === text) return;
    anchor.setAttribute('aria-describedby', id);
    return () => anchor.removeAttribute('aria-describedby');
  }, [anchor, id, text]);
  useEffect(() => {
    const hush = () => told.setState({ tip: undefined });
    // before what lies below hears of it: Radix gives Escape to the topmost layer alone, and a tip is one
    const onKeyDown = ({ key }: KeyboardEvent) => key === 'Escape' && flushSync(hush);
    window.addEventListener('scroll', hush, { capture: true, passive: true });
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => {
      window.removeEventListener('scroll', hush, { capture: true });
      window.removeEventListener('keydown', onKeyDown, { capture: true });
    };
  }, []);
  return (
    <Tooltip.Provider>
      <Tooltip.Root open>
        <Tooltip.Trigger asChild>
          <PlaceOf anchor={anchor} />
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content
            id={id}
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="pointer-events-none z-50 flex max-w-72 items-center gap-2 rounded-md bg-solid px-2 py-1 text-on-solid text-xs shadow-floating"
          >
            {text}
            {shortcut && <Keys keys={shortcut} inverse />}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}

import { type PointerEvent, type TouchEvent, useRef } from 'react';
import type { Point } from '../state/store.ts';

const LONG_MS = 480;
const STILL_PIXELS = 8;

/** A finger that stays where it is: what a right click is to a mouse. */
export function useLongPress(act: (at: Point, target: Element) => void) {
  const pressed = useRef<{ timer: ReturnType<typeof setTimeout>; at: Point }>(undefined);
  const acted = useRef(false);
  const stop = () => {
    clearTimeout(pressed.current?.timer);
    pressed.current = undefined;
  };
  return {
    onPointerDownCapture({ pointerType, isPrimary, clientX, clientY, target }: PointerEvent) {
      stop();
      acted.current = false;
      if (pointerType !== 'touch' || !isPrimary) return;
      const at = { x: clientX, y: clientY };
      const timer = setTimeout(() => {
        acted.current = true;
        act(at, target as Element);
      }, LONG_MS);
      pressed.current = { at, timer };
    },
    onPointerMoveCapture({ clientX, clientY }: PointerEvent) {
      const at = pressed.current?.at;
      if (at && Math.hypot(clientX - at.x, clientY - at.y) > STILL_PIXELS) stop();
    },
    onPointerUpCapture: stop,
    /** No click follows: it would close what the press opened. */
    onTouchEndCapture(event: TouchEvent) {
      if (acted.current) event.preventDefault();
    },
    onPointerCancelCapture: stop,
  };
}

import { type PointerEvent, useRef } from 'react';
import type { Point } from '../state/store.ts';

const LONG_MS = 480;
const STILL_PIXELS = 8;

/** A finger that stays where it is: what a right click is to a mouse. */
export function useLongPress(act: (at: Point, target: Element) => void) {
  const pressed = useRef<{ timer: ReturnType<typeof setTimeout>; at: Point }>(undefined);
  const stop = () => {
    clearTimeout(pressed.current?.timer);
    pressed.current = undefined;
  };
  return {
    onPointerDownCapture({ pointerType, isPrimary, clientX, clientY, target }: PointerEvent) {
      stop();
      if (pointerType !== 'touch' || !isPrimary) return;
      const at = { x: clientX, y: clientY };
      pressed.current = { at, timer: setTimeout(() => act(at, target as Element), LONG_MS) };
    },
    onPointerMoveCapture({ clientX, clientY }: PointerEvent) {
      const at = pressed.current?.at;
      if (at && Math.hypot(clientX - at.x, clientY - at.y) > STILL_PIXELS) stop();
    },
    onPointerUpCapture: stop,
    onPointerCancelCapture: stop,
  };
}

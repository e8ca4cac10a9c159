'use client';

import { type PointerEvent, useEffect, useRef } from 'react';
import { disconnect } from '../../../graph/edit.ts';
import { useEditor, useSession } from '../context.tsx';
import { crosses } from '../state/geometry.ts';
import type { Point } from '../state/store.ts';

/** How finely a wire is looked at, in pixels of the canvas. */
const STEP = 12;

/** While the knife is out, a line drawn over wires cuts them. */
export function Knife() {
  const slicing = useEditor((state) => state.slicing);
  return slicing ? <KnifeOverlay /> : null;
}

function KnifeOverlay() {
  const session = useSession();
  const { store } = session;
  const line = useRef<Point[]>([]);
  const drawn = useRef<SVGPolylineElement>(null);
  const overlay = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const stop = ({ key }: KeyboardEvent) => key === 'Escape' && store.setState({ slicing: false });
    window.addEventListener('keydown', stop, true);
    return () => window.removeEventListener('keydown', stop, true);
  }, [store]);

  const add = ({ clientX, clientY }: PointerEvent) => {
    line.current.push({ x: clientX, y: clientY });
    const { left, top } = overlay.current!.getBoundingClientRect();
    drawn.current?.setAttribute('points', line.current.map(({ x, y }) => `${x - left},${y - top}`).join(' '));
  };
  const cut = () => {
    const canvas = overlay.current?.closest('.canvas');
    const near = [...(canvas?.querySelectorAll<SVGPathElement>('.wire-line') ?? [])]
      .filter((path) => crosses(line.current, pointsOn(path)))
      .map(({ id }) => id);
    const wires = [...new Set([...near, ...(session.view?.wiresAcross(line.current) ?? [])])];
    if (wires.length > 0) session.do(disconnect(wires));
    store.setState({ slicing: false, said: wires.length === 1 ? 'Cut one wire' : `Cut ${wires.length} wires` });
  };
  return (
    <div
      ref={overlay}
      data-testid="knife"
      className="absolute inset-0 z-20 cursor-crosshair touch-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        line.current = [];
        add(event);
      }}
      onPointerMove={(event) => line.current.length > 0 && add(event)}
      onPointerUp={cut}
      onPointerCancel={() => store.setState({ slicing: false })}
    >
      <p className="absolute top-3 left-1/2 -translate-x-1/2 rounded-md bg-solid px-2.5 py-1 text-on-solid text-xs shadow-floating">
        Draw a line over wires to cut them. Escape puts the knife away.
      </p>
      <svg className="size-full" aria-hidden="true">
        <polyline ref={drawn} fill="none" stroke="var(--bad)" strokeWidth={2} strokeDasharray="5 4" />
      </svg>
    </div>
  );
}

/** Points along a path, where they are on the screen. */
function pointsOn(path: SVGPathElement): Point[] {
  const matrix = path.getScreenCTM();
  if (!matrix) return [];
  const length = path.getTotalLength();
  const count = Math.max(2, Math.ceil(length / STEP));
  return Array.from({ length: count + 1 }, (_, i) => {
    const { x, y } = path.getPointAtLength((length * i) / count).matrixTransform(matrix);
    return { x, y };
  });
}

'use client';

import { type PointerEvent, useEffect, useRef } from 'react';
import { useSession } from '../context.tsx';
import { colourOf } from '../state/colours.ts';
import type { Area } from './far/scene.ts';

const WIDTH = 168;
const HEIGHT = 112;
const PADDING = 8;
/** Edits that follow each other closely are drawn once. */
const QUIET_MS = 120;

interface Scale {
  readonly factor: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The whole graph, small, and what of it is seen; a press or a drag goes there. Drawn as one picture when the graph
 * changes; panning moves its frame without React.
 */
export function Minimap() {
  const session = useSession();
  const picture = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLCanvasElement>(null);
  const scale = useRef<Scale>({ factor: 1, x: 0, y: 0 });

  useEffect(() => {
    const { store } = session;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // drawn, not moved: each element that is moved makes a browser look at all layers of the page
    const outline = (seen: Area | undefined) => {
      const context = frame.current?.getContext('2d');
      if (!seen || !context) return;
      const { factor, x, y } = scale.current;
      const density = window.devicePixelRatio;
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      context.beginPath();
      context.roundRect((seen.x - x) * factor, (seen.y - y) * factor, seen.width * factor, seen.height * factor, 2);
      context.globalAlpha = 0.1;
      context.fill();
      context.globalAlpha = 1;
      context.stroke();
    };
    const draw = () => {
      const context = picture.current?.getContext('2d');
      if (!context) return;
      const { nodes } = session.document;
      const boxes = Object.entries(session.view?.boxes(Object.keys(nodes)) ?? {});
      const density = window.devicePixelRatio;
      context.canvas.width = WIDTH * density;
      context.canvas.height = HEIGHT * density;
      const left = Math.min(...boxes.map(([, box]) => box.x));
      const top = Math.min(...boxes.map(([, box]) => box.y));
      const width = Math.max(1, ...boxes.map(([, box]) => box.x + box.width - left));
      const height = Math.max(1, ...boxes.map(([, box]) => box.y + box.height - top));
      const factor = Math.min((WIDTH - 2 * PADDING) / width, (HEIGHT - 2 * PADDING) / height);
      const place = { factor, x: left + width / 2 - WIDTH / 2 / factor, y: top + height / 2 - HEIGHT / 2 / factor };
      if (boxes.length > 0) scale.current = place;
      const styles = getComputedStyle(context.canvas);
      const colours = new Map<string, string>();
      const read = (colour: string): string => {
        const known = colours.get(colour);
        if (known) return known;
        context.canvas.style.color = colour;
        colours.set(colour, styles.color);
        return styles.color;
      };
      context.setTransform(density, 0, 0, density, 0, 0);
      for (const [id, box] of boxes) {
        context.fillStyle = read(colourOf(nodes[id] ?? { type: '' }));
        context.globalAlpha = 0.75;
        const [x, y] = [(box.x - scale.current.x) * factor, (box.y - scale.current.y) * factor];
        context.fillRect(x, y, Math.max(1, box.width * factor), Math.max(1, box.height * factor));
      }
      const over = frame.current?.getContext('2d');
      if (over) {
        over.canvas.width = context.canvas.width;
        over.canvas.height = context.canvas.height;
        over.fillStyle = over.strokeStyle = getComputedStyle(over.canvas).color;
      }
      outline(session.view?.seen());
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(draw, QUIET_MS);
    };
    const stops = [
      store.subscribe((state, before) => {
        if (state.log.document.nodes !== before.log.document.nodes || state.facts !== before.facts) soon();
      }),
      session.view?.watch(outline),
    ];
    const theme = new MutationObserver(soon);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    soon();
    return () => {
      clearTimeout(timer);
      theme.disconnect();
      for (const stop of stops) stop?.();
    };
  }, [session]);

  const go = ({ currentTarget, clientX, clientY, buttons }: PointerEvent<HTMLElement>) => {
    if (buttons !== 1) return;
    const { left, top } = currentTarget.getBoundingClientRect();
    const { factor, x, y } = scale.current;
    session.view?.centre({ x: x + (clientX - left) / factor, y: y + (clientY - top) / factor });
  };
  return (
    <div
      role="img"
      aria-label="Map of the graph"
      style={{ width: WIDTH, height: HEIGHT }}
      className="nopan nowheel absolute right-0 bottom-0 z-[5] m-3 mb-14 cursor-pointer touch-none overflow-hidden rounded-lg border border-line-strong bg-surface max-md:hidden"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
      onWheel={({ deltaY }) => session.view?.zoomBy(deltaY < 0 ? 1.25 : 0.8)}
    >
      <canvas ref={picture} className="size-full" />
      <canvas ref={frame} className="absolute inset-0 size-full text-accent" />
    </div>
  );
}

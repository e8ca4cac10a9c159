import type { Viewport } from '@xyflow/react';
import type { Area, FarAnswer, FarRequest, Scene } from './scene.ts';

/** How much more than what is seen is drawn, on each side, as a share of it: panning shows it without drawing. */
const MARGIN = 0.5;
/** Pixels of one picture. */
const MOST_PIXELS = 9_000_000;
/** How far what is drawn reaches beyond its lines, in pixels of the canvas. */
const EDGE = 24;
const ROUNDING = 1e-6;
const nowhere: Area = { x: 0, y: 0, width: 1, height: 1 };

export const farWorker = (): Worker => new Worker(new URL('./far.worker.ts', import.meta.url), { type: 'module' });

/**
 * The picture of what is far away. It lies on the canvas like a node, so that panning moves it with everything else; a
 * worker draws it anew when the hand rests, when it does not reach far enough any more, and when the graph changes.
 */
export class FarPicture {
  readonly #canvas = document.createElement('canvas');
  /** What all that stands above the picture is one layer of the screen with: canvas.css tells. */
  readonly #ground = document.createElement('div');
  readonly #worker: Worker;
  readonly #sizeOf: () => { readonly width: number; readonly height: number };
  #scene: Scene | undefined;
  /** Where there is anything to draw. */
  #extent: Area = nowhere;
  #drawn: { readonly area: Area; readonly zoom: number } | undefined;
  #ticket = 0;
  #isDrawing = false;
  #next: { readonly view: Viewport; readonly calls: readonly (() => void)[] } | undefined;
  /** Called when what is being drawn is on the screen. */
  #calls: readonly (() => void)[] = [];

  constructor(host: HTMLElement, worker: Worker, sizeOf: () => { width: number; height: number }) {
    this.#worker = worker;
    this.#sizeOf = sizeOf;
    this.#canvas.className = 'canvas-far';
    this.#canvas.setAttribute('aria-hidden', 'true');
    this.#ground.className = 'canvas-ground';
    host.append(this.#canvas, this.#ground);
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FarAnswer>) => this.#show(data));
  }

  stop(): void {
    this.#worker.terminate();
    this.#canvas.remove();
    this.#ground.remove();
  }

  /** Another scene; `then` is called when it is on the screen. */
  draw(scene: Scene, view: Viewport, then: () => void): void {
    this.#scene = scene;
    this.#extent = extentOf(scene);
    this.#ask(view, [then]);
  }

  /** The eye has moved: draws only where the picture ends or has become too coarse. */
  look(view: Viewport, resting: boolean): void {
    if (!this.#drawn || this.#isDrawing) return;
    const { area, zoom } = this.#drawn;
    const seen = common(areaOf(view, this.#sizeOf(), resting ? 0.1 : 0), this.#extent);
    const isInside =
      seen === nowhere ||
      (seen.x >= area.x &&
        seen.y >= area.y &&
        seen.x + seen.width <= area.x + area.width + ROUNDING &&
        seen.y + seen.height <= area.y + area.height + ROUNDING);
    const factor = view.zoom / zoom;
    const isSharp = resting ? factor === 1 : factor > 0.4 && factor < 2;
    if (!isInside || !isSharp) this.#ask(view, []);
  }

  #ask(view: Viewport, calls: readonly (() => void)[]): void {
    if (this.#isDrawing) {
      this.#next = { view, calls: [...(this.#next?.calls ?? []), ...calls] };
      return;
    }
    this.#isDrawing = true;
    this.#calls = calls;
    const around = areaOf(view, this.#sizeOf(), MARGIN);
    const area = onPixels(common(around, this.#extent), view);
    const wanted = view.zoom * window.devicePixelRatio;
    const scale = Math.min(wanted, Math.sqrt(MOST_PIXELS / (area.width * area.height)));
    const request: FarRequest = {
      ticket: ++this.#ticket,
      area,
      scale,
      ...(this.#scene && { scene: this.#scene }),
    };
    this.#drawn = { area, zoom: view.zoom };
    const { style } = this.#ground;
    style.left = `${around.x}px`;
    style.top = `${around.y}px`;
    style.width = `${around.width}px`;
    style.height = `${around.height}px`;
    if (this.#scene) this.#canvas.dataset.nodes = String(this.#scene.families.length);
    this.#scene = undefined;
    this.#worker.postMessage(request);
  }

  #show({ area, bitmap }: FarAnswer): void {
    const canvas = this.#canvas;
    canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
    canvas.style.transform = `translate(${area.x}px,${area.y}px)`;
    canvas.style.width = `${area.width}px`;
    canvas.style.height = `${area.height}px`;
    canvas.dataset.drawn = canvas.dataset.nodes;
    this.#isDrawing = false;
    for (const done of this.#calls) done();
    const next = this.#next;
    this.#next = undefined;
    if (next) this.#ask(next.view, next.calls);
  }
}

/** What of an area lies in another one. */
function common(a: Area, b: Area): Area {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : nowhere;
}

/** An area whose edges lie between pixels of the screen, so that none is drawn over two. */
function onPixels(area: Area, { x, y, zoom }: Viewport): Area {
  const scale = window.devicePixelRatio;
  const down = (at: number, shift: number): number => (Math.floor((at * zoom + shift) * scale) / scale - shift) / zoom;
  const up = (at: number, shift: number): number => (Math.ceil((at * zoom + shift) * scale) / scale - shift) / zoom;
  const [left, top] = [down(area.x, x), down(area.y, y)];
  return { x: left, y: top, width: up(area.x + area.width, x) - left, height: up(area.y + area.height, y) - top };
}

/** The area that all of a scene lies in. */
function extentOf({ nodes, wires }: Scene): Area {
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const reach = (x: number, y: number): void => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  for (let i = 0; i < nodes.length; i += 4) {
    reach(nodes[i]!, nodes[i + 1]!);
    reach(nodes[i]! + nodes[i + 2]!, nodes[i + 1]! + nodes[i + 3]!);
  }
  for (let i = 0; i < wires.length; i += 2) reach(wires[i]!, wires[i + 1]!);
  if (right < left) return nowhere;
  return { x: left - EDGE, y: top - EDGE, width: right - left + 2 * EDGE, height: bottom - top + 2 * EDGE };
}

/** What is seen, and so much more on each side. */
export function areaOf(
  { x, y, zoom }: Viewport,
  { width, height }: { readonly width: number; readonly height: number },
  margin: number,
): Area {
  return {
    x: (-x - width * margin) / zoom,
    y: (-y - height * margin) / zoom,
    width: (width * (1 + 2 * margin)) / zoom,
    height: (height * (1 + 2 * margin)) / zoom,
  };
}

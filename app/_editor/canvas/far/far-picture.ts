import type { Viewport } from '@xyflow/react';
import type { Area, FarAnswer, FarRequest, Scene } from './scene.ts';

/** How much more than what is seen is drawn, on each side, as a share of it: panning shows it without drawing. */
const MARGIN = 0.5;
/** Pixels of one picture. */
const MOST_PIXELS = 9_000_000;

/**
 * The picture of what is far away. It lies on the canvas like a node, so that panning moves it with everything else; a
 * worker draws it anew when the hand rests, when it does not reach far enough any more, and when the graph changes.
 */
export class FarPicture {
  readonly #canvas = document.createElement('canvas');
  readonly #worker = new Worker(new URL('./far.worker.ts', import.meta.url), { type: 'module' });
  readonly #sizeOf: () => { readonly width: number; readonly height: number };
  #scene: Scene | undefined;
  #drawn: { readonly area: Area; readonly zoom: number } | undefined;
  #ticket = 0;
  #isDrawing = false;
  #next: { readonly view: Viewport; readonly calls: readonly (() => void)[] } | undefined;
  /** Called when what is being drawn is on the screen. */
  #calls: readonly (() => void)[] = [];

  constructor(host: HTMLElement, sizeOf: () => { width: number; height: number }) {
    this.#sizeOf = sizeOf;
    this.#canvas.className = 'canvas-far';
    this.#canvas.setAttribute('aria-hidden', 'true');
    host.append(this.#canvas);
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FarAnswer>) => this.#show(data));
  }

  stop(): void {
    this.#worker.terminate();
    this.#canvas.remove();
  }

  /** Another scene; `then` is called when it is on the screen. */
  draw(scene: Scene, view: Viewport, then: () => void): void {
    this.#scene = scene;
    this.#ask(view, [then]);
  }

  /** The eye has moved: draws only where the picture ends or has become too coarse. */
  look(view: Viewport, resting: boolean): void {
    if (!this.#drawn || this.#isDrawing) return;
    const { area, zoom } = this.#drawn;
    const seen = areaOf(view, this.#sizeOf(), resting ? 0.1 : 0);
    const isInside =
      seen.x >= area.x &&
      seen.y >= area.y &&
      seen.x + seen.width <= area.x + area.width &&
      seen.y + seen.height <= area.y + area.height;
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
    const area = areaOf(view, this.#sizeOf(), MARGIN);
    const wanted = view.zoom * window.devicePixelRatio;
    const scale = Math.min(wanted, Math.sqrt(MOST_PIXELS / (area.width * area.height)));
    const request: FarRequest = {
      ticket: ++this.#ticket,
      area,
      scale,
      ...(this.#scene && { scene: this.#scene }),
    };
    this.#drawn = { area, zoom: view.zoom };
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

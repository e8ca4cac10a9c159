import type { useStoreApi, Viewport } from '@xyflow/react';

type FlowStore = ReturnType<typeof useStoreApi>;

/** Distance of the dots, in pixels of the canvas; from afar it doubles until they lie apart on the screen. */
const DOTS = 16;
const LEAST_DOTS = 10;
/** How far they reach beyond the canvas, as its styles say. */
const DOTS_MARGIN = 32;

/**
 * Where the canvas is seen from. The canvas library would draw itself again for each step of panning; here one element
 * gets another transform, and the library hears of it when the hand rests. It hears of zooming at once.
 */
export class Eye {
  view: Viewport = { x: 0, y: 0, zoom: 1 };
  readonly #root: HTMLElement;
  readonly #flow: FlowStore;
  readonly #watchers = new Set<(view: Viewport) => void>();
  #isPanning = false;

  constructor(root: HTMLElement, flow: FlowStore) {
    this.#root = root;
    this.#flow = flow;
    const [x, y, zoom] = flow.getState().transform;
    this.view = { x, y, zoom };
    this.#paint();
  }

  /** Tells of every step. */
  watch(watcher: (view: Viewport) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  start(event: Event | null): void {
    this.#isPanning = event !== null && event.type !== 'wheel';
    this.#lift(this.#isPanning);
  }

  moved(view: Viewport): void {
    const zooms = view.zoom !== this.view.zoom;
    this.view = view;
    this.#paint();
    if (zooms) this.#lift(false);
    if (!this.#isPanning || zooms) this.#settle();
    for (const watcher of this.#watchers) watcher(view);
  }

  rest(): void {
    this.#isPanning = false;
    this.#lift(false);
    this.#settle();
  }

  /** What stands on the canvas as one layer of the screen: it is moved as it is, and not drawn again for each step. */
  #lift(isLifted: boolean): void {
    this.#root.toggleAttribute('data-lifted', isLifted);
  }

  #settle(): void {
    const { x, y, zoom } = this.view;
    const [a, b, c] = this.#flow.getState().transform;
    if (a !== x || b !== y || c !== zoom) this.#flow.setState({ transform: [x, y, zoom] });
  }

  #paint(): void {
    const { x, y, zoom } = this.view;
    const seen = this.#root.querySelector<HTMLElement>('.react-flow__viewport');
    if (seen) seen.style.transform = `translate(${x}px,${y}px) scale(${zoom})`;
    const dots = this.#root.querySelector<HTMLElement>('.canvas-dots');
    if (!dots) return;
    let gap = DOTS * zoom;
    while (gap < LEAST_DOTS) gap *= 2;
    dots.style.backgroundSize = `${gap}px ${gap}px`;
    // moved as it is, and not drawn again
    const shift = (by: number): number => (((by + DOTS_MARGIN) % gap) + gap) % gap;
    dots.style.transform = `translate(${shift(x)}px,${shift(y)}px)`;
  }
}

import type { useStoreApi, Viewport } from '@xyflow/react';

type FlowStore = ReturnType<typeof useStoreApi>;

/** Distance of the dots, in pixels of the canvas; from afar it doubles until they lie apart on the screen. */
const DOTS = 16;
const LEAST_DOTS = 10;

/** How far they reach beyond the canvas, as its styles say. */
const DOTS_MARGIN = 32;
/** How far what stands on the canvas can be scrolled to each side, as its styles say. */
const ROOM = 8_000;

/**
 * Where the canvas is seen from. The canvas library would draw itself again for each step of panning; here the hand
 * scrolls what stands on the canvas, which a browser does without looking at what it is made of, and the library hears of it when the
 * hand rests. It hears of zooming at once.
 */
export class Eye {
  view: Viewport = { x: 0, y: 0, zoom: 1 };
  readonly #root: HTMLElement;
  readonly #flow: FlowStore;
  /** The ground: it lies in what is scrolled. */
  readonly #dots = document.createElement('div');
  readonly #watchers = new Set<(view: Viewport) => void>();
  #isPanning = false;
  /** While it is scrolled: where it was seen from when that began. */
  #from: Viewport | undefined;

  constructor(root: HTMLElement, flow: FlowStore) {
    this.#root = root;
    this.#flow = flow;
    this.#dots.className = 'canvas-dots';
    const [x, y, zoom] = flow.getState().transform;
    this.view = { x, y, zoom };
    this.#paint();
  }

  /** Tells of every step. */
  watch(watcher: (view: Viewport) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Another one may look at the same canvas after it: the ground is not there twice. */
  stop(): void {
    this.#dots.remove();
  }

  start(event: Event | null): void {
    this.#isPanning = event !== null && event.type !== 'wheel';
  }

  moved(view: Viewport): void {
    const before = this.view;
    this.view = view;
    const zooms = view.zoom !== before.zoom;
    if (zooms || !this.#isPanning) {
      this.#paint();
      this.#settle();
    } else this.#scroll(view, before);
    for (const watcher of this.#watchers) watcher(view);
  }

  rest(): void {
    this.#isPanning = false;
    this.#paint();
    this.#settle();
  }

  /** From the first step on: what can be scrolled when a middle button goes down begins to scroll by itself in some browsers. */
  #scroll(view: Viewport, before: Viewport): void {
    const pane = this.#root.querySelector<HTMLElement>('.react-flow__pane');
    if (!pane) return;
    if (!this.#from) {
      this.#from = before;
      this.#root.toggleAttribute('data-scrolled', true);
      this.#ground(before);
    }
    const [dx, dy] = [view.x - this.#from.x, view.y - this.#from.y];
    if (Math.max(Math.abs(dx), Math.abs(dy)) > ROOM) this.#paint();
    else pane.scrollTo(ROOM - dx, ROOM - dy);
  }

  #settle(): void {
    const { x, y, zoom } = this.view;
    const [a, b, c] = this.#flow.getState().transform;
    if (a !== x || b !== y || c !== zoom) this.#flow.setState({ transform: [x, y, zoom] });
  }

  #paint(): void {
    const { x, y, zoom } = this.view;
    if (this.#from) {
      this.#from = undefined;
      this.#root.querySelector('.react-flow__pane')?.scrollTo(0, 0);
      this.#root.toggleAttribute('data-scrolled', false);
    }
    const seen = this.#root.querySelector<HTMLElement>('.react-flow__viewport');
    if (seen) seen.style.transform = `translate(${x}px,${y}px) scale(${zoom})`;
    this.#ground(this.view);
  }

  #ground({ x, y, zoom }: Viewport): void {
    if (!this.#dots.isConnected) this.#root.querySelector('.react-flow__pane')?.prepend(this.#dots);
    let gap = DOTS * zoom;
    while (gap < LEAST_DOTS) gap *= 2;
    const { style } = this.#dots;
    const shift = (by: number): number => ((by % gap) + gap) % gap;
    style.backgroundSize = `${gap}px ${gap}px`;
    if (this.#from) {
      style.transform = '';
      style.backgroundPosition = `${shift(x + ROOM)}px ${shift(y + ROOM)}px`;
      return;
    }
    // moved as it is, and not drawn again
    style.transform = `translate(${shift(x + DOTS_MARGIN)}px,${shift(y + DOTS_MARGIN)}px)`;
    style.backgroundPosition = '';
  }
}

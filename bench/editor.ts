import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from '@playwright/test';
import { App } from '../e2e/app.ts';
import { Api } from '../e2e/test.ts';
import playwright from '../playwright.config.ts';
import { EDITED, largeGraph, NODES, WIRES } from './editor-graph.ts';
import { median, type SuiteOptions } from './measure.ts';
import { FRAME_MARK, framesOf, type TraceEvent } from './trace.ts';

/** One figure of the editor against what it may be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly most?: number;
  readonly holds?: boolean;
}

const figure = (name: string, value: number, unit: string, most?: number): Figure => ({
  name,
  value: Number(value.toPrecision(4)),
  unit,
  ...(most !== undefined && { most, holds: value <= most }),
});
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** Counts React's commits as its developer tools would, and the shifts of the page's layout. */
function watch(): void {
  const seen = { commits: 0, shift: 0 };
  Object.assign(window, {
    seen,
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      renderers: new Map(),
      inject: () => 1,
      checkDCE: () => undefined,
      onScheduleFiberRoot: () => undefined,
      onCommitFiberRoot: () => void seen.commits++,
      onPostCommitFiberRoot: () => undefined,
      onCommitFiberUnmount: () => undefined,
    },
  });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
      if (!entry.hadRecentInput) seen.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}
/** Functions that are sent to a page call what the compiler of this file names them with. */
async function prepare(context: BrowserContext): Promise<void> {
  await context.addInitScript('globalThis.__name = (named) => named');
  await context.addInitScript(watch);
}
type Panned = typeof window & { readonly isPanned: boolean };
type Seen = typeof window & { readonly seen: { commits: number; shift: number } };
const seenOf = (page: Page) => page.evaluate(() => (window as Seen).seen);

/** Milliseconds since the address was asked for until something is so, looked at in each frame. */
const since = (page: Page, what: string): Promise<number> =>
  page.evaluate<number>(`new Promise((found) => {
    const look = () => ((${what}) ? found(performance.now()) : requestAnimationFrame(look));
    look();
  })`);

/** A port that the mouse reaches: from here on a wire can be dragged. */
const CAN_DRAG = `(() => {
  const port = document.querySelector('.react-flow__handle.source');
  if (!port || !document.querySelector('.react-flow__viewport')) return false;
  const { left, top, width, height } = port.getBoundingClientRect();
  return width > 0 && document.elementFromPoint(left + width / 2, top + height / 2) === port;
})()`;

/** A node of a graph that can only be looked at. */
const SEEN = `document.querySelector('.react-flow__node') !== null`;

/** All nodes of a large graph are to be seen: in the document, or in the picture of those far away. */
const SHOWN = `(() => {
  const far = document.querySelector('canvas[data-drawn]');
  const near = document.querySelectorAll('.react-flow__node').length;
  return Number(far?.dataset.drawn ?? 0) + near >= ${NODES};
})()`;

interface Loaded {
  /** Kilobytes of JavaScript, gzipped, with what workers loaded: all, or only these. */
  scripts(only?: ReadonlySet<string>): number;
  /** The addresses of all scripts that were asked for so far. */
  asked(): ReadonlySet<string>;
}
/** Collects the scripts that a page loads. */
function collect(page: Page): Loaded {
  const sizes = new Map<string, number>();
  const asked = new Set<string>();
  page.context().on('request', (request) => /\.m?js(\?|$)/.test(request.url()) && asked.add(request.url()));
  page.context().on('response', (response) => {
    if (!/javascript/.test(response.headers()['content-type'] ?? '')) return;
    const url = response.url();
    if (sizes.has(url)) return;
    sizes.set(url, 0);
    void response
      .body()
      .then((body) => void sizes.set(url, gzipSync(body).length))
      // a page that has gone on keeps no bodies; what was loaded for good is asked for again by the next one
      .catch(() => undefined);
  });
  return {
    scripts: (only) => [...sizes].reduce((sum, [url, size]) => sum + (!only || only.has(url) ? size : 0), 0) / 1000,
    asked: () => new Set(asked),
  };
}

const settled = (page: Page, ms = 400): Promise<void> => page.waitForTimeout(ms);

/** Where a node of the bench's graph lies on the screen. */
async function place(page: Page, { x, y }: { x: number; y: number }): Promise<{ x: number; y: number }> {
  return page.evaluate(
    (at) => {
      const { left, top } = document.querySelector('.react-flow')!.getBoundingClientRect();
      const { a, e, f } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')!).transform);
      return { x: left + e + at.x * a, y: top + f + at.y * a };
    },
    { x, y },
  );
}

/** Drags the canvas about, and gives the main thread's work of each frame, in milliseconds of its processor time. */
async function pan(page: Page, cdp: CDPSession): Promise<{ frames: number[]; commits: number }> {
  const events: TraceEvent[] = [];
  const collectEvents = ({ value }: { value: unknown[] }): void => void events.push(...(value as TraceEvent[]));
  cdp.on('Tracing.dataCollected', collectEvents);
  const { width, height } = page.viewportSize()!;
  const from = { x: Math.round(width / 2), y: Math.round(height - 120) };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down({ button: 'middle' });
  await page.mouse.move(from.x + 12, from.y);
  await settled(page);
  const before = (await seenOf(page)).commits;
  await cdp.send('Tracing.start', {
    traceConfig: {
      includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
    },
  });
  await page.evaluate((mark) => {
    Object.assign(window, { isPanned: true });
    const tell = (): void => {
      performance.mark(mark);
      if ((window as Panned).isPanned) requestAnimationFrame(tell);
    };
    tell();
  }, FRAME_MARK);
  const STEPS = 90;
  for (let i = 1; i <= STEPS; i++) {
    const angle = (i / STEPS) * 2 * Math.PI;
    await page.mouse.move(from.x + 12 + Math.sin(angle) * 260, from.y - (1 - Math.cos(angle)) * 180);
    await page.waitForTimeout(8);
  }
  await page.evaluate(() => void Object.assign(window, { isPanned: false }));
  const { commits } = await seenOf(page);
  const done = new Promise<void>((end) => cdp.once('Tracing.tracingComplete', () => end()));
  await cdp.send('Tracing.end');
  await done;
  cdp.off('Tracing.dataCollected', collectEvents);
  await page.mouse.up({ button: 'middle' });
  return { frames: framesOf(events), commits: commits - before };
}

const nodeElements = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const nodes = [...document.querySelectorAll('.react-flow__node, .react-flow__minimap-node')];
    return nodes.reduce((sum, node) => sum + 1 + node.querySelectorAll('*').length, 0);
  });

/** Types a number into the edited node's Units, and waits for the type that it gives on the canvas. */
async function edit(page: Page, units: number): Promise<number> {
  return page.evaluate(
    (value) =>
      new Promise<number>((seen) => {
        const field = [...document.querySelectorAll('label')].find((label) => label.textContent?.trim() === 'Units')
          ?.control as HTMLInputElement;
        const canvas = document.querySelector('.canvas')!;
        const began = performance.now();
        const watcher = new MutationObserver(() => {
          if (!canvas.textContent?.includes(`, ${value}]`)) return;
          watcher.disconnect();
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port2.onmessage = () => seen(performance.now() - began);
            port1.postMessage(0);
          });
        });
        watcher.observe(canvas, { subtree: true, childList: true, characterData: true });
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, String(value));
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }),
    units,
  );
}

async function large(browser: Browser, app: App, rounds: number, add: (figure: Figure) => void): Promise<void> {
  const context = await browser.newContext({ baseURL: app.address, viewport: { width: 1600, height: 1000 } });
  await prepare(context);
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'New graph' }).waitFor();
  const document = largeGraph();
  const { id } = await new Api(context, app).mutate<{ id: string }>('graphs.create', { document });
  const opens: number[] = [];
  for (let i = 0; i < Math.max(2, Math.min(rounds, 5)); i++) {
    await page.goto(`/g/${id}`, { waitUntil: 'commit' });
    opens.push(await since(page, SHOWN));
    await page.locator('[data-checked]').waitFor({ timeout: 120_000 });
  }
  add(figure(`open, ${NODES} nodes and ${WIRES} wires`, median(opens), 'ms', 2_000));
  const checked = await page.evaluate(() => performance.now());
  add(figure('of them checked (upper bound)', checked, 'ms'));
  const cdp = await context.newCDPSession(page);

  const counts = [await nodeElements(page)];
  const measurePan = async (where: string): Promise<void> => {
    const { frames, commits } = await pan(page, cdp);
    counts.push(await nodeElements(page));
    add(figure(`main thread in a frame of panning, ${where}: median of ${frames.length}`, median(frames), 'ms', 8));
    add(figure(`main thread in a frame of panning, ${where}: 95 %`, percentile(frames, 0.95), 'ms', 16));
    add(figure(`React commits while panning, ${where}`, commits, '', 0));
  };
  await settled(page, 1_500);
  await measurePan('all seen');

  const { position } = document.nodes[EDITED]!;
  await page.keyboard.press('Shift+1');
  await settled(page);
  const at = await place(page, { x: position.x + 100, y: position.y + 18 });
  await page.mouse.move(at.x - 1, at.y);
  await settled(page, 100);
  await page.mouse.click(at.x, at.y);
  await page.keyboard.press('Shift+2');
  await page.locator(`.react-flow__node[data-id="${EDITED}"]`).waitFor();
  await settled(page, 800);
  counts.push(await nodeElements(page));
  const edits: number[] = [];
  for (let i = 0; i < 8 + rounds; i++) {
    edits.push(await edit(page, 20 + (i % 50)));
    await settled(page, 300);
  }
  // the first ones bring code that is not compiled yet
  add(figure('from an edit to its type on the canvas', median(edits.slice(3)), 'ms', 50));
  for (let i = 0; i < 4; i++) await page.keyboard.press('Control+-');
  await settled(page, 800);
  counts.push(await nodeElements(page));
  await measurePan('near');
  add(figure('elements of nodes, at most', Math.max(...counts), '', 1_500));
  await context.close();
}

/** The JavaScript of each route, and how soon a small graph can be worked on. */
async function small(browser: Browser, app: App, rounds: number, add: (figure: Figure) => void): Promise<void> {
  const open = async () => {
    const context = await browser.newContext({ baseURL: app.address, viewport: { width: 1600, height: 1000 } });
    await prepare(context);
    return context;
  };
  const owner = await open();
  const first = await owner.newPage();
  const home = collect(first);
  await first.goto('/', { waitUntil: 'networkidle' });
  add(figure('JavaScript, gzipped: /', home.scripts(), 'kB'));
  const api = new Api(owner, app);
  const { id } = await api.mutate<{ id: string }>('graphs.create', { template: 'small-gpt' });
  const state = await owner.storageState();
  await first.close();
  const { token } = await api.mutate<{ token: string }>('links.create', {
    graph: id,
    rev: 1,
    role: 'fork',
    expiresAt: null,
  });
  for (const route of ['/s', '/embed']) {
    const reader = await open();
    const page = await reader.newPage();
    const loaded = collect(page);
    await page.goto(`${route}/${token}`, { waitUntil: 'commit' });
    await since(page, SEEN);
    const first = loaded.asked();
    await page.waitForLoadState('networkidle');
    add(figure(`JavaScript, gzipped: ${route}/[token], until the graph is seen`, loaded.scripts(first), 'kB'));
    await reader.close();
  }
  const times: number[] = [];
  const shifts: number[] = [];
  let [scripts, all] = [0, 0];
  for (let i = 0; i <= Math.max(3, Math.min(rounds, 7)); i++) {
    const context = await browser.newContext({
      baseURL: app.address,
      viewport: { width: 1600, height: 1000 },
      storageState: state,
    });
    await prepare(context);
    const page = await context.newPage();
    // to take each script out of the browser and pack it is work beside the page's own: the first one is not timed
    const loaded = i === 0 ? collect(page) : undefined;
    await page.goto(`/g/${id}`, { waitUntil: 'commit' });
    const ms = await since(page, CAN_DRAG);
    const first = loaded?.asked();
    await page.locator('[data-checked]').waitFor({ timeout: 60_000 });
    await page.waitForLoadState('networkidle');
    if (loaded) [scripts, all] = [loaded.scripts(first), loaded.scripts()];
    else times.push(ms);
    shifts.push((await seenOf(page)).shift);
    await context.close();
  }
  add(figure('JavaScript, gzipped: /g/[id], until a wire can be dragged', scripts, 'kB', 320));
  add(figure('JavaScript, gzipped: /g/[id], with panels, inspector and checker', all, 'kB'));
  add(figure('a wire can be dragged after', median(times), 'ms', 1_500));
  // less than a thousandth is a fraction of a pixel
  add(figure('shift of the layout', Math.max(...shifts), '', 0.001));
  await owner.close();
}

/** The editor in Chromium, of a production build: `npm run build` first where sources have changed. */
export async function editorFigures({ rounds, say }: SuiteOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add = (each: Figure): void => {
    figures.push(each);
    const verdict = each.most === undefined ? '' : ` (${each.holds ? 'within' : 'OVER'} ${each.most})`;
    say(`${each.name}: ${each.value} ${each.unit}${verdict}`);
  };
  const app = await App.start();
  const browser = await chromium.launch(playwright.use?.launchOptions);
  try {
    await small(browser, app, rounds, add);
    await large(browser, app, rounds, add);
  } finally {
    await browser.close();
    await app.stop();
  }
  return figures;
}

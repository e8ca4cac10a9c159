/**
 * Writes docs/screenshots/: the main states of the built app, in both themes. Every graph in them was run. Look at each
 * before it is committed.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from '@playwright/test';
import { largeGraph } from '../bench/editor-graph.ts';
import { App, root } from '../e2e/app.ts';
import { Editor } from '../e2e/editor.ts';
import { Api } from '../e2e/test.ts';
import { tinyGpt } from '../e2e/tiny-gpt.ts';
import type { GraphDocument } from '../graph/document.ts';
import playwright from '../playwright.config.ts';

const folder = join(root, 'docs', 'screenshots');
const MOST_BYTES = 1_500_000;
const desk = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.5 } as const;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true } as const;

/** The small GPT, small enough for a tab without a GPU and long enough to learn some letters. */
function lessTiny(): GraphDocument {
  const graph = tinyGpt(200);
  Object.assign(graph.nodes.train!.params, { batch: 16, evaluateEvery: 20 });
  Object.assign(graph.nodes.generate!.params, { tokens: 60 });
  return graph;
}

/** The small GPT with two mistakes that people make: a width that its heads don't divide, and a rate that leaps. */
function withProblems(): GraphDocument {
  const graph = lessTiny();
  Object.assign(graph.nodes.embedding!.params, { width: 30 });
  Object.assign(graph.nodes.block!.params, { heads: 4 });
  Object.assign(graph.nodes.optimizer!.params, { learningRate: 3 });
  return { ...graph, name: 'Tiny GPT, with mistakes' };
}

const app = await App.start();
const browser = await chromium.launch(playwright.use?.launchOptions);
const encoder = await browser.newPage();
let bytes = 0;

/** The page as it is, without the pointer's traces, as WebP: the browser is what encodes it. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(600);
  const png = (await page.screenshot()).toString('base64');
  const webp = await encoder.evaluate(async (base64) => {
    const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
    const picture = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext('2d')!.drawImage(picture, 0, 0);
    const encoded = await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.82 })).arrayBuffer();
    return Array.from(new Uint8Array(encoded));
  }, png);
  bytes += webp.length;
  writeFileSync(join(folder, `${name}.webp`), Uint8Array.from(webp));
  console.log(`${name}.webp`, `${Math.round(webp.length / 1000)} kB`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const first = await browser.newContext({ ...desk, baseURL: app.address });
const api = new Api(first, app);
await first.request.get(app.address);
const make = async (document: GraphDocument): Promise<string> =>
  `/g/${(await api.mutate<{ id: string }>('graphs.create', { document })).id}`;

/** A page of the same visitor, in a theme and on a device of its own. */
async function withPage(options: BrowserContextOptions, look: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({
    ...options,
    baseURL: app.address,
    storageState: await first.storageState(),
    reducedMotion: 'reduce',
  });
  await look(await context.newPage());
  await context.close();
}
const open = async (page: Page, path: string): Promise<Editor> => {
  const editor = await Editor.open(page, path);
  await page.locator('#canvas[data-checked]').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  return editor;
};

try {
  // whoever opens the page first is given an account
  const page = await first.newPage();
  await page.goto('/');
  const trained = await make(lessTiny());
  await withPage({ ...desk, colorScheme: 'light' }, async (light) => {
    const editor = await open(light, trained);
    await editor.runWhere('In this page', 'WebAssembly');
    await editor.run();
    await editor.finished('succeeded', 300_000);
    await editor.saved();
    // nodes have grown by their results
    await light.getByRole('button', { name: 'Show everything' }).click();
    await editor.select('Train');
    await shoot(light, 'trained-light');
    await editor.select('4 decoder blocks');
    await editor.inspector.getByRole('button', { name: 'Expand into its layers' }).click();
    await editor.inspector.getByRole('button', { name: 'Open', exact: true }).click();
    await light.getByRole('button', { name: 'Show everything' }).click();
    await shoot(light, 'subgraph-light');
    await light.goto('/');
    await light.getByRole('list', { name: 'Your graphs', exact: true }).waitFor();
    await shoot(light, 'home-light');
    await open(light, await make({ ...largeGraph(), name: '2,000 nodes' }));
    await shoot(light, 'far-light');
  });
  await withPage({ ...desk, colorScheme: 'dark' }, async (dark) => {
    await dark.goto('/');
    await dark.getByRole('list', { name: 'Your graphs', exact: true }).waitFor();
    await shoot(dark, 'home-dark');
    const editor = await open(dark, trained);
    await editor.select('Train');
    await dark.getByRole('button', { name: 'All curves' }).click();
    await shoot(dark, 'trained-dark');
    await open(dark, await make(withProblems()));
    await dark.locator('#canvas').focus();
    await dark.keyboard.press('Alt+4');
    await shoot(dark, 'problems-dark');
  });
  for (const colorScheme of ['light', 'dark'] as const)
    await withPage({ ...phone, colorScheme }, async (small) => {
      await open(small, trained);
      await small.getByRole('button', { name: 'Show the list of nodes' }).tap();
      await small.getByRole('tab', { name: 'Outline' }).tap();
      await small.getByRole('treeitem', { name: 'Train', exact: true }).tap();
      await shoot(small, `phone-${colorScheme}`);
    });
} finally {
  await browser.close();
  await app.stop();
}
if (bytes > MOST_BYTES) throw new Error(`The pictures are ${bytes} bytes in all, more than ${MOST_BYTES}.`);

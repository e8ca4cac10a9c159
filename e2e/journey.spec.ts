import { Editor } from './editor.ts';
import { Api, expect, listen, lossesOf, test } from './test.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1900, height: 1150 } });

/** Node types of the small GPT, row by row as they are dropped. */
const rows = [
  ['data/dataset', 'text/tokenizer', 'text/language-model-windows', 'network/input', 'network/embedding'],
  ['network/positional-encoding', 'network/decoder-block', 'network/linear', 'network/network', 'training/train'],
  ['training/objective', 'training/optimizer'],
];
const wires = [
  ['Data set.dataset', 'Tokenizer.dataset'],
  ['Data set.dataset', 'Language-model windows.dataset'],
  ['Tokenizer.tokenizer', 'Language-model windows.tokenizer'],
  ['Language-model windows.dataset', 'Input.dataset'],
  ['Input.y', 'Embedding.x'],
  ['Embedding.y', 'Positional encoding.x'],
  ['Positional encoding.y', 'Decoder block.x'],
  ['Decoder block.y', 'Linear.x'],
  ['Linear.y', 'Network.x'],
  ['Network.model', 'Train.model'],
  ['Language-model windows.dataset', 'Train.dataset'],
  ['Objective.objective', 'Train.objective'],
  ['Optimizer.optimizer', 'Train.optimizer'],
] as const;

const STEPS = 16;
let link = '';
let graph = '';

test('from an empty canvas to a trained model, with the mouse; saved, run on the server, shared', async ({
  editor,
  page,
  app,
}) => {
  test.setTimeout(300_000);
  const errors = listen(page);
  const api = new Api(page.context(), app);

  await test.step('drag the chain together', async () => {
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Zoom out' }).click();
    const { width, height } = (await editor.canvas.boundingBox())!;
    for (const [y, row] of rows.entries())
      for (const [x, type] of row.entries())
        await editor.drop(type, {
          x: 60 + (x * (width - 240)) / 4,
          y: 30 + (y * (height - 60)) / 3,
        });
    for (const [from, to] of wires.slice(0, 4)) await editor.connect(from, to);
  });

  await test.step('a wrong wire is refused, and says why', async () => {
    const count = await editor.wires.count();
    await editor.wire('Tokenizer.tokenizer', 'Embedding.x');
    await expect(page.getByTestId('refusal')).toContainText('tokenizer');
    await expect(editor.wires).toHaveCount(count);
  });

  await test.step('shapes appear on the wires', async () => {
    for (const [from, to] of wires.slice(4)) await editor.connect(from, to);
    await editor.set('Tokenizer', { Algorithm: 'character' });
    await editor.set('Language-model windows', { Length: '16' });
    await editor.set('Embedding', { Width: '16' });
    await editor.set('Decoder block', { Heads: '2' });
    await editor.set('Objective', { Loss: 'causal-lm' });
    await editor.set('Network', { Task: 'causal-lm' });
    await editor.set('Optimizer', { 'Learning rate': '0.03' });
    await editor.set('Train', { Steps: String(STEPS), Batch: '4' });
    await expect(editor.node('Embedding')).toContainText('float32[B, 16, 16]');
    await expect(editor.node('Decoder block')).toContainText('float32[B, 16, 16]');
    await expect(editor.wires.locator('.wire-label').filter({ hasText: '[B, 16' }).first()).toBeAttached();
    // another width: the shapes on the wires change with it
    await editor.set('Embedding', { Width: '24' });
    await expect(editor.node('Decoder block')).toContainText('float32[B, 16, 24]');
    await editor.set('Embedding', { Width: '16' });
  });

  await test.step('run in the tab, on a WebGPU adapter; the loss falls in the Train node', async () => {
    await editor.runWhere('In this page', 'WebGPU');
    await editor.run();
    await editor.finished();
    await expect(editor.runNote).toHaveAttribute('data-backend', 'webgpu');
    const { loss, step } = await editor.loss('Train');
    expect(step).toBe(STEPS);
    const [run] = await api.query<{ id: string; where: string; backend: string }[]>('runs.list', {
      graph: editor.graph,
    });
    expect(run).toMatchObject({ where: 'page', backend: 'webgpu' });
    await editor.saved();
    await expect
      .poll(async () => (await api.events(run!.id)).at(-1)?.kind, { message: 'the run is kept on the server' })
      .toBe('finished');
    const events = await api.events(run!.id);
    expect(events.find(({ kind }) => kind === 'started')?.data).toMatchObject({ backend: 'webgpu' });
    const losses = lossesOf(events).map(([, each]) => each);
    expect(losses).toHaveLength(STEPS);
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.98);
    expect(loss).toBeCloseTo(losses.at(-1)!, 2);
  });

  await test.step('run on the server', async () => {
    await editor.runWhere('On the server');
    await editor.run();
    await expect(editor.runNote).toHaveAttribute('data-backend', 'onnx', { timeout: 90_000 });
    await editor.finished();
    const { step } = await editor.loss('Train');
    expect(step).toBe(STEPS);
  });

  await test.step('reload loses nothing', async () => {
    await editor.saved();
    const before = await api.query<{ document: unknown }>('graphs.get', { id: editor.graph });
    const nodes = await editor.nodes.count();
    const count = await editor.wires.count();
    const loss = await editor.loss('Train');
    await page.reload();
    await editor.isOpen();
    await expect(editor.nodes).toHaveCount(nodes);
    await expect(editor.wires).toHaveCount(count);
    expect((await api.query<{ document: unknown }>('graphs.get', { id: editor.graph })).document).toEqual(
      before.document,
    );
    await editor.finished();
    expect(await editor.loss('Train')).toEqual(loss);
    // the page asked for the graph before its scripts did, and they took that answer
    const asked = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/graphs.get,session.me?'))
        .map((entry) => (entry as PerformanceResourceTiming).initiatorType),
    );
    expect(asked).toEqual(['link']);
  });

  await test.step('share', async () => {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const field = page.getByRole('textbox', { name: 'Link', exact: true });
    await expect(field).toHaveValue(/\/s\/[\w-]{20,}/);
    link = await field.inputValue();
    graph = editor.graph;
  });
  expect(errors).toEqual([]);
});

test('whoever has the link sees the results, runs it and makes a copy, without an account', async ({
  browser,
  app,
}) => {
  test.setTimeout(300_000);
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  expect(await context.cookies()).toEqual([]);
  const page = await context.newPage();
  const errors = listen(page);
  const api = new Api(context, app);
  const editor = await Editor.open(page, link);

  await expect(page.getByRole('region', { name: 'Shared graph' })).toContainText('Shared with you by link');
  await expect(page.getByText('View only')).toBeVisible();
  expect((await editor.loss('Train')).step).toBe(STEPS);
  await expect(page.getByRole('button', { name: 'Share', exact: true })).toHaveCount(0);

  await test.step('run it in this page', async () => {
    await editor.runWhere('In this page', 'WebAssembly');
    await editor.run();
    await expect(editor.runNote).toHaveAttribute('data-backend', 'wasm', { timeout: 90_000 });
    await editor.finished();
    expect((await editor.loss('Train')).step).toBe(STEPS);
  });

  await test.step('run it on the server', async () => {
    await editor.runWhere('On the server');
    await editor.run();
    await expect(editor.runNote).toHaveAttribute('data-backend', 'onnx', { timeout: 90_000 });
    await editor.finished();
  });

  await test.step('fork it', async () => {
    await page.getByRole('button', { name: 'Make my own copy' }).click();
    await page.waitForURL(/\/g\//);
    await editor.isOpen();
    expect(editor.graph).not.toBe(graph);
    await editor.set('Train', { Steps: '5' });
    await editor.saved();
    const mine = await api.query<{ document: { nodes: Record<string, { type: string; params: { steps?: number } }> } }>(
      'graphs.get',
      { id: editor.graph },
    );
    const train = Object.values(mine.document.nodes).find(({ type }) => type === 'training/train');
    expect(train?.params.steps).toBe(5);
  });
  expect(errors).toEqual([]);
  await context.close();
});

test('a link that is taken back opens nothing any more, as one that never was', async ({ browser, page, app }) => {
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { template: 'small-gpt' });
  const made = await api.mutate<{ id: string; url: string }>('links.create', { graph: id, role: 'view' });
  const context = await browser.newContext();
  const other = await context.newPage();
  const editor = await Editor.open(other, `${app.address}${made.url}`);
  await expect(editor.nodes.first()).toBeVisible();
  // a link that only shows has nothing to run or to copy
  await expect(other.getByRole('button', { name: 'Run', exact: true })).toHaveCount(0);
  await expect(other.getByRole('button', { name: 'Make my own copy' })).toHaveCount(0);
  await api.mutate('links.revoke', { id: made.id });
  const texts: string[] = [];
  for (const path of [made.url, '/s/AAAAAAAAAAAAAAAAAAAAAA', `/embed/${made.url.split('/').at(-1)}`]) {
    const response = await other.goto(`${app.address}${path}`);
    expect(response?.status()).toBe(404);
    texts.push((await other.getByRole('main').textContent()) ?? '');
  }
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toContain('This link does not open anything');
  await context.close();
});

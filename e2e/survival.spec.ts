import { Editor } from './editor.ts';
import { Api, expect, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

test('a wire that closes a circle is refused, and says why', async ({ page, app }) => {
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', {
    document: {
      ...tinyGpt(),
      nodes: {
        a: { type: 'network/linear', version: 1, params: { units: 4 }, position: { x: 0, y: 0 }, title: 'First' },
        b: { type: 'network/linear', version: 1, params: { units: 4 }, position: { x: 400, y: 0 }, title: 'Second' },
      },
      edges: { w: { from: ['a', 'y'], to: ['b', 'x'] } },
    },
  });
  const editor = await Editor.open(page, `/g/${id}`);
  await editor.wire('Second.y', 'First.x');
  await expect(page.getByTestId('refusal')).toContainText(/wait for each other/);
  await expect(editor.wires).toHaveCount(1);
});

test('a tab that is killed in the middle of a run leaves a graph that opens, a run that ended and nothing that hangs', async ({
  page,
  context,
  app,
}) => {
  const api = new Api(context, app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(5_000) });
  const editor = await Editor.open(page, `/g/${id}`);
  await editor.runWhere('In this page', 'WebAssembly');
  await editor.run();
  await expect(async () => expect((await editor.loss('Train')).step).toBeGreaterThan(5)).toPass({ timeout: 40_000 });
  await editor.set('Generate', { Prompt: 'A change at the last moment' });
  const session = await context.newCDPSession(page);
  // the whole renderer at once: no event of the page runs any more
  const crashed = page.waitForEvent('crash');
  // nobody is left to answer
  session.send('Page.crash').catch(() => undefined);
  await crashed;

  const other = await context.newPage();
  const again = await Editor.open(other, `/g/${id}`);
  await expect(again.runNote).toHaveAttribute('data-status', 'cancelled', { timeout: 20_000 });
  await again.select('Generate');
  await expect(again.inspector.getByLabel('Prompt', { exact: true })).toHaveValue('A change at the last moment');
  const [run] = await api.query<{ status: string }[]>('runs.list', { graph: id });
  expect(run?.status).toBe('cancelled');
  await again.run();
  await expect(async () => expect((await again.loss('Train')).step).toBeGreaterThan(5)).toPass({ timeout: 40_000 });
  await other.getByRole('button', { name: 'Stop' }).click();
  await again.finished('cancelled', 5_000);
});

test('a server that is killed comes back, and what was done meanwhile is there', async ({ page, app }) => {
  const api = new Api(page.context(), app);
  const editor = await Editor.create(page);
  await editor.saved();
  // what nodes are dragged from is there; other code may be under way, and is asked for until it comes
  await expect(page.getByRole('searchbox', { name: 'Search nodes' })).toBeVisible();
  app.killServer();
  // looked for from now on: on a busy machine the server may be back before the second node is there
  const waiting = page.locator('[data-save="waiting"]').waitFor();
  await editor.drop('data/dataset', { x: 300, y: 200 });
  await editor.drop('text/tokenizer', { x: 700, y: 200 });
  await waiting;
  await expect.poll(() => app.isUp(), { timeout: 30_000 }).toBe(true);
  await editor.connect('Data set.dataset', 'Tokenizer.dataset');
  await expect(page.locator('[data-save="saved"]')).toBeVisible({ timeout: 40_000 });
  const { document } = await api.query<{ document: { nodes: object; edges: object } }>('graphs.get', {
    id: editor.graph,
  });
  expect(Object.keys(document.nodes)).toHaveLength(2);
  expect(Object.keys(document.edges)).toHaveLength(1);
});

test('a runner that is killed is started again, and its run ends all the same', { tag: '@long' }, async ({
  page,
  app,
}) => {
  test.setTimeout(400_000);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(600) });
  const editor = await Editor.open(page, `/g/${id}`);
  await editor.runWhere('On the server');
  await editor.run();
  await expect(async () => expect((await editor.loss('Train')).step).toBeGreaterThan(10)).toPass({ timeout: 120_000 });
  app.killRunner();
  await editor.finished('succeeded', 160_000);
  expect((await editor.loss('Train')).step).toBe(600);
});

test('what was done without a connection survives the tab, and is sent when there is one again', async ({
  page,
  context,
  app,
}) => {
  const api = new Api(context, app);
  const editor = await Editor.create(page);
  await editor.saved();
  const { graph } = editor;
  await expect(page.getByLabel('Nodes and outline').locator('[data-type="data/dataset"]')).toBeVisible();
  await context.setOffline(true);
  await editor.drop('data/dataset', { x: 300, y: 200 });
  await editor.drop('text/tokenizer', { x: 700, y: 200 });
  await expect(page.locator('[data-save="waiting"]')).toBeVisible();
  await page.close();
  await context.setOffline(false);
  const other = await context.newPage();
  const again = await Editor.open(other, `/g/${graph}`);
  await expect(again.nodes).toHaveCount(2);
  await again.saved();
  await expect
    .poll(async () =>
      Object.keys((await api.query<{ document: { nodes: object } }>('graphs.get', { id: graph })).document.nodes),
    )
    .toHaveLength(2);
  // what was undone before can be undone after
  await other.keyboard.press('Control+z');
  await expect(again.nodes).toHaveCount(1);
});

test('a document of 3 MB is refused with a sentence, a file that is no graph too', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Your graphs' })).toBeVisible();
  const open = (name: string, text: string) =>
    page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  await open('large.json', JSON.stringify({ ...tinyGpt(), description: 'x'.repeat(3_000_000) }));
  await expect(page.getByText('A graph may have 2.0 MB, this one has 3.0 MB.')).toBeVisible();
  await open('other.json', '{"a": 1}');
  await expect(page.getByText('This is not a graph')).toBeVisible();
  await expect(page).toHaveURL('/');
});

test('a graph with node types of a later time opens, shows them and keeps them', async ({ page, app }) => {
  const api = new Api(page.context(), app);
  await page.goto('/');
  const document = tinyGpt();
  const unknown = {
    type: 'future/oracle',
    version: 7,
    params: { wish: [1] },
    position: { x: 0, y: -300 },
    aura: 'blue',
  };
  await page.locator('input[type=file]').setInputFiles({
    name: 'later.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ ...document, nodes: { ...document.nodes, oracle: unknown } })),
  });
  const editor = new Editor(page);
  await editor.isOpen();
  await expect(editor.nodes.filter({ hasText: 'future/oracle' })).toBeVisible();
  await editor.set('Train', { Steps: '7' });
  await editor.saved();
  const found = await api.query<{ document: { nodes: Record<string, unknown> } }>('graphs.get', { id: editor.graph });
  expect(found.document.nodes.oracle).toEqual(unknown);
});

import type { Locator } from '@playwright/test';
import { emptyDocument } from '../graph/plain-document.ts';
import { Editor } from './editor.ts';
import { Api, expect, findings, listen, test } from './test.ts';

const node = (type: string, x: number, params: Record<string, unknown> = {}) => ({
  type,
  version: 1,
  params,
  position: { x, y: 0 },
});

/** Irises, split, looked at; and what is measured on the rest. */
const graph = {
  ...emptyDocument('Wires'),
  nodes: {
    data: node('data/dataset', 0, { dataset: 'iris' }),
    split: node('data/split', 300),
    view: node('data/view-table', 640),
  },
  edges: {
    a: { from: ['data', 'dataset'], to: ['split', 'dataset'] },
    b: { from: ['split', 'train'], to: ['view', 'value'] },
  },
};

interface Saved {
  readonly document: { readonly edges: Record<string, { readonly name?: string }> };
}

test('a wire gets a name and stands as two tags; wires are hidden by type and shown again', { tag: '@long' }, async ({
  page,
  app,
}) => {
  const errors = listen(page);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: graph });
  const editor = await Editor.open(page, `/g/${id}`);
  await expect(editor.wires).toHaveCount(2);

  // with the keyboard alone
  await editor.wires.and(page.locator('[data-id="b"]')).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('n');
  const field = page.getByRole('dialog', { name: 'Name of the wire' }).getByLabel('Name', { exact: true });
  await expect(field).toHaveValue('train');
  await field.fill('the rest');
  await page.keyboard.press('Enter');
  const tags = editor.canvas.getByRole('button', { name: /^Wire the rest / });
  await expect(tags).toHaveCount(2);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.locator('#canvas').focus();
  await page.keyboard.press('Escape');
  await expect(editor.wires).toHaveCount(1);

  // a tag leads to the other end
  await editor.canvas.getByRole('button', { name: 'Wire the rest to View table' }).click();
  await expect(editor.node('View table')).toHaveClass(/selected/);
  await expect(page.locator('.wire-light')).toHaveCount(1);
  await page.mouse.move(5, 5);

  // what it carries still flows
  await editor.runWhere('In this page', 'WebAssembly');
  await editor.run();
  await editor.finished();
  await editor.saved();
  expect((await api.query<Saved>('graphs.get', { id })).document.edges.b!.name).toBe('the rest');

  // the other one is hidden by the type of what flows in it
  const menu = page.getByRole('button', { name: 'Wires', exact: true });
  await menu.click();
  await page.getByRole('menuitemcheckbox', { name: /^dataset/ }).click();
  await expect(editor.wires.locator('.wire')).toHaveCount(0);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(editor.port('Split', 'input', 'dataset')).toHaveAttribute('data-hides', 'true');
  await page.reload();
  const notice = page.getByTestId('hidden-wires');
  await expect(notice).toContainText('1 wire hidden');
  await expect(tags).toHaveCount(2);
  await notice.getByRole('button', { name: 'Show all wires' }).click();
  await expect(editor.wires).toHaveCount(1);
  await expect(notice).toHaveCount(0);
  expect(errors).toEqual([]);
});

test('another wire is drawn from a point of one, by pointer and by keyboard; the point they share is moved and taken away as one', {
  tag: '@long',
}, async ({ page, app }) => {
  const errors = listen(page);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', {
    document: {
      ...graph,
      nodes: {
        ...graph.nodes,
        second: { ...node('data/view-table', 640), position: { x: 640, y: 240 }, title: 'Second' },
        third: { ...node('data/view-table', 640), position: { x: 640, y: 480 }, title: 'Third' },
      },
      edges: { ...graph.edges, b: { ...graph.edges.b, via: [{ x: 568, y: 96 }] } },
    },
  });
  const editor = await Editor.open(page, `/g/${id}`);
  const points = editor.canvas.getByRole('button', { name: /^Point 1 of 1 / });
  await expect(points).toHaveCount(1);
  const ways = async () => {
    await editor.saved();
    const { document } = await api.query<{ document: { edges: Record<string, { to: string[]; via?: unknown[] }> } }>(
      'graphs.get',
      { id },
    );
    return Object.fromEntries(Object.values(document.edges).map(({ to, via }) => [to[0], via?.length ?? 0]));
  };

  // by pointer: the handle beside the point
  const dot = (await points.locator('.wire-point-dot').boundingBox())!;
  await page.mouse.move(dot.x + dot.width / 2, dot.y + dot.height / 2);
  const handle = (await editor.canvas.locator('.wire-point-plus').boundingBox())!;
  const port = (await editor.port('Second', 'input', 'value').boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2, { steps: 3 });
  await page.mouse.down();
  await page.mouse.move(port.x - 40, port.y - 20, { steps: 4 });
  await expect(page.locator('.wire-drawn path')).toBeVisible();
  await expect(page.locator('.react-flow__connectionline')).toBeHidden();
  await page.mouse.move(port.x + port.width / 2, port.y + port.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(editor.wires).toHaveCount(3);
  await expect(page.locator('.wire-drawn')).toHaveCount(0);
  expect(await ways()).toEqual({ split: 0, view: 1, second: 1 });

  // by keyboard
  await points.first().focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'Connect Split, train' });
  await expect(menu.getByRole('menuitem', { name: 'New node…' })).toBeVisible();
  expect(await findings(page)).toEqual([]);
  await menu.getByRole('menuitem', { name: /^Third/ }).press('Enter');
  await expect(editor.wires).toHaveCount(4);
  await expect(points.first()).toHaveAccessibleName(/shared by 3 wires/);
  expect(await ways()).toEqual({ split: 0, view: 1, second: 1, third: 1 });
  await expect(points.first()).toBeFocused();

  // from the menu of the wire, and with Shift from the point itself: in the open it asks for a node
  const middle = { x: dot.x + dot.width / 2, y: dot.y + dot.height / 2 };
  await page.mouse.click(middle.x, middle.y, { button: 'right' });
  await page.getByRole('menuitem', { name: 'Another wire from its point…' }).click();
  await expect(menu).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await page.keyboard.down('Shift');
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x - 60, middle.y + 240, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  const search = page.getByPlaceholder('What takes dataset');
  await search.fill('View table');
  await page.keyboard.press('Enter');
  await expect(editor.wires).toHaveCount(5);
  expect(await ways()).toEqual({ split: 0, view: 1, second: 1, third: 1, 'view-table-1': 1 });
  await page.keyboard.press('Control+z');
  await expect(editor.nodes).toHaveCount(5);
  await expect(editor.wires).toHaveCount(4);
  await points.first().focus();

  // moved as one: by keyboard and by pointer; one step back each
  const places = () => points.evaluateAll((all) => [...new Set(all.map((each) => each.getAttribute('transform')))]);
  await page.keyboard.press('ArrowDown');
  await expect.poll(places).toEqual(['translate(568 104)']);
  const held = (await points.last().locator('.wire-point-dot').boundingBox())!;
  await page.mouse.move(held.x + held.width / 2, held.y + held.height / 2);
  await page.mouse.down();
  await page.mouse.move(held.x + held.width / 2, held.y + 60, { steps: 4 });
  await expect.poll(async () => (await places()).length).toBe(1);
  await page.mouse.up();
  await expect.poll(places).not.toEqual(['translate(568 104)']);
  await page.keyboard.press('Control+z');
  await expect.poll(places).toEqual(['translate(568 104)']);

  // taken away as one
  await points.first().focus();
  await page.keyboard.press('Delete');
  await expect(points).toHaveCount(0);
  await expect(editor.wires).toHaveCount(4);
  await page.keyboard.press('Control+z');
  await expect(points).toHaveCount(3);
  expect(errors).toEqual([]);
});

test('two people give two outputs one name: the tags say so, and one click mends it', { tag: '@long' }, async ({
  page,
  app,
}) => {
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: graph });
  const editor = await Editor.open(page, `/g/${id}`);
  const other = await Editor.open(await page.context().newPage(), `/g/${id}`);
  // both work without a connection, so that neither hears of the other
  const name = async ({ page: at, wires }: Editor, wire: string) => {
    await wires.and(at.locator(`[data-id="${wire}"]`)).focus();
    await at.keyboard.press('Enter');
    await at.keyboard.press('n');
    await at.getByRole('dialog', { name: 'Name of the wire' }).getByLabel('Name', { exact: true }).fill('rows');
    await at.keyboard.press('Enter');
  };
  await other.page.route('**/api/trpc/**', (route) => route.abort('internetdisconnected'));
  await name(other, 'b');
  await name(editor, 'a');
  await editor.saved();
  await other.page.unroute('**/api/trpc/**');
  await other.page.evaluate(() => dispatchEvent(new Event('online')));
  for (const tab of [other, editor]) {
    await tab.page.bringToFront();
    await expect(tab.page.locator('.wire-tag[data-mixed]')).toHaveCount(4);
  }
  await page.keyboard.press('Alt+4');
  await expect(page.getByText('The name “rows” is on wires of two outputs')).toHaveCount(2);
  await page
    .getByRole('button', { name: /^Call .* “rows 2”$/ })
    .first()
    .click();
  await expect(page.locator('.wire-tag[data-mixed]')).toHaveCount(0);
  await editor.saved();
  await other.page.bringToFront();
  await expect(other.page.locator('.wire-tag[data-mixed]')).toHaveCount(0);
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true, viewport: { width: 820, height: 1180 } });

  test('another wire is drawn from a point', { tag: '@long' }, async ({ page, app }) => {
    const api = new Api(page.context(), app);
    await page.goto('/');
    const { id } = await api.mutate<{ id: string }>('graphs.create', {
      document: {
        ...graph,
        nodes: {
          ...graph.nodes,
          second: { ...node('data/view-table', 640), position: { x: 640, y: 240 }, title: 'Second' },
        },
        edges: { ...graph.edges, b: { ...graph.edges.b, via: [{ x: 568, y: 96 }] } },
      },
    });
    const editor = await Editor.open(page, `/g/${id}`);
    const place = async (what: Locator) => {
      const { x, y, width, height } = (await what.boundingBox())!;
      return { x: x + width / 2, y: y + height / 2 };
    };
    const dot = await place(editor.canvas.locator('.wire-point-dot'));
    // the handle stands there once the wire is selected
    await page.touchscreen.tap(dot.x, dot.y);
    const handle = editor.canvas.locator('.wire-point-out');
    await expect(handle).toHaveCSS('opacity', '1');
    const [from, to] = [
      await place(handle.locator('.wire-point-plus')),
      await place(editor.port('Second', 'input', 'value')),
    ];
    const cdp = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
      cdp.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', from);
    await touch('touchMove', { x: from.x + 20, y: from.y + 40 });
    await touch('touchMove', to);
    await touch('touchEnd');
    await expect(editor.wires).toHaveCount(3);
    await expect(editor.canvas.getByRole('button', { name: /shared by 2 wires$/ })).toHaveCount(2);
  });
});

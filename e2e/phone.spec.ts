import type { Page } from '@playwright/test';
import { Editor } from './editor.ts';
import { Api, expect, listen, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

/** A finger that rests on a place, and is lifted. */
async function hold(page: Page, at: { readonly x: number; readonly y: number }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await expect(page.getByRole('menu')).toBeVisible();
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

test('on a phone: a template is opened, read, set, run, and its result looked at', { tag: '@long' }, async ({
  page,
}) => {
  const errors = listen(page);
  await page.goto('/');
  await page.getByRole('button', { name: 'Open Tell good reviews from bad ones' }).tap();
  const editor = new Editor(page);
  await editor.isOpen();

  // nothing lies over the graph until it is asked for
  const panel = page.getByRole('complementary', { name: 'Nodes and outline' });
  await expect(editor.nodes).toHaveCount(18);
  await expect(panel).toHaveCount(0);
  const choose = async (title: string) => {
    await page.getByRole('button', { name: 'Show the list of nodes' }).tap();
    await panel.getByRole('tab', { name: 'Outline' }).tap();
    await panel.getByRole('treeitem', { name: title, exact: true }).tap();
    await expect(panel).toHaveCount(0);
    await expect(editor.node(title)).toHaveClass(/selected/);
  };
  await choose('Train');
  await editor.inspector.getByLabel('Epochs', { exact: true }).fill('2');
  await editor.inspector.getByRole('button', { name: 'Close the inspector' }).tap();
  await expect(editor.node('Train')).toContainText('Epochs2');

  await test.step('a finger that rests is a right click', async () => {
    const { x, y } = (await editor.node('Train').locator('.node-header').boundingBox())!;
    await hold(page, { x: x + 80, y: y + 10 });
    await expect(page.getByRole('menuitem', { name: 'Duplicate' })).toBeVisible();
    await page.getByRole('menuitem', { name: 'Fold' }).tap();
    await expect(editor.node('Train')).not.toContainText('Epochs2');
  });

  await editor.runWhere('In this page', 'WebAssembly');
  await page.getByRole('button', { name: 'Run', exact: true }).tap();
  const stop = page.getByRole('button', { name: 'Stop', exact: true });
  await expect(stop).toBeVisible();
  await expect(stop).toHaveCount(0, { timeout: 90_000 });
  await choose('Compare');
  await editor.inspector.getByRole('button', { name: 'Open metrics' }).tap();
  await expect(page.getByRole('dialog')).toContainText('accuracy');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  expect(errors).toEqual([]);
});

test.describe('a tablet', () => {
  test.use({ viewport: { width: 1024, height: 768 } });

  test('a finger that rests on a node, and on the open canvas, is a right click', { tag: '@long' }, async ({
    page,
    app,
  }) => {
    const api = new Api(page.context(), app);
    await page.goto('/');
    const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(5) });
    const editor = await Editor.open(page, `/g/${id}`);
    const header = editor.node('Train').locator('.node-header');
    const { x, y } = (await header.boundingBox())!;
    await hold(page, { x: x + 20, y: y + 5 });
    await page.getByRole('menuitem', { name: 'Duplicate' }).tap();
    await expect(editor.node('Train')).toHaveCount(2);
    const { x: left, y: top } = (await editor.canvas.boundingBox())!;
    await hold(page, { x: left + 20, y: top + 120 });
    await page.getByRole('menuitem', { name: 'Select all' }).tap();
    await expect(editor.canvas.locator('.react-flow__node.selected')).toHaveCount(await editor.nodes.count());
  });
});

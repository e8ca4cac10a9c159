import { expect, type Page } from '@playwright/test';
import { Editor } from './editor.ts';
import { findings, test } from './test.ts';

/** Adds a node by its name from the canvas, without a mouse. */
async function add(page: Page, title: string): Promise<void> {
  await page.keyboard.press('a');
  await page.getByRole('combobox', { name: 'Search nodes' }).fill(title);
  await page.keyboard.press('Enter');
}

/** Walks the outline to a port and wires it to another one. */
async function wire(page: Page, node: string, port: string, to: string): Promise<void> {
  const tree = page.getByRole('tree', { name: 'Outline of the graph' });
  await tree.locator('[tabindex="0"]').focus();
  await page.keyboard.press('Home');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  for (let i = 0; i < 200 && (await focused()) !== node; i++) await page.keyboard.press('ArrowDown');
  if ((await tree.locator(':focus').getAttribute('aria-expanded')) === 'false') await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 20 && !(await focused()).startsWith(`output ${port},`); i++)
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  const item = menu.getByRole('menuitem', { name: to, exact: true });
  const isFocused = () => item.evaluate((element) => element === document.activeElement);
  for (let i = 0; i < 60 && !(await isFocused()); i++) await page.keyboard.press('ArrowDown');
  await expect(item).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu).toHaveCount(0);
}

test('the keyboard alone builds a network, wires it through the outline, trains it and shares it', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto('/');
  // the first stop after the header's menus
  for (let i = 0; i < 12; i++) {
    if ((await page.evaluate(() => document.activeElement?.closest('button')?.textContent ?? '')).includes('New graph'))
      break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  const editor = new Editor(page);
  await editor.isOpen();

  for (const title of ['Data set', 'Input', 'Linear', 'Network', 'Objective', 'Optimizer', 'Train'])
    await add(page, title);
  await expect(editor.nodes).toHaveCount(7);

  await page.keyboard.press('Alt+2');
  await wire(page, 'Data set', 'dataset', 'Input dataset');
  await wire(page, 'Input', 'y', 'Linear x');
  await wire(page, 'Linear', 'y', 'Network x');
  await wire(page, 'Network', 'model', 'Train model');
  await wire(page, 'Data set', 'dataset', 'Train dataset');
  await wire(page, 'Objective', 'objective', 'Train objective');
  await wire(page, 'Optimizer', 'optimizer', 'Train optimizer');
  await expect(editor.wires).toHaveCount(7);

  await test.step('params', async () => {
    const choose = async (node: string, param: string, value: string) => {
      const tree = page.getByRole('tree', { name: 'Outline of the graph' });
      await tree.locator('[tabindex="0"]').focus();
      await page.keyboard.press('Home');
      for (let i = 0; i < 200; i++) {
        if ((await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) === node) break;
        await page.keyboard.press('ArrowDown');
      }
      await page.keyboard.press('Enter');
      const field = editor.inspector.getByLabel(param, { exact: true });
      await field.focus();
      if ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT') await field.selectOption(value);
      else await page.keyboard.insertText(value);
    };
    await choose('Data set', 'Data set', 'iris');
    await choose('Network', 'Task', 'classification');
    await choose('Train', 'Steps', '');
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('30');
  });

  await page.keyboard.press('Control+Enter');
  await editor.finished();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Commands' })).toBeFocused();
  await page.keyboard.insertText('share');
  await expect(page.getByRole('option', { name: /^Share/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Share this graph' });
  await expect(dialog).toBeVisible();
  for (let i = 0; i < 12; i++) {
    if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Make a link') break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('textbox', { name: 'Link', exact: true })).toHaveValue(/\/s\//);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
});

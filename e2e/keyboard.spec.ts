import { expect, type Locator, type Page } from '@playwright/test';
import { Editor } from './editor.ts';
import { findings, test } from './test.ts';

const treeOf = (page: Page) => page.getByRole('tree', { name: 'Outline of the graph' });

/** Presses a key until something has the keyboard. */
async function pressUntil(page: Page, key: string, wanted: Locator, most = 300): Promise<void> {
  const isThere = () => wanted.evaluateAll((found) => found.includes(document.activeElement as HTMLElement));
  for (let i = 0; i < most && !(await isThere()); i++) await page.keyboard.press(key);
  await expect(wanted).toBeFocused();
}

/** A new graph, from the home page's first stop on. */
async function begin(page: Page): Promise<Editor> {
  await page.goto('/');
  const button = page.getByRole('button', { name: 'New graph' });
  await expect(button).toBeVisible();
  await pressUntil(page, 'Tab', button, 12);
  await page.keyboard.press('Enter');
  const editor = new Editor(page);
  await editor.isOpen();
  return editor;
}

/** Adds a node by its name. */
async function add(page: Page, title: string): Promise<void> {
  const search = page.getByRole('combobox', { name: 'Search nodes' });
  // a page that was opened this moment hears keys once its code runs
  await expect(async () => {
    await page.keyboard.press('a');
    await expect(search).toBeFocused({ timeout: 5_000 });
  }).toPass({ timeout: 30_000 });
  await page.keyboard.insertText(title);
  await expect(page.getByRole('option', { name: title }).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(search).toHaveCount(0);
}

/** Walks the outline to a node. */
async function walkTo(page: Page, node: string): Promise<void> {
  if (!(await treeOf(page).locator(':focus').count()))
    await pressUntil(page, 'Shift+Tab', treeOf(page).locator('[tabindex="0"]'));
  await page.keyboard.press('Home');
  await pressUntil(page, 'ArrowDown', treeOf(page).getByRole('treeitem', { name: node, exact: true }));
}

/** Walks the outline to a port and wires it to another one; what was opened is folded again. */
async function wire(page: Page, node: string, port: string, to: string): Promise<void> {
  await walkTo(page, node);
  await page.keyboard.press('ArrowRight');
  const output = treeOf(page).getByRole('treeitem', { name: new RegExp(`^output ${port},`) });
  await pressUntil(page, 'ArrowDown', output, 20);
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await pressUntil(page, 'ArrowDown', menu.getByRole('menuitem', { name: to, exact: true }), 60);
  await page.keyboard.press('Enter');
  await expect(menu).toHaveCount(0);
  await expect(output).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
}

/** Selects a node in the outline, goes on to a field of it, and types; in a list, the start of what is meant. */
async function choose({ page, inspector }: Editor, node: string, param: string, value: string): Promise<void> {
  await walkTo(page, node);
  await page.keyboard.press('Enter');
  await expect(treeOf(page).locator(':focus')).toHaveAttribute('aria-selected', 'true');
  const field = inspector.getByLabel(param, { exact: true });
  await pressUntil(page, 'Tab', field);
  const isList = await field.evaluate((each) => each instanceof HTMLSelectElement);
  if (!isList) await page.keyboard.press('Control+a');
  await page.keyboard.type(value);
}

/** Runs the graph, and shares it. */
async function runAndShare(page: Page, editor: Editor): Promise<void> {
  await page.keyboard.press('Control+Enter');
  await editor.finished('succeeded', 180_000);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Commands' })).toBeFocused();
  await page.keyboard.insertText('share');
  await expect(page.getByRole('option', { name: /^Share/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Share this graph' });
  await expect(dialog).toBeVisible();
  await pressUntil(page, 'Tab', dialog.getByRole('button', { name: 'Make a link' }), 12);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('textbox', { name: 'Link', exact: true })).toHaveValue(/\/s\//);
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
}

test('the keyboard alone builds a network, wires it through the outline, trains it and shares it', async ({ page }) => {
  test.setTimeout(300_000);
  const editor = await begin(page);
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

  await choose(editor, 'Data set', 'Data set', 'Iris');
  await choose(editor, 'Network', 'Task', 'Class');
  await choose(editor, 'Train', 'Steps', '30');
  await runAndShare(page, editor);
});

test('the keyboard alone builds the small GPT through the outline, trains it, lets it write and shares it', {
  tag: '@long',
}, async ({ page }) => {
  test.setTimeout(600_000);
  const editor = await begin(page);
  const titles = [
    ['Data set', 'Tokenizer', 'Language-model windows', 'Input', 'Embedding', 'Positional encoding', 'Decoder block'],
    ['Normalization', 'Linear', 'Network', 'Objective', 'Optimizer', 'Train', 'Generate'],
  ].flat();
  for (const title of titles) await add(page, title);
  await expect(editor.nodes).toHaveCount(14);

  await page.keyboard.press('Alt+2');
  const wires = [
    ['Data set', 'dataset', 'Tokenizer dataset'],
    ['Data set', 'dataset', 'Language-model windows dataset'],
    ['Tokenizer', 'tokenizer', 'Language-model windows tokenizer'],
    ['Language-model windows', 'dataset', 'Input dataset'],
    ['Input', 'y', 'Embedding x'],
    ['Embedding', 'y', 'Positional encoding x'],
    ['Positional encoding', 'y', 'Decoder block x'],
    ['Decoder block', 'y', 'Normalization x'],
    ['Normalization', 'y', 'Linear x'],
    ['Embedding', 'table', 'Linear weight'],
    ['Linear', 'y', 'Network x'],
    ['Network', 'model', 'Train model'],
    ['Language-model windows', 'dataset', 'Train dataset'],
    ['Objective', 'objective', 'Train objective'],
    ['Optimizer', 'optimizer', 'Train optimizer'],
    ['Train', 'model', 'Generate model'],
    ['Tokenizer', 'tokenizer', 'Generate tokenizer'],
  ] as const;
  for (const [node, port, to] of wires) await wire(page, node, port, to);
  await expect(editor.wires).toHaveCount(wires.length);

  // as large as a tab trains in seconds without a GPU
  await choose(editor, 'Data set', 'Data set', 'Moby');
  await choose(editor, 'Tokenizer', 'Algorithm', 'Char');
  await choose(editor, 'Language-model windows', 'Length', '16');
  await choose(editor, 'Embedding', 'Width', '16');
  await choose(editor, 'Network', 'Task', 'Next');
  await choose(editor, 'Objective', 'Loss', 'Next');
  await choose(editor, 'Train', 'Steps', '20');
  await choose(editor, 'Train', 'Batch', '4');
  await choose(editor, 'Generate', 'Prompt', 'The whale');
  await choose(editor, 'Generate', 'Tokens', '20');
  await runAndShare(page, editor);
  expect((await editor.loss('Train')).step).toBe(20);
  await expect(editor.node('Generate')).toContainText('The whale');
});

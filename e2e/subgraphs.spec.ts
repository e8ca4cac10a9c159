import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { emptyDocument } from '../graph/plain-document.ts';
import { Editor } from './editor.ts';
import { Api, expect, listen, test } from './test.ts';

const node = (type: string, x: number, y: number, params: Record<string, unknown> = {}) => ({
  type,
  version: 1,
  params,
  position: { x, y },
});

/** Irises through a small network into a training of a few steps. */
const iris = {
  ...emptyDocument('Irises'),
  nodes: {
    data: node('data/dataset', 0, 0, { dataset: 'iris' }),
    input: node('network/input', 280, 0, { column: 'petal length' }),
    hidden: node('network/linear', 560, 0, { units: 8, name: 'hidden' }),
    bend: node('network/activation', 840, 0, { name: 'bend' }),
    scores: node('network/linear', 1120, 0, { name: 'scores' }),
    network: node('network/network', 1400, 0, { task: 'classification' }),
    objective: node('training/objective', 840, 320),
    optimizer: node('training/optimizer', 1120, 320),
    train: node('training/train', 1700, 0, { steps: 20 }),
  },
  edges: Object.fromEntries(
    [
      ['data.dataset', 'input.dataset'],
      ['input.y', 'hidden.x'],
      ['hidden.y', 'bend.x'],
      ['bend.y', 'scores.x'],
      ['scores.y', 'network.x'],
      ['network.model', 'train.model'],
      ['data.dataset', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
    ].map(([from, to], i) => [`w${i}`, { from: from!.split('.'), to: to!.split('.') }]),
  ),
};

async function axe(page: Page): Promise<string[]> {
  await page.mouse.move(5, 5);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .disableRules(['region'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

interface Saved {
  readonly document: {
    readonly nodes: Record<string, { type: string; params: Record<string, unknown> }>;
    readonly edges: Record<string, { from: [string, string]; to: [string, string] }>;
    readonly definitions: Record<string, { title: string; nodes: Record<string, unknown> }>;
  };
}

const crumbs = (page: Page) => page.getByRole('navigation', { name: 'Where you are' });

/** Left of what a header may have at its end. */
const onTitle = { position: { x: 60, y: 10 } };
const header = ({ canvas }: Editor, id: string) => canvas.locator(`[data-id="${id}"] .node-header`);

/** Two nodes become one, which asks for its name. */
async function makeSubgraph(editor: Editor, one: string, other: string): Promise<void> {
  const { page } = editor;
  await header(editor, one).click(onTitle);
  await header(editor, other).click({ ...onTitle, modifiers: ['ControlOrMeta'] });
  await page.keyboard.press('ControlOrMeta+g');
  await expect(page.getByRole('textbox', { name: 'Title of the node' })).toBeFocused();
}

test('two layers become a subgraph, which is opened, changed, set from outside, run in page and server, and unpacked', {
  tag: '@long',
}, async ({ page, app }) => {
  test.setTimeout(240_000);
  const errors = listen(page);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: iris });
  const saved = () => api.query<Saved>('graphs.get', { id });
  const editor = await Editor.open(page, `/g/${id}`);
  await expect(editor.nodes).toHaveCount(9);

  // made of what is selected, named at once
  await makeSubgraph(editor, 'hidden', 'bend');
  await page.keyboard.type('Hidden part');
  await page.keyboard.press('Enter');
  await expect(editor.nodes).toHaveCount(8);
  await expect(editor.inspector).toContainText('A subgraph of 2 nodes.');
  await expect(editor.inspector).toContainText('16');
  await expect(editor.node('Hidden part')).toContainText('float32[B, 8]');

  // opened: its nodes alone, with the way back above them
  await editor.node('Hidden part').locator('.node-header').dblclick(onTitle);
  await expect(crumbs(page)).toContainText('Hidden part');
  await expect(editor.nodes).toHaveCount(2);
  await expect(editor.inspector.getByLabel('Name of the subgraph')).toHaveValue('Hidden part');
  expect(await axe(page)).toEqual([]);
  await editor.inspector.getByLabel('Name of the input x').fill('features');
  await editor.inspector.getByLabel('Name of the input x').press('Enter');
  await expect(editor.inspector.getByLabel('Name of the input features')).toBeVisible();
  await editor.select('Linear');
  await editor.inspector.getByRole('button', { name: 'Show Units on the instances' }).click();
  await crumbs(page).getByRole('button', { name: 'Irises' }).click();
  await expect(editor.nodes).toHaveCount(8);

  // the instance has the setting and the port's new name; what it says goes through to the layers
  await editor.select('Hidden part');
  await editor.inspector.getByLabel('Units', { exact: true }).fill('12');
  await expect(editor.node('Hidden part')).toContainText('float32[B, 12]');
  await expect(editor.node('Hidden part')).toContainText('features');
  await editor.saved();

  // a second instance is linked until it is independent
  await page.keyboard.press('Escape');
  await header(editor, 'subgraph-1').click(onTitle);
  await page.keyboard.press('ControlOrMeta+d');
  await expect(editor.nodes).toHaveCount(9);
  await expect(editor.inspector).toContainText('Another node shows the same subgraph');
  await editor.inspector.getByRole('button', { name: 'Make independent' }).click();
  await expect(editor.inspector).not.toContainText('shows the same subgraph');
  await editor.saved();
  expect(Object.values((await saved()).document.definitions).map(({ title }) => title)).toEqual([
    'Hidden part',
    'Hidden part 2',
  ]);
  await page.keyboard.press('Delete');
  await expect(editor.nodes).toHaveCount(8);
  await editor.saved();
  expect(Object.keys((await saved()).document.definitions)).toHaveLength(1);

  // the graph with it trains, here and there, to the same loss
  await editor.runWhere('In this page', 'WebAssembly');
  await editor.run();
  await editor.finished();
  const here = await editor.loss('Train');
  await editor.runWhere('On the server');
  await editor.run();
  // until then the note tells of the run before
  await expect(editor.runNote).not.toHaveAttribute('data-backend', 'wasm');
  await editor.finished();
  expect((await editor.loss('Train')).loss).toBeCloseTo(here.loss, 3);

  // undone to the first graph, through all of it
  await page.locator('#canvas').focus();
  for (let i = 0; i < 20 && !(await header(editor, 'hidden').isVisible()); i++)
    await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.nodes).toHaveCount(9);
  const redo = page.getByRole('button', { name: /^Redo: / });
  for (let i = 0; i < 20 && (await redo.isVisible()); i++) await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(redo).toHaveCount(0);
  await expect(editor.nodes).toHaveCount(8);

  // unpacked: the layers are back, with the value that the instance gave, on their wires
  await editor.select('Hidden part');
  await editor.inspector.getByRole('button', { name: 'Unpack' }).click();
  await expect(editor.nodes).toHaveCount(9);
  await editor.saved();
  const { document } = await saved();
  expect(document.nodes.hidden!.params.units).toBe(12);
  expect(Object.values(document.edges).map(({ from, to }) => `${from.join('.')} → ${to.join('.')}`)).toEqual(
    expect.arrayContaining(['input.y → hidden.x', 'hidden.y → bend.x', 'bend.y → scores.x']),
  );
  expect(document.definitions).toEqual({});
  expect(errors).toEqual([]);
});

test('steps in a subgraph: values by instance, problems that lead inside, a copy into another graph', {
  tag: '@long',
}, async ({ page, app }) => {
  test.setTimeout(240_000);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', {
    document: {
      ...iris,
      nodes: {
        data: node('data/dataset', 0, 0, { dataset: 'iris' }),
        split: node('data/split', 300, 0),
        view: node('data/view-table', 620, 0),
      },
      edges: {
        a: { from: ['data', 'dataset'], to: ['split', 'dataset'] },
        b: { from: ['split', 'train'], to: ['view', 'value'] },
      },
    },
  });
  const editor = await Editor.open(page, `/g/${id}`);
  await makeSubgraph(editor, 'data', 'split');
  await page.keyboard.press('Enter');
  await expect(editor.nodes).toHaveCount(2);

  // what runs in it is seen on it, and inside on each node, whose values open
  await editor.runWhere('On the server');
  await editor.run();
  await editor.finished();
  await editor.select('Subgraph');
  await editor.inspector.getByRole('button', { name: 'Open train' }).click();
  await expect(page.getByRole('dialog')).toContainText('petal length');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await header(editor, 'subgraph-1').click(onTitle);
  await page.keyboard.press('Enter');
  await editor.select('Split');
  await editor.inspector.getByRole('button', { name: 'Open validation' }).click();
  await expect(page.getByRole('dialog')).toContainText('petal length');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // a problem inside comes up on the instance; its line leads back in
  await editor.set('Split', { Train: '0', Validation: '0', Test: '0' });
  await page.getByRole('button', { name: 'Back out of the subgraph' }).click();
  await expect(editor.nodes).toHaveCount(2);
  await expect(editor.node('Subgraph')).toContainText(/problem/);
  await page.keyboard.press('Alt+4');
  await page
    .getByRole('list', { name: 'Problems' })
    .getByRole('button', { name: /Subgraph › Split/ })
    .first()
    .click();
  await expect(crumbs(page)).toContainText('Subgraph');
  await expect(editor.inspector.getByLabel('Name of this node')).toBeVisible();
  await page.keyboard.press('Alt+4');

  // the copy brings its definition along
  await crumbs(page).getByRole('button', { name: 'Irises' }).click();
  await header(editor, 'subgraph-1').click(onTitle);
  const text = await page.evaluate(() => {
    const data = new DataTransfer();
    document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData('text/plain');
  });
  const other = await Editor.create(page);
  await page.evaluate((copied) => {
    const data = new DataTransfer();
    data.setData('text/plain', copied);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await expect(other.node('Subgraph')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(other.nodes).toHaveCount(2);
  await other.saved();
  // what is open stays open
  await page.reload();
  await expect(crumbs(page)).toContainText('Subgraph');
  await expect(other.nodes).toHaveCount(2);
});

test('the keyboard makes, opens and leaves a subgraph through the outline; a block expands into its layers', {
  tag: '@long',
}, async ({ page, app }) => {
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', {
    document: {
      ...iris,
      nodes: {
        input: node('network/input', 0, 0, { length: 4, vocabulary: 8 }),
        embedding: node('network/embedding', 300, 0, { width: 8, name: 'embedding' }),
        block: node('network/decoder-block', 600, 0, { heads: 2, repeat: 1, name: 'block' }),
        network: node('network/network', 900, 0, { task: 'none' }),
      },
      edges: {
        a: { from: ['input', 'y'], to: ['embedding', 'x'] },
        b: { from: ['embedding', 'y'], to: ['block', 'x'] },
        c: { from: ['block', 'y'], to: ['network', 'x'] },
      },
    },
  });
  const editor = await Editor.open(page, `/g/${id}`);
  await expect(editor.node('Decoder block')).toContainText('parameters');
  await page.keyboard.press('Alt+2');
  const tree = page.getByRole('tree', { name: 'Outline of the graph' });
  const row = (name: string) => tree.getByRole('treeitem', { name, exact: true });
  await row('Decoder block').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Expand into its layers' }).press('Enter');
  await expect(row('Decoder block, subgraph')).toBeVisible();
  await expect(editor.inspector).toContainText('A subgraph of 6 nodes.');

  await row('Decoder block, subgraph').focus();
  await page.keyboard.press('o');
  await expect(crumbs(page)).toContainText('Decoder block');
  await expect(row('Attention')).toBeVisible();
  await row('Attention').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+g');
  await expect(tree.getByRole('textbox', { name: 'Title of the node' })).toBeFocused();
  await page.keyboard.type('Mixing');
  await page.keyboard.press('Enter');
  await expect(row('Mixing, subgraph')).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press('Alt+ArrowUp');
  await expect(row('Decoder block, subgraph')).toBeVisible();
  await editor.saved();
});

test('linked instances: what is edited in one changes all three, and undo takes it back in all', {
  tag: '@long',
}, async ({ page, app }) => {
  const api = new Api(page.context(), app);
  await page.goto('/');
  const names = ['one', 'two', 'three'];
  const { id } = await api.mutate<{ id: string }>('graphs.create', {
    document: {
      ...iris,
      nodes: {
        data: node('data/dataset', 0, 0, { dataset: 'iris' }),
        input: node('network/input', 280, 0, { column: 'petal length' }),
        ...Object.fromEntries(
          names.map((name, i) => [name, node('graph/instance', 560 + 300 * i, 0, { definition: 'part', name })]),
        ),
      },
      edges: Object.fromEntries(
        [
          ['data.dataset', 'input.dataset'],
          ['input.y', 'one.x'],
          ['one.y', 'two.x'],
          ['two.y', 'three.x'],
        ].map(([from, to], i) => [`w${i}`, { from: from!.split('.'), to: to!.split('.') }]),
      ),
      definitions: {
        part: {
          title: 'Hidden part',
          inputs: [{ name: 'x', node: 'hidden', port: 'x' }],
          outputs: [{ name: 'y', node: 'bend', port: 'y' }],
          params: [],
          nodes: { hidden: iris.nodes.hidden, bend: iris.nodes.bend },
          edges: { w: { from: ['hidden', 'y'], to: ['bend', 'x'] } },
        },
      },
    },
  });
  const editor = await Editor.open(page, `/g/${id}`);
  const shown = async (units: number, parameters: readonly number[]) => {
    for (const [i, name] of names.entries()) {
      const card = editor.canvas.locator(`[data-id="${name}"]`);
      await expect(card).toContainText(`float32[B, ${units}]`);
      await expect(card).toContainText(`${parameters[i]} parameters`);
    }
  };
  // a layer of n units has n · features weights and n biases
  await shown(8, [16, 72, 72]);
  await header(editor, 'two').dblclick(onTitle);
  await expect(editor.nodes).toHaveCount(2);
  await editor.set('Linear', { Units: '12' });
  await page.getByRole('button', { name: 'Back out of the subgraph' }).click();
  await shown(12, [24, 156, 156]);
  await page.locator('#canvas').focus();
  await page.keyboard.press('ControlOrMeta+z');
  await shown(8, [16, 72, 72]);
});

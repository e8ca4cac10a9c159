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

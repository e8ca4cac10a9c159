import { expect, listen, test } from './test.ts';

test('an older version is named, looked at, restored, and the restoring undone', { tag: '@long' }, async ({
  editor,
  page,
}) => {
  const errors = listen(page);
  await editor.drop('data/dataset', { x: 100, y: 200 });
  await editor.saved();
  await editor.drop('data/split', { x: 500, y: 200 });
  await editor.connect('Data set.dataset', 'Split.dataset');
  await editor.saved();

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Versions…' }).click();
  const dialog = page.getByRole('dialog', { name: 'History' });
  const versions = dialog.getByRole('list', { name: 'Versions' }).getByRole('button');
  await expect(versions.first()).toContainText('the newest');
  await versions.filter({ hasText: 'version 2,' }).click();
  await expect(dialog.getByRole('region', { name: 'Version 2' })).toContainText(
    'Restoring would take away 1 node, change 1 wire.',
  );
  await dialog.getByRole('textbox', { name: 'Name of this version' }).fill('Only the data');
  await page.keyboard.press('Enter');
  await expect(versions.filter({ hasText: 'version 2,' })).toContainText('Only the data');
  await dialog.getByRole('button', { name: 'Restore this version' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(editor.nodes).toHaveCount(1);
  await editor.saved();
  await page.reload();
  await editor.isOpen();
  await expect(editor.nodes).toHaveCount(1);
  await page.locator('#canvas').focus();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(editor.nodes).toHaveCount(2);
  await expect(editor.wires).toHaveCount(1);
  expect(errors).toEqual([]);
});

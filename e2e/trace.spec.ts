import { readFileSync } from 'node:fs';
import { Editor } from './editor.ts';
import { Api, expect, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

test('a run in the page tells what each operation took, and gives a time line', {
  tag: '@long',
}, async ({ page, app }) => {
  test.setTimeout(600_000);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(10) });
  const editor = await Editor.open(page, `/g/${id}`);
  // WebGPU, which is a program here, is measured in runtime/trace.test.ts
  await editor.runWhere('In this page', 'WebAssembly');
  await page.getByRole('button', { name: /^Where it runs/ }).click();
  await page.getByRole('menuitem', { name: 'Run anew and measure each operation' }).click();
  const dialog = page.getByRole('dialog', { name: 'Times of operations' });
  await expect(dialog).toBeVisible({ timeout: 240_000 });
  const table = dialog.getByRole('table', { name: /^train-1 / });
  await expect(table.getByRole('rowheader', { name: /Gemm|MatMul/ }).first()).toBeVisible();
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Time line' }).click();
  const file = await (await saved).path();
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: { cat?: string; name: string }[] };
  expect(traceEvents.filter(({ cat }) => cat === 'step').map(({ name }) => name)).toContain('train');
  expect(traceEvents.filter(({ cat, name }) => cat === 'node' && /Gemm|MatMul/.test(name)).length).toBeGreaterThan(10);
  await page.keyboard.press('Escape');
  await editor.finished('succeeded', 60_000);
});

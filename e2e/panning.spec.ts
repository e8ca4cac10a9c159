import { Editor } from './editor.ts';
import { Api, expect, listen, test } from './test.ts';

test('a hand that pans takes along all that stands on the canvas, and it lies there when it lets go', async ({
  page,
  app,
}) => {
  const errors = listen(page);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { template: 'small-gpt' });
  const editor = await Editor.open(page, `/g/${id}`);
  await expect(page.locator('[data-checked]')).toBeVisible({ timeout: 30_000 });
  const node = editor.node('Train');
  const wire = editor.wires.first().locator('path').first();
  const places = async () => [(await node.boundingBox())!, (await wire.boundingBox())!];
  const before = await places();
  const { x, y, height } = (await editor.canvas.boundingBox())!;
  const from = { x: x + 40, y: y + height - 40 };

  await page.mouse.move(from.x, from.y);
  await page.mouse.down({ button: 'middle' });
  await page.mouse.move(from.x + 20, from.y - 10);
  await page.mouse.move(from.x + 90, from.y - 60, { steps: 5 });
  // it is scrolled, which costs a browser least: bench editor counts it
  await expect(editor.canvas).toHaveAttribute('data-scrolled', '');
  const during = await places();
  await page.mouse.up({ button: 'middle' });
  await expect(editor.canvas).not.toHaveAttribute('data-scrolled');
  const after = await places();
  for (const [i, place] of before.entries())
    for (const now of [during[i]!, after[i]!]) {
      expect(now.x - place.x).toBeCloseTo(90, 0);
      expect(now.y - place.y).toBeCloseTo(-60, 0);
    }

  // where it is seen is where it is taken hold of, also when a wheel zooms while the hand still pans
  await node.locator('.node-header').click();
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('Train');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down({ button: 'middle' });
  await page.mouse.move(from.x - 30, from.y + 5, { steps: 3 });
  await page.mouse.wheel(0, -120);
  await page.mouse.move(from.x - 60, from.y + 15, { steps: 3 });
  await page.mouse.up({ button: 'middle' });
  await expect(editor.canvas).not.toHaveAttribute('data-scrolled');
  const seen = (await node.boundingBox())!;
  expect(seen.width).toBeGreaterThan(before[0]!.width);
  expect(errors).toEqual([]);
});

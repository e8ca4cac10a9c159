import { Editor } from './editor.ts';
import { expect, listen, test } from './test.ts';

test('the tour leads from a graph with a hole to a trained model', { tag: '@long' }, async ({ page }) => {
  test.setTimeout(300_000);
  const errors = listen(page);
  await page.goto('/');
  await page.getByRole('button', { name: 'Train your first model' }).click();
  const editor = new Editor(page);
  await editor.isOpen();
  const tour = page.getByRole('complementary', { name: 'Tour' });
  const asks = (title: string) => expect(tour.getByRole('heading', { name: title })).toBeVisible();

  await asks('A language model, with a hole');
  await tour.getByRole('button', { name: 'Next' }).click();
  await asks('Put in the part that thinks');
  const [canvas, before, after] = await Promise.all(
    [editor.canvas, editor.node('Positional encoding'), editor.node('Linear')].map((each) => each.boundingBox()),
  );
  const gap = (before!.x + before!.width + after!.x) / 2;
  // what is dropped lies to the right of the pointer by half a node
  await editor.drop('network/decoder-block', { x: gap - canvas!.x, y: before!.y - canvas!.y + 16 });
  await asks('Wire it in');
  await editor.connect('Positional encoding.y', 'Decoder block.x');
  await asks('And out again');
  await editor.connect('Decoder block.y', 'Linear.x');
  await asks('Run it');
  await editor.runWhere('In this page', 'WebAssembly');
  await editor.run();
  await asks('It learns');
  await expect(tour.getByRole('heading', { name: 'You trained a model' })).toBeVisible({ timeout: 240_000 });

  const { loss, step } = await editor.loss('Train');
  expect(step).toBe(150);
  // guessing is the logarithm of some 85 characters: 4.4
  expect(loss).toBeLessThan(3.2);
  await expect(editor.node('Generate')).toContainText('The whale ');
  await tour.getByRole('button', { name: 'Go on by myself' }).click();
  await expect(tour).toHaveCount(0);
  expect(errors).toEqual([]);
});

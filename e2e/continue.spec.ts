import { Editor } from './editor.ts';
import { Api, expect, lossesOf, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

test('a training is begun in the tab and continued on the server, with the losses of one that stayed', {
  tag: '@long',
}, async ({ page, app }) => {
  test.setTimeout(900_000);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const steps = 200;
  const document = tinyGpt(steps);
  // small steps: with large ones the last bits, in which WebAssembly and the server differ, grow from step to step
  Object.assign(document.nodes.optimizer!.params, { learningRate: 0.001 });
  // and large batches: the page would take all steps before anybody can ask for the server
  Object.assign(document.nodes.train!.params, { batch: 128 });
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document });
  const editor = await Editor.open(page, `/g/${id}`);
  await editor.runWhere('In this page', 'WebAssembly');
  await editor.run();
  await expect(async () => expect((await editor.loss('Train')).step).toBeGreaterThan(20)).toPass({ timeout: 120_000 });
  await page.getByRole('button', { name: /^Where it runs/ }).click();
  await page.getByRole('menuitem', { name: 'Continue on the server' }).click();
  await expect(page.getByRole('button', { name: 'Where it runs: on the server' })).toBeVisible({ timeout: 180_000 });
  await editor.finished('succeeded', 400_000);

  const runs = await api.query<{ id: string; where: string; status: string }[]>('runs.list', { graph: id });
  expect(runs.map(({ where, status }) => [where, status])).toEqual([
    ['server', 'succeeded'],
    ['page', 'cancelled'],
  ]);
  const moved = await api.events(runs[0]!.id);
  const from = moved.map(({ data }) => /^Goes on from step (\d+)\.$/.exec(String(data.message))?.[1]).find(Boolean);
  expect(Number(from)).toBeGreaterThan(20);
  expect(Number(from)).toBeLessThan(steps);

  // the same graph on the server alone: what was moved has not taken its place
  const { run } = await api.mutate<{ run: string }>('runs.start', { graph: id, rev: 1 });
  await expect
    .poll(async () => (await api.query<{ status: string }>('runs.get', { id: run })).status, { timeout: 400_000 })
    .toBe('succeeded');
  const stayed = new Map(lossesOf(await api.events(run)));
  // what is told twice is told last
  const whole = new Map(lossesOf(moved));
  expect([...whole.keys()].sort((a, b) => a - b)).toEqual([...stayed.keys()].sort((a, b) => a - b));
  for (const [step, loss] of stayed)
    expect(Math.abs(whole.get(step)! - loss) / Math.abs(loss), `step ${step}`).toBeLessThan(1e-4);
});

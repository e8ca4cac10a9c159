import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metrics } from '../graph/values.ts';
import { patchbay } from './app.ts';
import { Editor } from './editor.ts';
import { Api, expect, lossesOf, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

const STEPS = 20;

interface Started {
  readonly backend: string;
  readonly threads: number;
}

/** The same graph in the tab, on the server and on the command line. */
test('plotted, streamed, stored and printed losses are the same numbers', { tag: '@long' }, async ({ page, app }) => {
  test.setTimeout(420_000);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(STEPS) });
  const editor = await Editor.open(page, `/g/${id}`);

  const runs: Record<string, number[]> = {};
  let threads = 0;
  for (const backend of ['onnx', 'wasm', 'webgpu']) {
    await test.step(backend, async () => {
      if (backend === 'onnx') await editor.runWhere('On the server');
      else await editor.runWhere('In this page', backend === 'wasm' ? 'WebAssembly' : 'WebGPU');
      await editor.run();
      await expect(editor.runNote).toHaveAttribute('data-backend', backend, { timeout: 90_000 });
      // a GPU in software takes its time
      await editor.finished('succeeded', 180_000);

      const plotted = await plottedLoss(editor);
      const [run] = await api.query<{ id: string }[]>('runs.list', { graph: id });
      await expect.poll(async () => (await api.events(run!.id)).at(-1)?.kind).toBe('finished');
      const events = await api.events(run!.id);
      const started = events.find(({ kind }) => kind === 'started')!.data as unknown as Started;
      expect(started.backend).toBe(backend);
      if (backend === 'onnx') threads = started.threads;

      const streamed = lossesOf(events).map(([, loss]) => loss);
      const { outputs } = await api.query<{ outputs: Record<string, Record<string, { sha256: string }>> }>('runs.get', {
        id: run!.id,
      });
      const stored = await storedLoss(api, outputs.train!.metrics!.sha256);
      expect(streamed).toHaveLength(STEPS);
      expect(plotted).toEqual(streamed);
      expect(stored).toEqual(streamed);
      runs[backend] = streamed;
    });
  }

  await test.step('command line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-cli-'));
    const file = join(folder, 'graph.json');
    writeFileSync(file, JSON.stringify(tinyGpt(STEPS)));
    const args = ['run', file, '--print', 'train.metrics', '--threads', String(threads)];
    const { stdout } = await patchbay(args, folder);
    const printed = JSON.parse(stdout.trim().split('\n').at(-1)!) as Metrics;
    rmSync(folder, { recursive: true, force: true });
    // the same backend and the same threads: the same bits
    expect(lossOf(printed)).toEqual(runs.onnx);
  });

  for (const backend of ['wasm', 'webgpu'])
    for (const [i, loss] of runs[backend]!.entries()) expect(loss / runs.onnx![i]!).toBeCloseTo(1, 3);
  expect(runs.onnx!.at(-1)).toBeLessThan(runs.onnx![0]! * 0.98);

  await test.step('a second run of the same graph takes its steps from the first', async () => {
    await editor.runWhere('On the server');
    await editor.run();
    await editor.finished();
    await expect(editor.node('Train')).toContainText('cached');
  });
});

const lossOf = ({ series }: Metrics): number[] => [...series!.find(({ name }) => name === 'loss')!.values] as number[];
const storedLoss = async (api: Api, sha256: string): Promise<number[]> => lossOf(await api.value<Metrics>(sha256));

/** What the plot of the dock draws, taken along as its CSV. */
async function plottedLoss({ page }: Editor): Promise<number[]> {
  await page.keyboard.press('Escape');
  if (!(await page.getByRole('tab', { name: 'Metrics' }).isVisible())) {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Problems' }).click();
    await page.getByRole('tab', { name: 'Metrics' }).click();
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  const rows = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  const at = rows[0]!.split(',').indexOf('Train: loss');
  return rows
    .slice(1)
    .map((row) => row.split(',')[at]!)
    .filter((cell) => cell !== '')
    .map(Number);
}

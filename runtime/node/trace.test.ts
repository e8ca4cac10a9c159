import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { execute } from '../execute.ts';
import { documentOf, temporaryFolder } from '../testing/graphs.ts';
import { type TraceEvent, timesOf } from '../trace.ts';
import { FileStore } from './file-store.ts';
import { nodePlatform } from './platform.ts';
import { RunTrace } from './trace.ts';

vi.setConfig({ testTimeout: 120_000 });
const folder = temporaryFolder();
const STEPS = 5;

const graph = documentOf({
  nodes: {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    input: { type: 'network/input', params: { column: 'petal length' } },
    hidden: { type: 'network/linear', params: { units: 8, name: 'hidden' } },
    act: { type: 'network/activation', params: { function: 'gelu' } },
    head: { type: 'network/linear', params: { name: 'head' } },
    network: { type: 'network/network', params: { task: 'classification' } },
    objective: { type: 'training/objective' },
    optimizer: { type: 'training/optimizer' },
    train: { type: 'training/train', params: { steps: STEPS } },
  },
  edges: [
    ['data.dataset', 'input.dataset'],
    ['input.y', 'hidden.x'],
    ['hidden.y', 'act.x'],
    ['act.y', 'head.x'],
    ['head.y', 'network.x'],
    ['network.model', 'train.model'],
    ['data.dataset', 'train.dataset'],
    ['objective.objective', 'train.objective'],
    ['optimizer.optimizer', 'train.optimizer'],
  ],
});

test('a traced run gives each program as text, the time of its operations, and a time line of both', async () => {
  const out = join(folder, 'trace');
  const trace = new RunTrace(out, 1);
  const { plan } = await compile(graph, { device: trace.compute.device });
  const outcome = await execute({
    run: 'test',
    plan: plan!,
    platform: nodePlatform(new FileStore(folder, 'test'), trace.compute, folder),
    signal: new AbortController().signal,
    emit: (event) => trace.see(event),
  });
  expect(outcome.status).toBe('succeeded');
  const times = trace.finish();

  expect(readdirSync(out).sort()).toEqual(['trace.json', 'train-1.txt']);
  const text = readFileSync(join(out, 'train-1.txt'), 'utf8');
  expect(text).toMatch(/^# \S+ GFLOPs a run, \S+ MB at its peak, estimated\n\n# inputs, /);
  const section = (name: string) => new RegExp(`# ${name}, \\d+\n(.*?)(\n\n|$)`, 's').exec(text)![1]!;
  expect(section('forward')).toMatch(/= gelu /);
  expect(section('forward')).toMatch(/= logSoftmax /);
  // the weight's gradient and the derivative of the activation, the optimizer's square root
  expect(section('backward')).toMatch(/= matmul .*transposeX: true/);
  expect(section('backward')).toMatch(/= erf /);
  expect(section('update')).toMatch(/= sqrt /);
  expect(section('outputs')).toMatch(/output "next:trained"/);

  const gelu = times.find(({ name }) => name === 'train-1')!.times.find(({ operation }) => operation === 'Gelu')!;
  expect(gelu.count).toBe(STEPS);
  const { traceEvents } = JSON.parse(readFileSync(join(out, 'trace.json'), 'utf8')) as { traceEvents: TraceEvent[] };
  const train = traceEvents.find(({ cat, name }) => cat === 'step' && name === 'train')!;
  const operations = traceEvents.filter(({ cat }) => cat === 'node');
  expect(operations.length).toBeGreaterThan(STEPS * 10);
  // both clocks are the machine's; a session is made a moment before ONNX Runtime begins to count
  for (const { ts, dur } of operations) {
    expect(ts).toBeGreaterThanOrEqual(train.ts - 1000);
    expect(ts + dur).toBeLessThanOrEqual(train.ts + train.dur + 1_000_000);
  }
});

test('times of operations are summed up, the longest first', () => {
  const event = (name: string, dur: number): TraceEvent => ({ name, cat: 'node', ph: 'X', ts: 0, dur, pid: 1, tid: 0 });
  expect(timesOf([event('Add', 1000), event('Gemm', 5000), event('Add', 500)])).toEqual([
    { operation: 'Gemm', count: 1, ms: 5 },
    { operation: 'Add', count: 2, ms: 1.5 },
  ]);
});

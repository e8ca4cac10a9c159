import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Model } from '../../graph/values.ts';
import { adapterFixture } from '../../runtime/testing/adapters.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, numbersOf } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import distill from './distill.ts';

const folder = temporaryFolder();
const { distill: torch } = adapterFixture();
const [rows, classes] = torch.student.shape as [number, number];

/** One linear layer whose answer to row i, a one-hot vector, is row i of `logits`. */
async function answering(logits: typeof torch.student): Promise<Model> {
  const { value } = await runDocument(
    documentOf({
      nodes: {
        input: { type: 'network/input', params: { kind: 'vector', length: rows, column: 'x' } },
        head: { type: 'network/linear', params: { units: classes, bias: false, name: 'head' } },
        network: { type: 'network/network', params: { task: 'classification' } },
      },
      edges: [
        ['input.y', 'head.x'],
        ['head.y', 'network.x'],
      ],
    }),
    { folder },
  );
  const model = await value('network', 'model', 'model');
  const data = Float32Array.from({ length: rows * classes }, (_, i) => {
    const [unit, row] = [Math.floor(i / rows), i % rows];
    return numbersOf(logits)[row * classes + unit]!;
  });
  return { ...model, tensors: { 'head.weight': { dtype: 'float32', shape: [classes, rows], data } } };
}

const data = new Dataset([
  {
    name: 'x',
    role: 'feature',
    data: {
      kind: 'vector',
      size: rows,
      values: Float32Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? 1 : 0)),
    },
  },
  {
    name: 'y',
    role: 'target',
    data: {
      kind: 'category',
      codes: Int32Array.from(numbersOf(torch.target)),
      categories: Array.from({ length: classes }, (_, i) => `class ${i}`),
    },
  },
]);
const sgd = {
  type: 'training/optimizer',
  params: { method: 'sgd', learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0 },
};
const params = { temperature: torch.temperature, alpha: torch.alpha, batch: rows, steps: 1, clip: 0, shuffle: false };

/** The gradient that one step of SGD with rate 1 took, row by row of the logits. */
const stepTaken = (before: Model, after: Model): number[] =>
  Array.from({ length: rows * classes }, (_, i) => {
    const at = (i % classes) * rows + Math.floor(i / classes);
    return before.tensors['head.weight']!.data[at]! - after.tensors['head.weight']!.data[at]!;
  });

test('loss and gradient are those of torch: α·CE + (1 − α)·T²·KL', async () => {
  const [teacher, student] = await Promise.all([answering(torch.teacher), answering(torch.student)]);
  const { value } = await runStep(distill, {
    params,
    inputs: { teacher, student, dataset: data, optimizer: sgd },
    folder,
  });
  const { series, tables, values } = value('metrics', 'metrics');
  expectClose([series!.find(({ name }) => name === 'loss')!.values[0]!], [torch.loss], 1e-6, 'loss');
  expectClose(stepTaken(student, value('model', 'model')), numbersOf(torch.gradient), 2e-6, 'gradient');
  // one table with the size, the speed and the quality of both; the teacher stays as it was
  const table = tables!.find(({ title }) => title === 'Student and teacher')!;
  expect(table.rows.map(([name, parameters]) => [name, parameters])).toEqual([
    ['student', rows * classes],
    ['teacher', rows * classes],
  ]);
  const right = numbersOf(torch.target).filter((target, row) => {
    const logits = [...numbersOf(torch.teacher)].slice(row * classes, (row + 1) * classes);
    return logits.indexOf(Math.max(...logits)) === target;
  });
  expect(values.find(({ name }) => name === 'teacher.accuracy')!.value).toBeCloseTo(right.length / rows, 6);
});

test('a teacher that learns along learns from the student as the student does from it', async () => {
  const same = await answering(torch.student);
  const { value } = await runStep(distill, {
    params: { ...params, kind: 'online', temperature: 1, alpha: 0.25 },
    inputs: { teacher: same, student: same, dataset: data, optimizer: sgd },
    folder,
  });
  // two equal networks have nothing to tell each other: a quarter of the cross-entropy for each, half of it in all
  const alone = await runStep(distill, {
    params: { ...params, temperature: 1, alpha: 1 },
    inputs: { teacher: same, student: same, dataset: data, optimizer: sgd },
    folder,
  });
  const loss = (run: typeof alone) => run.value('metrics', 'metrics').series![0]!.values[0]!;
  expect(loss({ value } as typeof alone)).toBeCloseTo(0.5 * loss(alone), 5);
  const gradient = stepTaken(same, alone.value('model', 'model'));
  expectClose(
    stepTaken(same, value('model', 'model')),
    gradient.map((each) => each / 4),
    2e-6,
    'gradient',
  );
});

test('its own teacher says nothing in the first epoch, and what the network was from then on', async () => {
  const student = await answering(torch.student);
  const run = (steps: number, kind: string, alpha: number) =>
    runStep(distill, {
      params: { ...params, kind, alpha, steps, temperature: 1 },
      inputs: { student, ...(kind === 'offline' && { teacher: student }), dataset: data, optimizer: sgd },
      folder,
    });
  const own = (await run(2, 'self', 0.5)).value('metrics', 'metrics').series![0]!.values;
  const plain = (await run(2, 'offline', 1)).value('metrics', 'metrics').series![0]!.values;
  expect(own[0]).toBeCloseTo(plain[0]!, 6);
  // after one epoch student and teacher are one: half of the cross-entropy is left
  expect(own[1]).toBeCloseTo(plain[1]! / 2, 6);
});

test('what is missing or does not fit is told before anything runs', async () => {
  const [teacher, student] = await Promise.all([answering(torch.teacher), answering(torch.student)]);
  const problem = (inputs: Parameters<typeof problemOfStep>[1]['inputs']) =>
    problemOfStep(distill, { params, inputs: { student, dataset: data, optimizer: sgd, ...inputs }, folder });
  expect(await problem({})).toMatchObject({
    code: 'distill/no-teacher',
    message: 'Distill needs a teacher, got nothing.',
    hint: 'Wire a trained model to it, or choose the kind Self.',
  });
  const { output, ...signature } = teacher.card.signature;
  const wider = { ...teacher.card, signature: { ...signature, output: { ...output!, shape: ['B', classes + 2] } } };
  expect(await problem({ teacher: { ...teacher, card: wider } })).toMatchObject({ code: 'training/classes' });
});

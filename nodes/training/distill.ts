import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { ModelType } from '../../graph/types.ts';
import type { Metric, Model, Recipe, Table } from '../../graph/values.ts';
import { elementCount, showTensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import type { RunContext } from '../kit/context.ts';
import { dataset, defineStep, metrics, model, optimizer, optional, schedule } from '../kit/define-node.ts';
import { choice, column, real } from '../kit/params.ts';
import { scoreNetwork } from '../kit/scoring.ts';
import { checkData } from '../kit/targets.ts';
import { Training } from '../kit/training-loop.ts';
import { trainingParams } from '../kit/training-params.ts';
import { namedTrainingPrograms } from '../kit/training-programs.ts';

/** The objective of a task: what the right answers are compared by. */
const objectiveFor = (task: string) => (task === 'causal-lm' ? 'causal-lm' : 'cross-entropy');
const objectiveOf = (task: string, target: string): Recipe => ({
  type: 'training/objective',
  params: { loss: objectiveFor(task), target, smoothing: 0, classWeights: 'none' },
});

export default defineStep({
  id: 'training/distill',
  version: 1,
  title: 'Distill',
  keywords: ['knowledge distillation', 'teacher', 'student', 'compress', 'temperature', 'soft targets'],
  inputs: {
    teacher: optional(model('A trained network. Not needed where the student teaches itself.')),
    student: model('The network that learns.'),
    dataset: dataset('What to learn from.'),
    validation: optional(dataset('What to look at without learning from it.')),
    optimizer: optimizer('How to step.'),
    schedule: optional(schedule('How the learning rate changes; constant where nothing is wired.')),
  },
  outputs: { model: model('The trained student.'), metrics: metrics('Loss curves and final numbers.') },
  params: z.object({
    kind: choice(['offline', 'online', 'self'], {
      title: 'Kind',
      description:
        'Offline: a fixed teacher. Online: both learn from each other. Self: the student as it was an epoch ago.',
      default: 'offline',
      labels: { offline: 'Offline', online: 'Online (mutual)', self: 'Self' },
    }),
    temperature: real({
      title: 'Temperature',
      description: 'Above 1 the teacher tells more of the classes that it finds unlikely.',
      default: 2,
      min: 0.1,
      max: 100,
      step: 0.5,
    }),
    alpha: real({
      title: 'Alpha',
      description: 'Weight of the right answers; the rest is the weight of the teacher.',
      default: 0.5,
      min: 0,
      max: 1,
      step: 0.05,
    }),
    ...trainingParams,
    target: column({
      title: 'Target',
      description: 'The column with the right answers. Left empty, the one whose role is target.',
      port: 'dataset',
      role: 'target',
      advanced: true,
    }),
  }),
  random: true,
  computes: true,
  types({ teacher, student, dataset: data, validation }, { kind, target }, check) {
    const loss = objectiveFor(student.task);
    const classifies = (type: ModelType) =>
      type.capabilities.includes('differentiable') && type.capabilities.includes('probabilities');
    if (!classifies(student) || !student.output)
      return check.fail(
        'distill/student',
        `Distill needs a student that gives probabilities, got a network for ${student.task}.`,
        {
          port: 'student',
          hint: 'Choose a task with classes or tokens in its Network.',
        },
      );
    const column = checkData(check, { title: 'Distill', model: student, dataset: data, port: 'dataset', loss, target });
    if (validation)
      checkData(check, {
        title: 'Distill',
        model: student,
        dataset: validation,
        port: 'validation',
        loss,
        target: column.name,
      });
    if (kind === 'self') return { model: { ...student, target: column }, metrics: { kind: 'metrics' } };
    if (!teacher)
      return check.fail('distill/no-teacher', 'Distill needs a teacher, got nothing.', {
        port: 'teacher',
        hint: 'Wire a trained model to it, or choose the kind Self.',
      });
    if (!classifies(teacher) || !teacher.output)
      return check.fail(
        'distill/teacher',
        `Distill needs a teacher that gives probabilities, got a model for ${teacher.task}.`,
        {
          port: 'teacher',
        },
      );
    checkData(check, { title: 'Distill', model: teacher, dataset: data, port: 'dataset', loss, target: column.name });
    const [a, b] = [teacher.output.shape, student.output.shape];
    if (a.length !== b.length || !a.every((size, i) => check.equal(size, b[i]!)))
      return check.fail(
        'distill/answers',
        `Distill needs two networks that answer the same question, got ${showTensorType(teacher.output)} and ${showTensorType(student.output)}.`,
        { port: 'teacher', hint: 'Wire both to the same data and give both the same task.' },
      );
    return { model: { ...student, target: column }, metrics: { kind: 'metrics' } };
  },
  layers: ({ layers }) => layers.student,
  programs({ student, dataset: data, validation }, chosen, { network, recipe }) {
    const { kind, temperature, alpha, target, ...params } = chosen;
    return namedTrainingPrograms(
      {
        network: network('student'),
        dataset: data,
        validation,
        objective: objectiveOf(student.task, target),
        optimizer: recipe('optimizer'),
        teacher: { network: network(kind === 'self' ? 'student' : 'teacher'), kind, temperature, alpha },
      },
      params,
    );
  },
  async run({ teacher, student, dataset: data, validation, optimizer: how, schedule: plan }, chosen, context) {
    const { kind, temperature, alpha, target, ...params } = chosen;
    const other =
      kind === 'self' ? student : (teacher ?? fail('distill/no-teacher', 'Distill needs a teacher, got nothing.'));
    const objective = objectiveOf(student.card.task, target);
    const training = await Training.begin(
      {
        model: student,
        dataset: data,
        validation,
        objective,
        optimizer: how,
        schedule: plan,
        teacher: { model: other, kind, temperature, alpha },
      },
      params,
      context,
    );
    await training.loop();
    const { model: trained, metrics: measured } = await training.finish();
    const rows = validation ?? data;
    const sides = { student: trained, ...(kind === 'offline' && { teacher: other }) };
    const report = await compareSides(sides, rows, { batch: params.batch, target }, context);
    return {
      model: trained,
      metrics: {
        ...measured,
        values: [...measured.values, ...report.values],
        tables: [...measured.tables, report.table],
      },
    };
  },
  docs: {
    summary: 'Trains a network on the right answers and on how sure another one is of every answer.',
    equation: String.raw`\alpha\,\mathrm{CE}(y, t) + (1 - \alpha)\,T^2\,\mathrm{KL}\bigl(\sigma(z^{t}/T) \,\|\, \sigma(z^{s}/T)\bigr)`,
    notes:
      'Size, speed and quality of student and teacher stand in one table, on the validation data where it is wired. Train the same student with Train on the same data to see whether the teacher helped.',
    sources: [
      {
        title: 'Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network (2015)',
        url: 'https://arxiv.org/abs/1503.02531',
      },
      { title: 'Zhang et al., Deep Mutual Learning (2018): online', url: 'https://arxiv.org/abs/1706.00384' },
      {
        title: 'Kim et al., Self-Knowledge Distillation with Progressive Refinement of Targets (2021): self',
        url: 'https://arxiv.org/abs/2006.12000',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      input: { type: 'network/input', params: { column: 'petal length' } },
      wide: { type: 'network/linear', params: { units: 8, name: 'wide' } },
      act: { type: 'network/activation', params: { function: 'relu' } },
      head: { type: 'network/linear', params: { name: 'head' } },
      teacher: { type: 'network/network', params: { task: 'classification' } },
      small: { type: 'network/linear', params: { name: 'small' } },
      student: { type: 'network/network', params: { task: 'classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.01 } },
      train: { type: 'training/train', params: { steps: 10 } },
      distill: { type: 'training/distill', params: { steps: 10 } },
    },
    edges: [
      ['data.dataset', 'input.dataset'],
      ['input.y', 'wide.x'],
      ['wide.y', 'act.x'],
      ['act.y', 'head.x'],
      ['head.y', 'teacher.x'],
      ['input.y', 'small.x'],
      ['small.y', 'student.x'],
      ['teacher.model', 'train.model'],
      ['data.dataset', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['train.model', 'distill.teacher'],
      ['student.model', 'distill.student'],
      ['data.dataset', 'distill.dataset'],
      ['optimizer.optimizer', 'distill.optimizer'],
    ],
  },
});

/** Size, speed and quality of each side on the same rows. */
async function compareSides(
  sides: Readonly<Record<string, Model>>,
  rows: Dataset,
  { batch, target }: { readonly batch: number; readonly target: string },
  context: RunContext,
): Promise<{ values: Metric[]; table: Table }> {
  const values: Metric[] = [];
  const lines: Table['rows'] = [];
  const writes = Object.values(sides).every(({ card }) => card.task === 'causal-lm');
  const quality = writes ? 'perplexity' : 'accuracy';
  for (const [name, side] of Object.entries(sides)) {
    const { card } = side;
    const loss = objectiveFor(card.task);
    const { sum, count, correct, seconds } = await scoreNetwork(
      side,
      rows,
      { title: 'Distill', loss, target, batch },
      context,
    );
    const parameters = card.parameters.reduce((all, { shape }) => all + elementCount(shape), 0);
    const value = writes ? Math.exp(sum / count) : (correct ?? 0) / count;
    values.push(
      { name: `${name}.parameters`, value: parameters, better: 'lower' },
      { name: `${name}.${quality}`, value, better: writes ? 'lower' : 'higher' },
    );
    lines.push([name, parameters, Number.isNaN(seconds) ? null : count / seconds, sum / count, value]);
  }
  const heads = ['parameters', writes ? 'tokens/s' : 'rows/s', 'loss', quality];
  return {
    values,
    table: {
      title: 'Student and teacher',
      columns: [{ name: 'network', kind: 'text' }, ...heads.map((name) => ({ name, kind: 'number' as const }))],
      rows: lines,
    },
  };
}

import { z } from 'zod';
import { defineStep, schedule } from '../kit/define-node.ts';
import { choice, integer, real } from '../kit/params.ts';

const params = z.object({
  shape: choice(['constant', 'step', 'exponential', 'cosine', 'linear'], {
    title: 'Shape',
    description: 'How the learning rate falls after the warm-up.',
    default: 'cosine',
    labels: { constant: 'Constant', step: 'Step', exponential: 'Exponential', cosine: 'Cosine', linear: 'Linear' },
  }),
  every: integer({
    title: 'Every',
    description: 'Steps between two drops.',
    default: 100,
    min: 1,
    max: 100_000_000,
    when: { shape: ['step'] },
  }),
  factor: real({
    title: 'Factor',
    description: 'What the rate is multiplied by: at each drop (step), or over the whole training (exponential).',
    default: 0.1,
    min: 1e-9,
    max: 1,
    step: 0.05,
    when: { shape: ['step', 'exponential'] },
  }),
  floor: real({
    title: 'Floor',
    description: 'Share of the learning rate that is left at the end.',
    default: 0,
    min: 0,
    max: 1,
    step: 0.05,
    when: { shape: ['cosine', 'linear'] },
  }),
  warmup: integer({
    title: 'Warm-up steps',
    description: 'Steps in which the rate rises to its full value.',
    default: 0,
    min: 0,
    max: 100_000_000,
  }),
  rise: choice(['linear', 'exponential', 'cosine'], {
    title: 'Warm-up shape',
    description: 'How it rises.',
    default: 'linear',
    labels: { linear: 'Linear', exponential: 'Exponential', cosine: 'Cosine' },
  }),
});
export type ScheduleParams = z.infer<typeof params>;

/** Where an exponential warm-up starts. */
const FIRST = 0.01;

const rises: { readonly [R in ScheduleParams['rise']]: (done: number) => number } = {
  linear: (done) => done,
  exponential: (done) => FIRST ** (1 - done),
  cosine: (done) => (1 - Math.cos(Math.PI * done)) / 2,
};

const falls: {
  readonly [S in ScheduleParams['shape']]: (params: ScheduleParams, step: number, done: number) => number;
} = {
  constant: () => 1,
  step: ({ every, factor }, step) => factor ** Math.floor(step / every),
  exponential: ({ factor }, _, done) => factor ** done,
  cosine: ({ floor }, _, done) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * done))) / 2,
  linear: ({ floor }, _, done) => 1 - (1 - floor) * done,
};

/** What the learning rate is multiplied by at a step (0, 1, …) of a training of `total` steps. */
export function scheduleFactor(chosen: ScheduleParams, step: number, total: number): number {
  const warmup = Math.min(chosen.warmup, total);
  if (step < warmup) return rises[chosen.rise]((step + 1) / warmup);
  const done = total > warmup ? (step - warmup) / (total - warmup) : 1;
  return falls[chosen.shape](chosen, step - warmup, Math.min(1, done));
}

export default defineStep({
  id: 'training/schedule',
  version: 1,
  title: 'Schedule',
  keywords: ['learning rate', 'warm-up', 'warmup', 'cosine', 'decay', 'annealing'],
  inputs: {},
  outputs: { schedule: schedule('How the learning rate changes.') },
  params,
  types: () => ({ schedule: { kind: 'schedule' } }),
  run: async (_, chosen) => ({ schedule: { type: 'training/schedule', params: chosen } }),
  docs: {
    summary: 'Says how the learning rate rises and falls over the steps of a training.',
    equation: String.raw`\eta_t = \eta\left(f + (1 - f)\,\tfrac{1 + \cos(\pi t / T)}{2}\right)`,
    sources: [
      {
        title: 'Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017)',
        url: 'https://arxiv.org/abs/1608.03983',
      },
      {
        title: 'PyTorch, torch.optim.lr_scheduler',
        url: 'https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate',
      },
    ],
  },
  example: { nodes: { schedule: { type: 'training/schedule', params: { warmup: 10 } } }, edges: [] },
});

import { z } from 'zod';
import { keyOf, Random } from '../../lib/random.ts';
import {
  defineStep,
  figure,
  many,
  metrics,
  type NodeAbove,
  type TypeContext,
  type Variation,
} from '../kit/define-node.ts';
import { choice, integer, line, lines } from '../kit/params.ts';
import { plotRepetitions, summarize } from '../kit/repetitions.ts';

/** One line of `vary`: `train.steps = 100, 200`. */
const LINE = /^\s*([^.=\s]+)\.([^=\s]+)\s*=\s*(.+)$/;

/** How many repetitions a sweep may have. */
const MOST = 1_000;

const params = z.object({
  vary: lines({
    title: 'Vary',
    description: 'A line for each param: node.param = value, value, … The seed of the whole graph is graph.seed.',
    default: 'graph.seed = 0, 1, 2',
    max: 10_000,
  }),
  kind: choice(['grid', 'random'], {
    title: 'Kind',
    description: 'Every combination of the values, or some drawn at random.',
    default: 'grid',
    labels: { grid: 'Grid', random: 'Random' },
  }),
  draws: integer({
    title: 'Draws',
    description: 'Combinations drawn at random, none twice.',
    default: 10,
    min: 1,
    max: MOST,
    when: { kind: ['random'] },
  }),
  metric: line({
    title: 'Metric',
    description: 'What the figure shows. Left empty, the first one.',
    default: '',
    max: 100,
    advanced: true,
  }),
});
type Params = z.infer<typeof params>;

export default defineStep({
  id: 'training/sweep',
  version: 1,
  title: 'Sweep',
  keywords: ['grid search', 'random search', 'hyperparameter', 'seeds', 'spread', 'tuning', 'ablation'],
  inputs: { metrics: many(metrics('What is measured at the end of each repetition: one wire.')) },
  outputs: {
    metrics: metrics('Mean and standard deviation over all repetitions, and a table of them.'),
    figure: figure('One metric over the repetitions.'),
  },
  params,
  types({ metrics: wired }, _params, check) {
    if (wired.length !== 1)
      return check.fail('sweep/wires', `Sweep needs one wire on metrics, got ${wired.length}.`, {
        port: 'metrics',
        hint: 'Wire what is measured at the end of each repetition; put several together with Compare.',
      });
    return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  variations: (chosen, above, check) => variationsOf(chosen, above, check),
  async run({ metrics: measured }, { metric }, { labels }) {
    return { metrics: summarize(measured, labels, 'Repetitions'), figure: plotRepetitions(measured, labels, metric) };
  },
  docs: {
    summary: 'Runs what is above it again and again with other params, and compares what comes out.',
    notes:
      'Only what depends on a changed param is run again; repetitions that were run before are taken from the store. Three seeds tell how much of a difference is chance.',
    sources: [
      {
        title: 'Bergstra and Bengio, Random Search for Hyper-Parameter Optimization (2012)',
        url: 'https://jmlr.org/papers/v13/bergstra12a.html',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split' },
      input: { type: 'network/input', params: { column: 'petal length' } },
      head: { type: 'network/linear' },
      network: { type: 'network/network', params: { task: 'classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer' },
      train: { type: 'training/train', params: { steps: 5 } },
      sweep: { type: 'training/sweep', params: { vary: 'optimizer.learningRate = 0.01, 0.1\ngraph.seed = 0, 1' } },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'input.dataset'],
      ['input.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'train.model'],
      ['split.train', 'train.dataset'],
      ['split.validation', 'train.validation'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['train.metrics', 'sweep.metrics'],
    ],
  },
});

function variationsOf({ vary, kind, draws }: Params, above: readonly NodeAbove[], check: TypeContext): Variation[] {
  const axes = vary
    .split('\n')
    .filter((each) => each.trim())
    .map((text) => axisOf(text, above, check));
  if (axes.length === 0)
    return check.fail('sweep/nothing', 'Sweep needs at least one param to vary, got none.', {
      param: 'vary',
      hint: 'Type a line such as train.steps = 100, 200.',
    });
  const count = axes.reduce((product, { changes }) => product * changes.length, 1);
  const wanted = kind === 'random' ? Math.min(draws, count) : count;
  if (wanted > MOST)
    return check.fail(
      'sweep/too-many',
      `Sweep may have ${MOST} repetitions, these are ${count.toLocaleString('en')}.`,
      {
        param: 'vary',
        hint: 'Vary less, or draw some at random.',
      },
    );
  const at = (index: number): Variation => {
    let rest = index;
    const changes = axes.map((axis) => {
      const change = axis.changes[rest % axis.changes.length]!;
      rest = Math.floor(rest / axis.changes.length);
      return { change, name: axis.name };
    });
    return {
      label: changes.map(({ name, change }) => `${name} ${show(change.value)}`).join(', '),
      changes: changes.map(({ change }) => change),
    };
  };
  if (kind === 'grid') return Array.from({ length: count }, (_, i) => at(i));
  const random = new Random(keyOf('sweep', vary));
  const drawn = new Set<number>();
  while (drawn.size < wanted) drawn.add(Math.floor(random.uniform() * count));
  return [...drawn].sort((a, b) => a - b).map(at);
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function axisOf(
  text: string,
  above: readonly NodeAbove[],
  check: TypeContext,
): { name: string; changes: Variation['changes'][number][] } {
  const match = LINE.exec(text);
  if (!match)
    return check.fail('sweep/line', `Sweep reads lines such as train.steps = 100, 200, got ${text.trim()}.`, {
      param: 'vary',
    });
  const [, node, param, list] = match as unknown as [string, string, string, string];
  const values = list.split(',').map((each) => readValue(each.trim()));
  if (node === 'graph' && param === 'seed') return { name: 'seed', changes: values.map((value) => ({ param, value })) };
  const found = above.find(({ id }) => id === node);
  if (!found)
    return check.fail(
      'sweep/node',
      `Sweep can vary what is above it, and ${node} is not; there are ${above.map(({ id }) => id).join(', ')}.`,
      {
        param: 'vary',
      },
    );
  if (!(param in found.params))
    return check.fail(
      'sweep/param',
      `${found.title} has no param ${param}; it has ${Object.keys(found.params).join(', ')}.`,
      { param: 'vary' },
    );
  return { name: `${node}.${param}`, changes: values.map((value) => ({ node, param, value })) };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import type { Dataset } from '../../graph/dataset.ts';
import type { Column, ModelInput, ModelType } from '../../graph/types.ts';
import type { Model, Prediction } from '../../graph/values.ts';
import { addSizes } from '../../ir/size.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import type { Models } from './context.ts';
import type { TypeContext } from './define-node.ts';
import { line } from './params.ts';
import { likeliest } from './predictions.ts';

/** The part of a run's context that ensembles use. */
export interface Asking {
  readonly models: Pick<Models, 'predict'>;
}

export const weightsParam = line({
  title: 'Weights',
  description: 'How much each model counts, in the order of the wires, separated by commas. Left empty, all alike.',
  default: '',
  max: 1000,
});

/** `2, 1, 1` as numbers; ones where nothing is written. */
export function readWeights(
  text: string,
  { title, count, fold = 1 }: { title: string; count: number; fold?: number },
  check: Pick<TypeContext, 'fail'>,
): number[] {
  if (text.trim() === '') return Array.from({ length: count * fold }, () => 1);
  const weights = text.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  if (!weights.every((each) => each >= 0 && Number.isFinite(each)) || !weights.some((each) => each > 0))
    return check.fail(
      'ensemble/weights',
      `${title} needs weights of 0 or more, not all 0, separated by commas, got ${text}.`,
      { param: 'weights', hint: 'Type numbers such as 2, 1, 1, or leave it empty.' },
    );
  if (weights.length !== count)
    return check.fail(
      'ensemble/weights',
      `${title} has ${count} ${count === 1 ? 'model' : 'models'} and needs as many weights, got ${weights.length}.`,
      { param: 'weights', hint: 'Type a weight for each wire, or leave it empty.' },
    );
  return Array.from({ length: fold }, () => weights).flat();
}

const showTarget = ({ name, ...kind }: Column): string =>
  kind.kind === 'category' && kind.categories ? `${name} (${kind.categories.join(', ')})` : `${name} (${kind.kind})`;

/** What all of these models answer; refuses those that answer different things, or nothing yet. */
export function commonTarget(
  title: string,
  models: readonly ModelType[],
  check: Pick<TypeContext, 'fail' | 'equal'>,
): Column {
  if (models.length === 0)
    return check.fail('ensemble/no-models', `${title} needs at least one model, got none.`, {
      port: 'models',
      hint: 'Wire trained models to it.',
    });
  const targets = models.map(({ target, task }) => {
    if (!target)
      return check.fail('ensemble/untrained', `${title} needs trained models, one for ${task} was never trained.`, {
        port: 'models',
        hint: 'Wire the model that Train gives.',
      });
    if (task !== 'classification' && task !== 'regression')
      return check.fail('ensemble/task', `${title} needs models that answer for each row, got one for ${task}.`, {
        port: 'models',
        hint: 'Choose the task Class of a row or A number in its Network.',
      });
    return target;
  });
  const [first, ...others] = targets as [Column, ...Column[]];
  for (const other of others)
    if (!answersAlike(first, other, check))
      return check.fail(
        'ensemble/targets',
        `${title} needs models of one target, got one for ${showTarget(first)} and one for ${showTarget(other)}.`,
        { port: 'models', hint: 'Train all of them on the same target.' },
      );
  return first;
}

function answersAlike(a: Column, b: Column, check: Pick<TypeContext, 'equal'>): boolean {
  if (a.name !== b.name || a.kind !== b.kind) return false;
  if (a.kind !== 'category' || b.kind !== 'category') return true;
  const { categories } = b;
  if (a.categories && categories)
    return a.categories.length === categories.length && a.categories.every((each) => categories.includes(each));
  return check.equal(a.size, b.size);
}

const unique = <T>(all: readonly T[], name: (each: T) => string): T[] => [
  ...new Map(all.map((each) => [name(each), each])).values(),
];

/** The type of a model that asks several: it reads what all of them read. */
export const ensembleType = (models: readonly ModelType[], target: Column): ModelType => ({
  kind: 'model',
  task: target.kind === 'category' ? 'classification' : 'regression',
  inputs: unique<ModelInput>(
    models.flatMap(({ inputs }) => inputs),
    ({ column }) => column,
  ),
  columns: unique<Column>(
    models.flatMap(({ columns = [] }) => columns),
    ({ name }) => name,
  ),
  target,
  parameters: addSizes(0, ...models.map(({ parameters }) => parameters)),
  trainable: 0,
  capabilities: target.kind === 'category' ? ['probabilities'] : [],
});

/** Models in one: their tensors by place, their cards in its state. */
export function ensembleModel(
  implementation: string,
  members: readonly Model[],
  state: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, Tensor>> = {},
): Model {
  const [first] = members;
  if (!first) return fail('ensemble/no-models', 'An ensemble needs at least one model, got none.');
  const categories = first.card.signature.categories;
  for (const { card } of members) {
    const others = card.signature.categories;
    if ((categories?.toSorted().join('\n') ?? '') !== (others?.toSorted().join('\n') ?? ''))
      return fail(
        'ensemble/targets',
        `An ensemble needs models of one target, one tells apart ${categories?.join(', ') ?? 'numbers'} and one ${others?.join(', ') ?? 'numbers'}.`,
        { hint: 'Train all of them on the same rows.' },
      );
  }
  const tensors = Object.fromEntries(
    members.flatMap((member, i) =>
      Object.entries(member.tensors).map(([name, tensor]) => [`${i}.${name}`, tensor] as const),
    ),
  );
  const all: Readonly<Record<string, Tensor>> = { ...tensors, ...own };
  const signatures = members.map(({ card }) => card.signature);
  return {
    card: {
      task: first.card.task,
      signature: {
        inputs: unique(
          signatures.flatMap(({ inputs }) => inputs),
          ({ column }) => column,
        ),
        columns: unique(
          signatures.flatMap(({ columns = [] }) => columns),
          ({ name }) => name,
        ),
        ...(first.card.signature.target !== undefined && { target: first.card.signature.target }),
        ...(categories && { categories }),
      },
      capabilities: categories ? ['probabilities'] : [],
      implementation,
      version: 1,
      // each member makes what it reads by its own
      transforms: {},
      state: { ...state, members: members.map(({ card }) => card) },
      parameters: Object.entries(all).map(([name, { shape }]) => ({ name, shape: [...shape], trainable: false })),
    },
    tensors: all,
  };
}

/** The models that an ensemble was made of. */
export function membersOf({ card, tensors }: Model): Model[] {
  const { members } = card.state as { members: Model['card'][] };
  return members.map((each, i) => ({
    card: each,
    tensors: Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(`${i}.`))
        .map(([name, tensor]) => [name.slice(`${i}.`.length), tensor]),
    ),
  }));
}

/** What each model says of the rows; classes all in the order of `categories`. */
export async function askAll(
  models: readonly Model[],
  rows: Dataset,
  categories: readonly string[] | undefined,
  context: Asking,
): Promise<Prediction[]> {
  const answers: Prediction[] = [];
  for (const each of models) {
    const answer = await context.models.predict(each, rows);
    answers.push(categories && answer.kind === 'classes' ? inOrder(answer, categories) : answer);
  }
  return answers;
}

function inOrder(answer: Extract<Prediction, { kind: 'classes' }>, categories: readonly string[]): Prediction {
  const places = categories.map((category) => answer.categories.indexOf(category));
  if (places.every((place, i) => place === i)) return answer;
  if (places.includes(-1) || categories.length !== answer.categories.length)
    return fail(
      'ensemble/targets',
      `An ensemble needs models of one target, one answers ${answer.categories.join(', ')} instead of ${categories.join(', ')}.`,
    );
  const width = categories.length;
  const { probabilities } = answer;
  return {
    kind: 'classes',
    categories,
    probabilities: Float32Array.from(
      probabilities,
      (_, i) => probabilities[Math.floor(i / width) * width + places[i % width]!]!,
    ),
  };
}

/** How several answers become one. Hard: each has a vote; geometric: the mean of logarithms, scaled to sum to 1. */
export type Combination = 'soft' | 'hard' | 'geometric';

export function combine(answers: readonly Prediction[], weights: readonly number[], how: Combination): Prediction {
  const total = weights.reduce((a, b) => a + b, 0);
  const [first] = answers;
  if (first?.kind === 'numbers') {
    const values = new Float64Array(first.values.length);
    for (const [m, answer] of answers.entries()) {
      if (answer.kind !== 'numbers') return fail('ensemble/targets', 'An ensemble needs models of one target.');
      for (let i = 0; i < values.length; i++) values[i]! += (weights[m]! / total) * answer.values[i]!;
    }
    return { kind: 'numbers', values };
  }
  if (!first) return fail('ensemble/no-models', 'An ensemble needs at least one model, got none.');
  if (first.kind === 'tags') return fail('ensemble/targets', 'An ensemble needs models that answer for each row.');
  const { categories } = first;
  const width = categories.length;
  const sums = new Float64Array(first.probabilities.length);
  for (const [m, answer] of answers.entries()) {
    if (answer.kind !== 'classes') return fail('ensemble/targets', 'An ensemble needs models of one target.');
    const share = weights[m]! / total;
    if (how === 'hard')
      likeliest(answer).forEach((code, row) => {
        sums[row * width + code]! += share;
      });
    else
      for (let i = 0; i < sums.length; i++) {
        const p = answer.probabilities[i]!;
        sums[i]! += share * (how === 'geometric' ? Math.log(p) : p);
      }
  }
  if (how === 'geometric')
    for (let at = 0; at < sums.length; at += width) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += Math.exp(sums[at + k]!);
      for (let k = 0; k < width; k++) sums[at + k] = sum > 0 ? Math.exp(sums[at + k]!) / sum : 1 / width;
    }
  return { kind: 'classes', categories, probabilities: Float32Array.from(sums) };
}

/** For nodes whose models ask all their members and combine the answers. */
export async function predictTogether(trained: Model, rows: Dataset, context: Asking): Promise<Prediction> {
  const { weights, how } = trained.card.state as { weights: number[]; how: Combination };
  const answers = await askAll(membersOf(trained), rows, trained.card.signature.categories, context);
  return combine(answers, weights, how);
}

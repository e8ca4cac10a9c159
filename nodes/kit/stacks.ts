import type { Dataset } from '../../graph/dataset.ts';
import type { Model, Prediction } from '../../graph/values.ts';
import { float32, type Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import type { RunContext } from './context.ts';
import { type Asking, askAll, membersOf } from './ensembles.ts';
import { classAnswer, softmaxRows } from './estimators.ts';
import { fitLogistic, scoresOf } from './logistic.ts';
import { SparseBuilder, type SparseRows } from './sparse.ts';

/** What the members say, side by side, as the last model reads it. Of two classes the second one's probability will do. */
function answersAsRows(answers: readonly Prediction[], rows: number): SparseRows {
  const builder = new SparseBuilder();
  let width = 0;
  for (let row = 0; row < rows; row++) {
    width = 0;
    for (const answer of answers) {
      if (answer.kind === 'numbers') {
        builder.add(width++, answer.values[row]!);
        continue;
      }
      if (answer.kind === 'tags') return fail('ensemble/targets', 'A stack needs models that answer for each row.');
      const classes = answer.categories.length;
      for (let k = classes === 2 ? 1 : 0; k < classes; k++)
        builder.add(width++, answer.probabilities[row * classes + k]!);
    }
    builder.endRow();
  }
  return builder.finish(width);
}

/** The last model: fitted to what members say of folds that they were not trained on. */
export async function fitStack(
  folds: readonly { readonly rows: Dataset; readonly models: readonly Model[] }[],
  { target = '', categories }: Model['card']['signature'],
  c: number,
  context: Asking & Pick<RunContext, 'point' | 'breathe' | 'progress'>,
): Promise<Record<string, Tensor>> {
  const answers: Prediction[][] = [];
  const y: number[] = [];
  const kept: number[] = [];
  let seen = 0;
  for (const [i, { rows, models }] of folds.entries()) {
    answers.push(await askAll(models, rows, categories, context));
    const { data } = rows.column(target);
    for (let row = 0; row < rows.rows; row++) {
      const value = rightAnswer(data, row, categories);
      if (Number.isNaN(value)) continue;
      y.push(value);
      kept.push(seen + row);
    }
    seen += rows.rows;
    context.progress((i + 1) / folds.length, `${i + 1} of ${folds.length} folds`);
    await context.breathe();
  }
  const x = takeRows(joined(folds.map(({ rows }, i) => answersAsRows(answers[i]!, rows.rows))), kept);
  if (!categories) return ridge(x, y, 1 / c);
  const present = categories.map((_, code) => code).filter((code) => y.includes(code));
  if (present.length < 2)
    return fail('stacking/one-class', 'Stacking needs folds with rows of at least two classes, got fewer.', {
      hint: 'Split by a stratified method, or wire more rows.',
    });
  const { weight, intercept } = await fitLogistic(
    { x, y: Float64Array.from(y), present, categories },
    { penalty: 'l2', c, iterations: 1000 },
    context,
  );
  return { weight: float32([categories.length, x.width], weight), intercept: float32([categories.length], intercept) };
}

function rightAnswer(
  data: ReturnType<Dataset['column']>['data'],
  row: number,
  categories: readonly string[] | undefined,
): number {
  if (data.kind === 'number') return data.values[row]!;
  if (data.kind !== 'category') return fail('stacking/target', `Stacking can't learn ${data.kind}.`);
  const code = data.codes[row]!;
  const place = code < 0 ? -1 : (categories?.indexOf(data.categories[code]!) ?? -1);
  return place < 0 ? Number.NaN : place;
}

function joined(parts: readonly SparseRows[]): SparseRows {
  const builder = new SparseBuilder();
  for (const part of parts)
    for (let row = 0; row < part.rows; row++) {
      for (let at = part.starts[row]!; at < part.starts[row + 1]!; at++)
        builder.add(part.indices[at]!, part.values[at]!);
      builder.endRow();
    }
  return builder.finish(Math.max(0, ...parts.map(({ width }) => width)));
}

function takeRows(x: SparseRows, rows: readonly number[]): SparseRows {
  if (rows.length === x.rows) return x;
  const builder = new SparseBuilder();
  for (const row of rows) {
    for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++) builder.add(x.indices[at]!, x.values[at]!);
    builder.endRow();
  }
  return builder.finish(x.width);
}

/** min Σ (y − w·x − b)² + alpha ‖w‖²: by the normal equations, the intercept free. */
function ridge(x: SparseRows, y: readonly number[], alpha: number): Record<string, Tensor> {
  const { width, rows } = x;
  if (rows === 0) return fail('stacking/no-rows', 'Stacking needs folds with rows, got none.');
  const means = new Float64Array(width);
  const dense = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++)
    for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++) {
      dense[row * width + x.indices[at]!] = x.values[at]!;
      means[x.indices[at]!]! += x.values[at]! / rows;
    }
  const mean = y.reduce((sum, each) => sum + each, 0) / rows;
  const a = Array.from({ length: width }, () => new Float64Array(width + 1));
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < width; i++) {
      const left = dense[row * width + i]! - means[i]!;
      for (let j = 0; j < width; j++) a[i]![j]! += left * (dense[row * width + j]! - means[j]!);
      a[i]![width]! += left * (y[row]! - mean);
    }
  for (let i = 0; i < width; i++) a[i]![i]! += alpha;
  const weight = solve(a);
  const intercept = mean - weight.reduce((sum, each, i) => sum + each * means[i]!, 0);
  return { weight: float32([1, width], weight), intercept: float32([1], [intercept]) };
}

/** Gaussian elimination with the largest pivot, on rows [A | b]. */
function solve(a: readonly Float64Array[]): Float64Array {
  const n = a.length;
  const rows = [...a];
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let j = i + 1; j < n; j++) if (Math.abs(rows[j]![i]!) > Math.abs(rows[pivot]![i]!)) pivot = j;
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let j = i + 1; j < n; j++) {
      const factor = rows[j]![i]! / rows[i]![i]!;
      for (let k = i; k <= n; k++) rows[j]![k]! -= factor * rows[i]![k]!;
    }
  }
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let k = i + 1; k < n; k++) sum -= rows[i]![k]! * x[k]!;
    x[i] = sum / rows[i]![i]!;
  }
  return x;
}

/** Asks the members, and the last model what to make of their answers. */
export async function predictStack(trained: Model, rows: Dataset, context: Asking): Promise<Prediction> {
  const { categories } = trained.card.signature;
  const answers = await askAll(membersOf(trained), rows, categories, context);
  const { weight, intercept } = trained.tensors;
  const scores = scoresOf(answersAsRows(answers, rows.rows), weight!.data, intercept!.data);
  if (!categories) return { kind: 'numbers', values: scores };
  return classAnswer(trained, softmaxRows(scores, categories.length));
}

import type { Metric, Table } from '../../graph/values.ts';

/** What was right and what was said, as indices of the same classes; each row has both. */
export interface Answers {
  readonly classes: readonly string[];
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Row after row, a number for each class. */
  readonly probabilities?: ArrayLike<number>;
  /** Two classes only: larger means the positive class. */
  readonly scores?: ArrayLike<number>;
  /** Two classes only. */
  readonly positive: number;
}

export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows that are truly of this class. */
  readonly support: number;
}

/** counts[true][predicted] */
export function confusion({ classes, truth, predicted }: Answers): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  for (let row = 0; row < truth.length; row++) counts[truth[row]!]![predicted[row]!]!++;
  return counts;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export function perClass(counts: readonly (readonly number[])[]): ClassScores[] {
  return counts.map((row, i) => {
    const hits = row[i]!;
    const support = sum(row);
    const said = sum(counts.map((each) => each[i]!));
    return {
      precision: ratio(hits, said),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + said),
      support,
    };
  });
}

/** Matthews' correlation over any number of classes (Gorodkin, 2004). */
function matthews(counts: readonly (readonly number[])[]): number {
  const truly = counts.map(sum);
  const said = counts.map((_, i) => sum(counts.map((row) => row[i]!)));
  const total = sum(truly);
  const hits = sum(counts.map((row, i) => row[i]!));
  const spread = (values: readonly number[]) => total ** 2 - sum(values.map((value) => value ** 2));
  const together = hits * total - sum(truly.map((value, i) => value * said[i]!));
  return ratio(together, Math.sqrt(spread(truly) * spread(said)));
}

/** Scores from the largest down, in groups of equal ones: how many of each group are of the class, and how many are not. */
function thresholds(scores: ArrayLike<number>, isOf: (row: number) => boolean): { hits: number; misses: number }[] {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const groups: { hits: number; misses: number }[] = [];
  let before = Number.NaN;
  for (const row of order) {
    if (scores[row] !== before) groups.push({ hits: 0, misses: 0 });
    before = scores[row]!;
    const group = groups.at(-1)!;
    if (isOf(row)) group.hits++;
    else group.misses++;
  }
  return groups;
}

/** The area under the curve of true against false positives; null where there is only one class. */
export function rocAuc(scores: ArrayLike<number>, isOf: (row: number) => boolean): number | null {
  let [area, hits, misses] = [0, 0, 0];
  for (const group of thresholds(scores, isOf)) {
    area += group.misses * (hits + group.hits / 2);
    hits += group.hits;
    misses += group.misses;
  }
  return hits === 0 || misses === 0 ? null : area / (hits * misses);
}

/** Σ (recall gained) · precision, from the highest threshold down; null where no row is of the class. */
export function averagePrecision(scores: ArrayLike<number>, isOf: (row: number) => boolean): number | null {
  let [area, hits, said] = [0, 0, 0];
  for (const group of thresholds(scores, isOf)) {
    hits += group.hits;
    said += group.hits + group.misses;
    area += (group.hits * hits) / said;
  }
  return hits === 0 ? null : area / hits;
}

/** The scores of one class: its probabilities, or what was said of the positive one. */
function scoresOf({ classes, probabilities, scores, positive, truth }: Answers, of: number): ArrayLike<number> | null {
  if (probabilities)
    return Float64Array.from({ length: truth.length }, (_, row) => probabilities[row * classes.length + of]!);
  if (!scores || classes.length !== 2) return null;
  return of === positive ? scores : Float64Array.from(scores, (score) => -score);
}

/** Float32's step at 1: a probability of 0 counts as this much. */
const EPSILON = 2 ** -23;

function logLoss({ classes, probabilities, truth }: Answers): number | null {
  if (!probabilities || truth.length === 0) return null;
  let loss = 0;
  for (let row = 0; row < truth.length; row++) {
    const p = probabilities[row * classes.length + truth[row]!]!;
    loss -= Math.log(Math.min(Math.max(p, EPSILON), 1 - EPSILON));
  }
  return loss / truth.length;
}

const higher = (name: string, value: number | null): Metric => ({ name, value, better: 'higher' });

/**
 * All metrics of scikit-learn's classification report, and those that need probabilities. Averages are over the classes
 * that occur, in truth or in prediction; means of areas over those that occur in truth.
 */
export function classificationMetrics(answers: Answers): Metric[] {
  const { classes, truth, positive } = answers;
  const counts = confusion(answers);
  const each = perClass(counts);
  const occurs = each.map(({ support }, i) => support > 0 || counts.some((row) => row[i]! > 0));
  const present = each.filter((_, i) => occurs[i]);
  const accuracy = ratio(sum(counts.map((row, i) => row[i]!)), truth.length);
  const mean = (values: readonly number[]) => ratio(sum(values), values.length);
  const weighted = (of: (scores: ClassScores) => number) =>
    ratio(sum(each.map((scores) => of(scores) * scores.support)), truth.length);
  const binary = classes.length === 2;
  const area = (measure: typeof rocAuc): number | null => {
    const ofClass = (i: number) => {
      const scores = scoresOf(answers, i);
      return scores && measure(scores, (row) => truth[row] === i);
    };
    if (binary) return ofClass(positive);
    const known = classes.flatMap((_, i) => (each[i]!.support > 0 ? [ofClass(i)] : []));
    return known.length < 2 || known.includes(null) ? null : mean(known as number[]);
  };
  return [
    higher('accuracy', accuracy),
    higher('balanced-accuracy', mean(each.filter(({ support }) => support > 0).map(({ recall }) => recall))),
    ...(binary
      ? (['precision', 'recall', 'f1'] as const).map((name) => higher(name, each[positive]?.[name] ?? 0))
      : []),
    ...(['precision', 'recall', 'f1'] as const).map((name) =>
      higher(`${name}.macro`, mean(present.map((scores) => scores[name]))),
    ),
    // one class for each row: micro precision, recall and F1 are one number, the accuracy
    higher('f1.micro', accuracy),
    ...(['precision', 'recall', 'f1'] as const).map((name) =>
      higher(
        `${name}.weighted`,
        weighted((scores) => scores[name]),
      ),
    ),
    higher('mcc', matthews(counts)),
    { name: 'log-loss', value: logLoss(answers), better: 'lower' },
    higher('roc-auc', area(rocAuc)),
    higher('average-precision', area(averagePrecision)),
  ];
}

/** What always saying one class gives. */
export function majorityMetrics(answers: Answers, majority: number): Metric[] {
  const wanted = new Set(['accuracy', 'balanced-accuracy', 'f1.macro', 'f1.weighted']);
  const { classes, truth, positive } = answers;
  const always = { classes, truth, positive, predicted: new Int32Array(truth.length).fill(majority) };
  return classificationMetrics(always)
    .filter(({ name }) => wanted.has(name))
    .map((metric) => ({ ...metric, name: `baseline.majority.${metric.name}` }));
}

export function classTable(answers: Answers): Table {
  const { classes, truth } = answers;
  const rows = perClass(confusion(answers)).map(({ precision, recall, f1, support }, i) => {
    const scores = scoresOf(answers, i);
    const area = scores && rocAuc(scores, (row) => truth[row] === i);
    return [classes[i]!, precision, recall, f1, support, area];
  });
  const number = (name: string) => ({ name, kind: 'number' as const });
  return {
    title: 'Per class',
    columns: [{ name: 'class', kind: 'text' }, ...['precision', 'recall', 'f1', 'support', 'roc-auc'].map(number)],
    rows,
  };
}

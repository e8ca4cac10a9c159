import { Dataset, type DatasetColumn } from '../graph/dataset.ts';
import { Random } from '../lib/random.ts';
import gradientBoosting from '../nodes/classical/gradient-boosting.ts';
import randomForest from '../nodes/classical/random-forest.ts';
import type { RunContext } from '../nodes/kit/context.ts';
import { type Case, findPython, interleaved, Peer, type SuiteOptions, timed } from './measure.ts';

interface Learner {
  readonly name: string;
  readonly kind: 'forest' | 'boosting';
  readonly rows: number;
  readonly features: number;
  /** 0: numbers. */
  readonly classes: number;
  /** Values that a feature takes; 0: a different one in each row. */
  readonly distinct: number;
}

const learners: readonly Learner[] = [
  { name: 'forest, 2 classes', kind: 'forest', rows: 5000, features: 20, classes: 2, distinct: 0 },
  { name: 'forest, 5 classes, whole numbers', kind: 'forest', rows: 5000, features: 20, classes: 5, distinct: 50 },
  { name: 'forest, regression', kind: 'forest', rows: 3000, features: 12, classes: 0, distinct: 0 },
  { name: 'boosting, 2 classes', kind: 'boosting', rows: 5000, features: 20, classes: 2, distinct: 0 },
  { name: 'boosting, 2 classes, whole numbers', kind: 'boosting', rows: 5000, features: 20, classes: 2, distinct: 50 },
  { name: 'boosting, regression', kind: 'boosting', rows: 3000, features: 12, classes: 0, distinct: 0 },
];

/** The training of a hundred trees, exact splits, against scikit-learn on one core: same rows, same params, turn by turn. */
export async function forestCases({ only, rounds, say }: SuiteOptions): Promise<Case[]> {
  const sklearn = findPython('sklearn');
  say(
    sklearn ? `peer: scikit-learn ${sklearn.version}` : 'no Python with sklearn here: ours alone (set PATCHBAY_PYTHON)',
  );
  const cases: Case[] = [];
  for (const learner of learners) {
    if (only && !learner.name.includes(only.toLowerCase())) continue;
    const { dataset, x, y } = rowsOf(learner);
    const once = () => train(learner, dataset);
    await once();
    const peer = sklearn && Peer.python(sklearn.python, 'forests.py');
    await peer?.ask({ ...learner, x: Array.from(x), y: Array.from(y) });
    const result = await interleaved(
      { name: learner.name, threads: 1, peer: sklearn ? `scikit-learn ${sklearn.version}` : 'none' },
      {
        ours: () => timed(1, once),
        ...(peer && { theirs: async () => (await peer.ask<{ ms: number[] }>({ steps: 1 })).ms }),
      },
      rounds,
    );
    peer?.close();
    say(`${result.name}: ${result.oursMs} ms, peer ${result.peerMs} ms, ratio ${result.ratio}`);
    cases.push(result);
  }
  return cases;
}

/** Answers that follow from three features, with noise: trees have something to find and something to get wrong. */
function rowsOf({ rows, features, classes, distinct }: Learner) {
  const random = new Random([7, rows]);
  const x = Float64Array.from({ length: rows * features }, () =>
    distinct > 0 ? random.integer(distinct) / distinct : random.uniform(),
  );
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const at = row * features;
    const value = Math.sin(6 * x[at]!) + 2 * (x[at + 1]! - 0.5) * (x[at + 2]! > 0.4 ? 1 : -1) + 0.4 * random.normal();
    return classes === 0 ? value : Math.max(0, Math.min(classes - 1, Math.floor(((value + 2) / 4) * classes)));
  });
  const columns = Array.from({ length: features }, (_, f): DatasetColumn => {
    const values = Float64Array.from({ length: rows }, (_, row) => x[row * features + f]!);
    return { name: `x${f}`, role: 'feature', data: { kind: 'number', values } };
  });
  const target: DatasetColumn = {
    name: 'y',
    role: 'target',
    data:
      classes === 0
        ? { kind: 'number', values: y }
        : {
            kind: 'category',
            codes: Int32Array.from(y),
            categories: Array.from({ length: classes }, (_, k) => `${k}`),
          },
  };
  return { dataset: new Dataset([...columns, target]), x, y };
}

async function train({ kind, classes }: Learner, dataset: Dataset): Promise<void> {
  const context = {
    random: new Random([1, 2]),
    progress: () => undefined,
    point: () => undefined,
    breathe: async (): Promise<void> => undefined,
  } as unknown as RunContext;
  // as scikit-learn's defaults: a forest of numbers tries every feature
  if (kind === 'forest')
    await randomForest.run({ dataset }, randomForest.params.parse({ tried: classes === 0 ? 'all' : 'root' }), context);
  else await gradientBoosting.run({ dataset }, gradientBoosting.params.parse({}), context);
}

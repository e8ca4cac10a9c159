import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Model, Prediction } from '../../graph/values.ts';
import { answerNumbers } from '../../nodes/kit/predictions.ts';
import predict from '../../nodes/models/predict.ts';
import type { Tested } from './check-problems.ts';
import { runStep } from './check-step.ts';
import { readFixture } from './fixtures.ts';

/** One fitted estimator of scikit-learn, and what it says of the rows that it has not seen. */
export interface EstimatorCase {
  readonly node: string;
  readonly name: string;
  readonly data: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly probabilities?: readonly (readonly number[])[];
  readonly numbers?: readonly number[];
  readonly nodes?: number;
  readonly depth?: number;
  readonly importances?: readonly number[];
  readonly loss?: readonly number[];
}

export interface ClassicalFixture {
  readonly texts: readonly string[];
  readonly labels: readonly number[];
  readonly split: number;
  readonly bag: { readonly words: readonly string[]; readonly rows: readonly Readonly<Record<string, number>>[] };
  readonly data: Readonly<
    Record<
      string,
      {
        readonly columns: readonly string[];
        readonly x: readonly (readonly number[])[];
        readonly y: readonly number[];
        readonly split: number;
      }
    >
  >;
  readonly cases: readonly EstimatorCase[];
  readonly forests: readonly {
    readonly data: string;
    readonly leaf: number;
    readonly samples: readonly (readonly number[])[];
    readonly answers: readonly number[];
    readonly importances: readonly number[];
  }[];
}

export const classicalFixture = (): ClassicalFixture => readFixture<ClassicalFixture>('classical');
export const estimatorCases = (node: string): EstimatorCase[] =>
  classicalFixture().cases.filter((each) => each.node === node);

/** The rows that scikit-learn learned from, and those that it was asked about. */
export function fixtureRows(name: string): { train: Dataset; test: Dataset } {
  const fixture = classicalFixture();
  const whole = name === 'text' ? textRows(fixture) : tableRows(fixture, name);
  const split = name === 'text' ? fixture.split : fixture.data[name]!.split;
  const all = Array.from({ length: whole.rows }, (_, i) => i);
  return { train: whole.take(all.slice(0, split)), test: whole.take(all.slice(split)) };
}

const classes = (y: readonly number[]): DatasetColumn => ({
  name: 'target',
  role: 'target',
  data: {
    kind: 'category',
    codes: Int32Array.from(y),
    categories: Array.from({ length: Math.max(...y) + 1 }, (_, i) => `class ${i}`),
  },
});

const textRows = ({ texts, labels }: ClassicalFixture): Dataset =>
  new Dataset([{ name: 'text', role: 'feature', data: { kind: 'text', values: texts } }, classes(labels)]);

function tableRows({ data }: ClassicalFixture, name: string): Dataset {
  const { columns, x, y } = data[name]!;
  return new Dataset([
    ...columns.map(
      (column, i): DatasetColumn => ({
        name: column,
        role: 'feature',
        data: { kind: 'number', values: Float64Array.from(x, (row) => row[i]!) },
      }),
    ),
    name === 'diabetes'
      ? { name: 'target', role: 'target', data: { kind: 'number', values: Float64Array.from(y) } }
      : classes(y),
  ]);
}

/** What a model says of rows, asked as a graph asks: by Predict, through the store. */
export async function ask(model: Model, rows: Dataset, folder: string): Promise<Prediction> {
  const asked = await runStep(predict as unknown as Tested, { inputs: { model, dataset: rows }, folder });
  const said = asked.value('dataset', 'dataset');
  const { data } = said.column('prediction');
  if (data.kind === 'number') return { kind: 'numbers', values: data.values };
  if (data.kind !== 'category') throw new Error(`a prediction is no ${data.kind}`);
  const { values } = said.data('probabilities', 'vector');
  return { kind: 'classes', categories: data.categories, probabilities: values };
}

/** Trains on a case's rows and asks about the others: the numbers to compare, and the trained step. */
export async function runCase(definition: Tested, { data, params }: EstimatorCase, folder: string) {
  const { train, test } = fixtureRows(data);
  const run = await runStep(definition, { params, inputs: { dataset: train }, folder });
  const answer = await ask(run.value('model', 'model'), test, folder);
  return { run, answers: answerNumbers(answer) };
}
export const wanted = ({ probabilities, numbers }: EstimatorCase): readonly number[] =>
  numbers ?? probabilities!.flat();

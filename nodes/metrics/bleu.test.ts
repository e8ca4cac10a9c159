import { describe, expect, test } from 'vitest';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import type { BleuSmoothing, BleuTokenizer } from '../kit/bleu-scores.ts';
import bleu from './bleu.ts';

interface Case {
  readonly tokenizer: BleuTokenizer;
  readonly smoothing: BleuSmoothing;
  readonly value?: number;
  readonly lowercase: boolean;
  readonly references: number;
  readonly bleu: number;
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly lengths: readonly [number, number];
  readonly sentences: readonly number[];
}
const fixture = readFixture<{
  systems: readonly string[];
  referenceTexts: readonly (readonly string[])[];
  bleu: readonly Case[];
}>('texts');

const folder = temporaryFolder();
const text = (name: string, values: readonly string[], role?: 'target'): DatasetColumn => ({
  name,
  ...(role && { role }),
  data: { kind: 'text', values },
});
const rows = new Dataset([
  text('reference', fixture.referenceTexts[0]!, 'target'),
  text('other', fixture.referenceTexts[1]!),
  text('prediction', fixture.systems),
]);

describe('every number is sacrebleu’s', () => {
  const named = fixture.bleu.map((each) => {
    const { tokenizer, smoothing, value, lowercase, references } = each;
    return [`${tokenizer}, ${smoothing} ${value ?? ''}, ${references}${lowercase ? ', lowercase' : ''}`, each] as const;
  });
  test.each(named)('%s', async (_, each) => {
    const { tokenizer, smoothing, value, lowercase, references } = each;
    const params = {
      tokenizer,
      smoothing,
      lowercase,
      references: references === 2 ? 'other' : '',
      ...(value !== undefined && { [smoothing === 'floor' ? 'floor' : 'k']: value }),
    };
    const ran = await runStep(bleu, { inputs: { dataset: rows }, params, folder });
    const { values, tables } = ran.value('metrics', 'metrics');
    const got = Object.fromEntries(values.map((metric) => [metric.name, metric.value]));
    expect(got.bleu).toBeCloseTo(each.bleu, 9);
    expectClose(
      each.precisions.map((_, n) => got[`bleu.precision.${n + 1}`]!),
      each.precisions,
      1e-10,
    );
    expect(got['bleu.brevity-penalty']).toBeCloseTo(each.brevityPenalty, 12);
    const [how, sentences] = tables!;
    expect(how!.rows[0]!.slice(1)).toEqual(each.lengths);
    expectClose(
      sentences!.rows.map((row) => row[2] as number),
      each.sentences,
      1e-10,
    );
  });
});

test('the signature tells what was measured', async () => {
  const params = { smoothing: 'floor', references: 'other', lowercase: true };
  const ran = await runStep(bleu, { inputs: { dataset: rows }, params, folder });
  expect(ran.value('metrics', 'metrics').tables![0]!.rows[0]![0]).toBe(
    'nrefs:2|case:lc|eff:no|tok:13a|smooth:floor[0.10]',
  );
});

test('no rows', async () => {
  const dataset = new Dataset([text('reference', [], 'target'), text('prediction', [])]);
  expect(await problemOfStep(bleu, { inputs: { dataset }, folder })).toEqual({
    code: 'metrics/no-answers',
    message: 'BLEU needs at least one row, the data set has none.',
    hint: 'Wire rows to it.',
  });
});

const dataset = (...columns: readonly object[]) => ({ kind: 'dataset', columns }) as never;
const target = { name: 'target', kind: 'text', role: 'target' };
const prediction = { name: 'prediction', kind: 'text' };

checkProblems(bleu, [
  {
    name: 'classes instead of texts',
    inputs: { dataset: dataset({ name: 'label', kind: 'category', size: 2, role: 'target' }, prediction) },
    problem: {
      code: 'metrics/no-target',
      message: 'BLEU compares texts, the target label holds category.',
      hint: 'Use Classification metrics for classes.',
    },
  },
  {
    name: 'nothing was written yet',
    inputs: { dataset: dataset(target) },
    problem: {
      code: 'metrics/no-prediction',
      message: 'BLEU needs a column prediction with what a model said, the data set has target (text).',
      hint: 'Put Predict in between.',
    },
  },
  {
    name: 'a reference that is not there',
    params: { references: 'second' },
    inputs: { dataset: dataset(target, prediction) },
    problem: {
      code: 'metrics/references',
      message: 'BLEU needs a column second, the data set has target, prediction.',
      hint: 'Name columns of text, separated by commas.',
      at: { param: 'references' },
    },
  },
]);

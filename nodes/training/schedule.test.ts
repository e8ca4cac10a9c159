import { describe, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import schedule, { scheduleFactor } from './schedule.ts';

interface Case {
  readonly name: string;
  readonly params: Readonly<Record<string, never>>;
  readonly total: number;
  readonly factors: readonly number[];
}

const factors = (params: object, total: number): number[] => {
  const chosen = schedule.params.parse(params);
  return Array.from({ length: total }, (_, step) => scheduleFactor(chosen, step, total));
};

describe('as torch.optim.lr_scheduler', () => {
  test.each(readFixture<{ cases: Case[] }>('schedules').cases.map((each) => [each.name, each] as const))(
    '%s',
    (_, { params, total, factors: wanted }) => {
      expectClose(factors(params, total), wanted, 1e-9);
    },
  );
});

describe('by formula, where torch has none', () => {
  test('a warm-up reaches the whole rate in its last step', () => {
    expectClose(factors({ shape: 'constant', warmup: 4 }, 6), [0.25, 0.5, 0.75, 1, 1, 1], 1e-12);
  });
  test('an exponential warm-up goes from a hundredth in equal ratios', () => {
    const rise = factors({ shape: 'constant', warmup: 4, rise: 'exponential' }, 5);
    expectClose(rise, [0.01 ** 0.75, 0.1, 0.01 ** 0.25, 1, 1], 1e-12);
  });
  test('a cosine warm-up is (1 − cos πx) / 2', () => {
    const rise = factors({ shape: 'constant', warmup: 4, rise: 'cosine' }, 5);
    expectClose(rise, [(1 - Math.SQRT1_2) / 2, 0.5, (1 + Math.SQRT1_2) / 2, 1, 1], 1e-12);
  });
  test('the fall begins after the warm-up and would end at the floor', () => {
    expectClose(factors({ shape: 'linear', warmup: 2, floor: 0.5 }, 6), [0.5, 1, 1, 0.875, 0.75, 0.625], 1e-12);
    expectClose(factors({ shape: 'step', warmup: 2, every: 2, factor: 0.1 }, 6), [0.5, 1, 1, 1, 0.1, 0.1], 1e-12);
  });
  test('a warm-up as long as the training is all there is', () => {
    expectClose(factors({ warmup: 100 }, 4), [0.25, 0.5, 0.75, 1], 1e-12);
  });
});

checkProblems(schedule, [
  {
    name: 'a step of no length',
    params: { shape: 'step', every: 0 },
    inputs: {},
    problem: {
      code: 'param/invalid',
      message: 'Every of Schedule does not fit: too small: expected number to be >=1, got 0.',
      at: { param: 'every' },
    },
  },
]);

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { rootFolder } from '../node/platform.ts';

export interface TemplateRun {
  readonly status: string;
  readonly steps: readonly {
    readonly node: string;
    readonly status: string;
    readonly cached: boolean;
    readonly ms: number;
  }[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Of the whole command, its start included. */
  readonly seconds: number;
  /** A number that a node measured. */
  metric(node: string, name: string): number;
}

/** `npm run test:long`: templates at their full length. */
export const isLong = Boolean(Number(process.env.PATCHBAY_LONG));

export type PrintedRun = TemplateRun & { readonly printed: readonly unknown[] };

/** Runs a template by the command line itself, uncached, in a process of its own. */
export async function runTemplate(
  name: string,
  {
    folder,
    set = [],
    print = [],
    threads,
  }: {
    /** Where data sets and values are kept. */
    readonly folder: string;
    /** As `--set` takes it: `train.steps=10`. */
    readonly set?: readonly string[];
    readonly print?: readonly string[];
    readonly threads?: number;
  },
): Promise<PrintedRun> {
  const started = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(rootFolder, 'cli', 'patchbay.mjs'),
      'run',
      join(rootFolder, 'templates', `${name}.json`),
      '--json',
      '--fresh',
      ...set.flatMap((each) => ['--set', each]),
      ...print.flatMap((each) => ['--print', each]),
      ...(threads ? ['--threads', String(threads)] : []),
    ],
    { cwd: rootFolder, env: { ...process.env, PATCHBAY_DATA: folder }, maxBuffer: 512e6 },
  );
  const seconds = (performance.now() - started) / 1000;
  // the JSON of the run stands on several lines, what is printed on one each
  const end = stdout.indexOf('\n}\n') + 3;
  const result = JSON.parse(stdout.slice(0, end)) as Omit<TemplateRun, 'seconds' | 'metric'> & {
    metrics: Record<string, Record<string, number>>;
  };
  expect(result.status).toBe('succeeded');
  expect(
    result.steps.filter(({ cached }) => cached),
    'nothing is taken from an earlier run',
  ).toEqual([]);
  const printed = stdout
    .slice(end)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  return {
    ...result,
    printed,
    seconds,
    metric: (node, metric) => result.metrics[node]?.[metric] ?? expect.fail(`${node} has no ${metric}`),
  };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** A mistake that somebody could make, and the test that has to notice it. */
interface Fault {
  readonly name: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly right: string;
  readonly wrong: string;
  readonly test: string;
  /** Of the test's title. */
  readonly title: string;
}

const faults: readonly Fault[] = [
  {
    name: 'the gradient of tanh has the wrong sign',
    file: 'ir/operations/pointwise.ts',
    right: 'vjp: (ir, ct, _, y) => [ir.mul(ct, ir.sub(1, ir.mul(y, y)))],',
    wrong: 'vjp: (ir, ct, _, y) => [ir.mul(ct, ir.sub(ir.mul(y, y), 1))],',
    test: 'runtime/reference/operations.test.ts',
    title: 'tanh',
  },
  {
    name: 'the betas of Adam are swapped',
    file: 'nodes/training/optimizer.ts',
    right: 'const { beta1, beta2, epsilon } = params;',
    wrong: 'const { beta1: beta2, beta2: beta1, epsilon } = params;',
    test: 'nodes/training/optimizer.test.ts',
    title: 'Adam',
  },
  {
    name: 'random numbers start anew after a resume',
    file: 'nodes/kit/training-loop.ts',
    right: "counter: tensorOf('uint32', [2], [step, 0]),",
    wrong:
      "counter: tensorOf('uint32', [2], [((this as { n?: number }).n = ((this as { n?: number }).n ?? 0) + 1), 0]),",
    test: 'runtime/resume.test.ts',
    title: 'cut off at random steps',
  },
  {
    name: 'a checkpoint leaves out what the optimizer keeps',
    file: 'nodes/kit/training-loop.ts',
    right: '...this.#program.slots.map(({ name }) => name), ',
    wrong: '',
    test: 'runtime/resume.test.ts',
    title: 'cut off at random steps',
  },
  {
    name: 'accumulated gradients are summed, not averaged',
    file: 'nodes/kit/training-step.ts',
    right: 'ir.mul(value, 1 / accumulation)',
    wrong: 'value',
    test: 'nodes/training/train.test.ts',
    title: 'a whole training is torch’s',
  },
  {
    name: 'the gradient is clipped the wrong way round',
    file: 'nodes/kit/training-step.ts',
    right: 'gradient = ir.mul(gradient, ir.minimum(',
    wrong: 'gradient = ir.mul(gradient, ir.maximum(',
    test: 'nodes/training/train.test.ts',
    title: 'a whole training is torch’s',
  },
  {
    name: 'a position sees the one after it',
    file: 'nodes/network/attention.ts',
    right: "direction === 'causal' ? ir.not(ir.less(i, j)) : undefined,",
    wrong: "direction === 'causal' ? ir.less(j, ir.add(i, 2)) : undefined,",
    test: 'nodes/network/attention.test.ts',
    title: 'causal',
  },
  {
    name: 'padding counts in the loss',
    file: 'nodes/training/objective.ts',
    right: 'sum: perRow(ir, ir.mul(loss, mask)),',
    wrong: 'sum: perRow(ir, loss),',
    test: 'nodes/training/objective.test.ts',
    title: 'every loss is torch’s',
  },
  {
    name: 'the gates of an LSTM are in another order',
    file: 'nodes/network/lstm.ts',
    right: 'const [i, f] = [',
    wrong: 'const [f, i] = [',
    test: 'nodes/network/lstm.test.ts',
    title: 'numbers',
  },
  {
    name: 'a generated token is kept one place too early',
    file: 'nodes/kit/decoding.ts',
    right: 'writeColumn?.(keptInput(name), length - 1,',
    wrong: 'writeColumn?.(keptInput(name), length - 2,',
    test: 'runtime/decoding.test.ts',
    title: 'rotary positions',
  },
];

const root = resolve(import.meta.dirname, '..');
const isLong = Boolean(Number(process.env.PATCHBAY_LONG));

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** What passed and what failed of a test file in the copy. */
function run(copy: string, { test: file, title }: Fault): { passed: number; failed: string[] } {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', file, '-t', title, '--reporter=json', `--outputFile=${report}`],
    ],
    { cwd: copy, env: { ...process.env, PATCHBAY_LONG: '' }, encoding: 'utf8' },
  );
  const all = (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults.flatMap((each) => each.assertionResults);
  return {
    passed: all.filter(({ status }) => status === 'passed').length,
    failed: all.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  };
}

// each plants its fault in a copy of what git knows, and takes it out again
describe.runIf(isLong)('a planted fault is caught by a test that is there', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'patchbay-faults-'));
    const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    for (const file of files) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(root, file), join(copy, file));
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  }, 120_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test.each(faults.map((fault) => [fault.name, fault] as const))(
    '%s',
    (_, fault) => {
      const path = join(copy, fault.file);
      const source = readFileSync(path, 'utf8');
      expect(source.split(fault.right), 'the place is there once').toHaveLength(2);
      const clean = run(copy, fault);
      expect(clean.failed, 'without the fault').toEqual([]);
      expect(clean.passed, `${fault.test} has a test named ${fault.title}`).toBeGreaterThan(0);
      writeFileSync(
        path,
        source.replace(fault.right, () => fault.wrong),
      );
      try {
        const { failed } = run(copy, fault);
        expect(failed).not.toEqual([]);
        console.log(
          `${fault.name}: ${fault.test} › ${failed[0]}${failed.length > 1 ? ` and ${failed.length - 1} more` : ''}`,
        );
      } finally {
        writeFileSync(path, source);
      }
    },
    600_000,
  );
});

test('every planted fault names a place and a test that are there', () => {
  for (const { file, right, test: at } of faults) {
    expect(readFileSync(join(root, file), 'utf8').split(right), `${file}: ${right}`).toHaveLength(2);
    expect(readFileSync(join(root, at), 'utf8')).toContain('test');
  }
});

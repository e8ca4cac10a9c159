import { parseArgs } from 'node:util';
import { checkDocument } from '../compiler/compile.ts';
import { withLint } from '../compiler/lint/index.ts';
import { showWire } from '../graph/types.ts';
import { showSize } from '../ir/size.ts';
import { isError } from '../lib/problem.ts';
import { readGraph, setParams } from './graph.ts';
import { showProblem } from './show.ts';

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, set: { type: 'string', multiple: true } },
  });
  const document = setParams(readGraph(positionals[0]), values.set ?? []);
  const check = withLint(document, await checkDocument(document));
  const nodes = Object.fromEntries(
    [...check.nodes].map(([id, node]) => [
      id,
      {
        outputs: Object.fromEntries(Object.entries(node.outputs).map(([port, type]) => [port, showWire(type)])),
        solved: Object.fromEntries(Object.entries(node.solved).map(([param, size]) => [param, showSize(size)])),
        cost: Object.fromEntries(
          Object.entries(node.cost)
            .filter(([, size]) => size !== 0)
            .map(([what, size]) => [what, showSize(size)]),
        ),
      },
    ]),
  );
  if (values.json) process.stdout.write(`${JSON.stringify({ nodes, problems: check.problems }, null, 2)}\n`);
  else {
    for (const [id, { outputs, solved, cost }] of Object.entries(nodes)) {
      process.stdout.write(`${id}\n`);
      for (const [what, size] of Object.entries(cost))
        process.stdout.write(`  ${units[what as keyof typeof units]} ${size}\n`);
      for (const [port, type] of Object.entries(outputs)) process.stdout.write(`  ${port}: ${type}\n`);
      for (const [param, size] of Object.entries(solved)) process.stdout.write(`  ${param} = ${size} (solved)\n`);
    }
    for (const problem of check.problems) process.stdout.write(`${showProblem(problem)}\n`);
  }
  return check.problems.some(isError) ? 1 : 0;
}

const units = { parameters: 'parameters', flops: 'FLOPs', memory: 'bytes of memory' } as const;

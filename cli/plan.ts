import { parseArgs } from 'node:util';
import { compile } from '../compiler/compile.ts';
import { nodeCompute } from '../runtime/node/backends.ts';
import { readGraph, setParams } from './graph.ts';
import { showColumns, showProblem } from './show.ts';

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      set: { type: 'string', multiple: true },
      backend: { type: 'string', default: 'auto' },
      to: { type: 'string', multiple: true },
    },
  });
  const document = setParams(readGraph(positionals[0]), values.set ?? []);
  const { device } = await nodeCompute(values.backend);
  const { plan, problems } = await compile(document, { device, ...(values.to && { targets: values.to }) });
  if (values.json) process.stdout.write(`${JSON.stringify({ plan, problems }, null, 2)}\n`);
  else {
    for (const problem of problems) process.stderr.write(`${showProblem(problem)}\n`);
    if (plan)
      process.stdout.write(
        `${showColumns(
          plan.steps.map((step, i) => [
            String(i + 1),
            step.id,
            step.op,
            step.cacheKey.slice(0, 12),
            Object.values(step.inputs)
              .flat()
              .map((input) => input.step)
              .join(' '),
          ]),
        )}\n`,
      );
  }
  return plan ? 0 : 1;
}

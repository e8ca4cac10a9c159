import { parseArgs } from 'node:util';
import { checkDocument, compile } from '../compiler/compile.ts';
import { inspectPrograms } from '../compiler/inspect.ts';
import { showProgram } from '../compiler/show-program.ts';
import type { GraphDocument } from '../graph/document.ts';
import { isError } from '../lib/problem.ts';
import { lookup } from '../nodes/catalogue.ts';
import { nodeCompute } from '../runtime/node/backends.ts';
import { readGraph, setParams } from './graph.ts';
import { showColumns, showProblem } from './show.ts';

const help = `patchbay plan GRAPH [options]

  --set NODE.PARAM=VALUE   changes a param (may be repeated)
  --backend NAME           auto, onnx, webgpu, cuda or reference
  --to NODE                plans only what this node needs (may be repeated)
  --program NODE           prints the tensor programs that this node compiles, with what they take; nothing runs
  --json                   prints { plan, problems }, or { programs, assumed }, and nothing else
`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      set: { type: 'string', multiple: true },
      backend: { type: 'string', default: 'auto' },
      to: { type: 'string', multiple: true },
      program: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const document = setParams(readGraph(positionals[0]), values.set ?? []);
  if (values.program !== undefined) return printPrograms(document, values.program, values.json === true);
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

async function printPrograms(document: GraphDocument, node: string, json: boolean): Promise<number> {
  const check = await checkDocument(document);
  const errors = check.problems.filter(isError);
  for (const problem of errors) process.stderr.write(`${showProblem(problem)}\n`);
  if (errors.length > 0) return 1;
  const { programs, assumed } = inspectPrograms({ document, check }, node, { lookup });
  if (json) {
    const told = programs.map(({ program: _, ...rest }) => rest);
    process.stdout.write(`${JSON.stringify({ programs: told, assumed }, null, 2)}\n`);
    return 0;
  }
  for (const [name, size] of Object.entries(assumed))
    process.stderr.write(`${name} is taken to be ${size}: a run finds it out.\n`);
  process.stdout.write(programs.map((each) => showProgram(each)).join('\n'));
  return 0;
}

import { parseArgs } from 'node:util';
import { checkDocument, compile } from '../compiler/compile.ts';
import { inspectPrograms } from '../compiler/inspect.ts';
import { showProgram } from '../compiler/show-program.ts';
import type { GraphDocument } from '../graph/document.ts';
import { secondsOf } from '../ir/roofline.ts';
import { sizeToJson } from '../ir/size.ts';
import { isError } from '../lib/problem.ts';
import { showSeconds } from '../lib/show-seconds.ts';
import { lookup } from '../nodes/catalogue.ts';
import type { Compute } from '../nodes/kit/compute.ts';
import { nodeCompute } from '../runtime/node/backends.ts';
import { calibrationOf } from '../runtime/node/calibration.ts';
import { dataFolder } from '../runtime/node/platform.ts';
import { readGraph, setParams } from './graph.ts';
import { showColumns, showProblem } from './show.ts';

const help = `patchbay plan GRAPH [options]

  --set NODE.PARAM=VALUE   changes a param (may be repeated)
  --backend NAME           auto, onnx, webgpu, cuda or reference
  --to NODE                plans only what this node needs (may be repeated)
  --program NODE           prints the tensor programs that this node compiles, with what they take; nothing runs
  --time                   with --program: how long it takes on this machine, estimated from what the device was measured
                           to do, which the first time takes some seconds
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
      time: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const document = setParams(readGraph(positionals[0]), values.set ?? []);
  const timed = values.time ? await nodeCompute(values.backend) : undefined;
  if (values.program !== undefined)
    return printPrograms(document, values.program, { json: values.json === true, timed });
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

async function printPrograms(
  document: GraphDocument,
  node: string,
  { json, timed }: { readonly json: boolean; readonly timed: Compute | undefined },
): Promise<number> {
  const check = await checkDocument(document);
  const errors = check.problems.filter(isError);
  for (const problem of errors) process.stderr.write(`${showProblem(problem)}\n`);
  if (errors.length > 0) return 1;
  const { programs, assumed } = inspectPrograms({ document, check }, node, { lookup });
  const calibration = timed && (await calibrationOf(timed, dataFolder()));
  if (json) {
    const told = programs.map(({ program, runs, ...rest }) => ({
      ...rest,
      ...(runs !== undefined && { runs: sizeToJson(runs) }),
      ...(calibration && { seconds: secondsOf(program, calibration) }),
    }));
    process.stdout.write(`${JSON.stringify({ programs: told, assumed }, null, 2)}\n`);
    return 0;
  }
  for (const [name, size] of Object.entries(assumed))
    process.stderr.write(`${name} is taken to be ${size}: a run finds it out.\n`);
  for (const { title, program, runs } of calibration ? programs : []) {
    const seconds = secondsOf(program, calibration!);
    const all = typeof runs !== 'number' ? '' : `, about ${showSeconds(seconds * runs)} for ${runs} runs`;
    process.stderr.write(`${title}: about ${showSeconds(seconds)} a run${all} on ${timed!.device.title}\n`);
  }
  process.stdout.write(programs.map((each) => showProgram(each)).join('\n'));
  return 0;
}

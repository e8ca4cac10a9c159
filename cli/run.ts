import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from '../compiler/compile.ts';
import type { GraphDocument } from '../graph/document.ts';
import type { RunEvent } from '../graph/events.ts';
import { innerEnd, locate } from '../graph/subgraphs.ts';
import type { Metrics } from '../graph/values.ts';
import { sha256Hex } from '../lib/hash.ts';
import { fail } from '../lib/problem.ts';
import { paramsForFile } from '../nodes/kit/upload-schema.ts';
import { entryOfNode } from '../nodes/subgraphs.ts';
import { execute, type Outcome } from '../runtime/execute.ts';
import { nodeCompute } from '../runtime/node/backends.ts';
import { FileStore } from '../runtime/node/file-store.ts';
import { dataFolder, nodePlatform } from '../runtime/node/platform.ts';
import { RunTrace } from '../runtime/node/trace.ts';
import type { ProgramTimes } from '../runtime/trace.ts';
import { loadManifest, loadValue, valueToJson } from '../runtime/values/codec.ts';
import { readGraph, readValue, setParams } from './graph.ts';
import { showColumns, showProblem } from './show.ts';

const help = `patchbay run GRAPH [options]

  --set NODE.PARAM=VALUE   changes a param (may be repeated)
  --input NAME=VALUE       sets a declared input of the graph; for a file, its path (may be repeated)
  --backend NAME           auto, onnx, webgpu, cuda or reference
  --threads N              threads of the backend
  --to NODE                runs only what this node needs (may be repeated)
  --print NODE.PORT        prints a value whole as JSON (may be repeated)
  --out FOLDER             writes every value to files
  --fresh                  takes nothing from earlier runs
  --trace FOLDER           writes every program as text, the time of each operation, and trace.json for Perfetto or
                           chrome://tracing; ONNX Runtime's CPU build only
  --json                   prints { status, steps, metrics, outputs } and nothing else
`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      input: { type: 'string', multiple: true, default: [] },
      backend: { type: 'string', default: 'auto' },
      threads: { type: 'string' },
      to: { type: 'string', multiple: true },
      print: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      trace: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const store = new FileStore(join(dataFolder(), 'runs'), 'command-line');
  let document = setParams(readGraph(positionals[0]), values.set);
  for (const input of values.input) document = await setInput(document, input, store);
  const threads = values.threads ? Number(values.threads) : undefined;
  if (values.trace && !['auto', 'onnx'].includes(values.backend))
    return fail('cli/trace', `--trace needs ONNX Runtime's CPU build, got --backend ${values.backend}.`, {
      hint: 'Leave --backend out.',
    });
  const trace = values.trace ? new RunTrace(values.trace, threads) : undefined;
  const compute = trace?.compute ?? (await nodeCompute(values.backend, threads));
  const { plan, problems } = await compile(document, {
    device: compute.device,
    ...(values.to && { targets: values.to }),
  });
  for (const problem of problems) process.stderr.write(`${showProblem(problem)}\n`);
  if (!plan) {
    if (values.json) process.stdout.write(`${JSON.stringify({ status: 'refused', problems })}\n`);
    return 1;
  }
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  const outcome = await execute({
    run: 'command-line',
    plan,
    platform: nodePlatform(store, compute),
    signal: cancel.signal,
    fresh: values.fresh,
    emit: (event) => {
      trace?.see(event);
      if (!values.json) showEvent(event);
    },
  });
  if (trace) for (const each of trace.finish()) process.stderr.write(showTimes(each));
  const result = await summarize(outcome, store);
  if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else process.stdout.write(showMetrics(result.metrics));
  for (const place of values.print)
    process.stdout.write(`${JSON.stringify(await valueAt(outcome, { document, place }, store))}\n`);
  if (values.out) await writeOutputs(outcome, values.out, store);
  return outcome.status === 'succeeded' ? 0 : 1;
}

async function setInput(document: GraphDocument, text: string, store: FileStore): Promise<GraphDocument> {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  const input = document.inputs.find((each) => each.name === name);
  if (at < 0 || !input?.param)
    return fail(
      'cli/input',
      `--input ${text}: the graph declares ${document.inputs.map((each) => each.name).join(', ') || 'no inputs'}.`,
    );
  const params = entryOfNode(locate(document, input.node)?.node, document.definitions)?.params ?? {};
  const schema = params[input.param];
  if (schema?.control !== 'file') {
    const given = schema?.type === 'string' ? value : readValue(value);
    return setParams(document, [`${input.node}.${input.param}=${JSON.stringify(given)}`]);
  }
  if (!existsSync(value)) return fail('cli/no-file', `--input ${name} needs a file, there is none at ${value}.`);
  const bytes = new Uint8Array(readFileSync(value));
  const file = { sha256: sha256Hex(bytes), name: basename(value), size: bytes.length };
  await store.put(bytes, file.sha256);
  const values = Object.entries(paramsForFile(params, input.param, { file, bytes }));
  return setParams(
    document,
    values.map(([param, each]) => `${input.node}.${param}=${JSON.stringify(each)}`),
  );
}

/** The operations that take most of a program's time. */
function showTimes({ name, times }: ProgramTimes): string {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const rows = times
    .slice(0, 8)
    .map(({ operation, count, ms }) => [
      operation,
      `${count} times`,
      `${ms.toFixed(1)} ms`,
      `${Math.round((100 * ms) / total)} %`,
    ]);
  return `${name}: ${total.toFixed(1)} ms in operations\n${showColumns(rows)}\n`;
}

let lastLine = '';
function showEvent(event: RunEvent): void {
  const name = event.node ?? '';
  const out = process.stderr;
  const finish = () => {
    if (lastLine && out.isTTY) out.write('\n');
    lastLine = '';
  };
  switch (event.kind) {
    case 'started':
      out.write(`${event.data.device} (${event.data.reason}), ${event.data.steps.length} steps\n`);
      break;
    case 'progress':
      if (out.isTTY) {
        lastLine = `  ${name}: ${event.data.note ?? `${Math.round(event.data.fraction * 100)} %`}`;
        out.write(`\r${lastLine.padEnd(70)}`);
      }
      break;
    case 'log':
      finish();
      out.write(`  ${name}: ${event.data.message}\n`);
      break;
    case 'done':
      finish();
      out.write(`  ${name} ${event.data.cached ? 'cached' : `${(event.data.ms / 1000).toFixed(1)} s`}\n`);
      break;
    case 'problem':
      finish();
      out.write(`${showProblem(event.data.problem)}\n`);
      break;
    case 'finished':
      out.write(`${event.data.status} in ${(event.data.ms / 1000).toFixed(1)} s\n`);
      break;
    default:
  }
}

async function summarize(outcome: Outcome, store: FileStore) {
  const metrics: Record<string, Record<string, number | null>> = {};
  const outputs: Record<string, Record<string, { kind: string; sha256: string }>> = {};
  for (const { step, outputs: made } of outcome.steps) {
    outputs[step.id] = Object.fromEntries(
      Object.entries(made).map(([port, { kind, sha256 }]) => [port, { kind, sha256 }]),
    );
    for (const reference of Object.values(made))
      if (reference.kind === 'metrics') {
        const value = (await loadValue(reference, store)) as Metrics;
        metrics[step.id] = Object.fromEntries(value.values.map((each) => [each.name, each.value]));
      }
  }
  return {
    status: outcome.status,
    steps: outcome.steps.map(({ step, cached, ms }) => ({
      node: step.id,
      status: 'succeeded' as const,
      cached,
      ms,
    })),
    metrics,
    outputs,
    ...(outcome.problem && { problem: outcome.problem }),
  };
}

const showMetrics = (metrics: Record<string, Record<string, number | null>>): string =>
  Object.entries(metrics)
    .map(
      ([node, values]) =>
        `${node}\n${Object.entries(values)
          .map(([name, value]) => `  ${name} ${value}\n`)
          .join('')}`,
    )
    .join('');

interface Printed {
  readonly document: GraphDocument;
  /** `node.port`; in a subgraph `instance/node.port`, and what a subgraph gives is `instance.port`. */
  readonly place: string;
}

function referenceAt(outcome: Outcome, { document, place }: Printed) {
  const at = place.lastIndexOf('.');
  const asked = [place.slice(0, at), place.slice(at + 1)] as const;
  const [node, port] = innerEnd(document, locate(document, asked[0])?.node, asked) ?? asked;
  const step = outcome.steps.find((each) => each.step.id === node);
  return (
    step?.outputs[port] ??
    fail(
      'cli/print',
      `${place} has no value: this run made ${outcome.steps.flatMap((each) => Object.keys(each.outputs).map((name) => `${each.step.id}.${name}`)).join(', ')}.`,
    )
  );
}

const valueAt = async (outcome: Outcome, printed: Printed, store: FileStore): Promise<unknown> =>
  valueToJson(await loadValue(referenceAt(outcome, printed), store));

async function writeOutputs(outcome: Outcome, folder: string, store: FileStore): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const extensions: Record<string, string> = {
    'application/json': 'json',
    'application/x-safetensors': 'safetensors',
    'application/vnd.apache.arrow.stream': 'arrows',
    'text/plain; charset=utf-8': 'txt',
  };
  for (const { step, outputs } of outcome.steps)
    for (const [port, reference] of Object.entries(outputs)) {
      const manifest = await loadManifest(reference.sha256, store);
      for (const [name, blob] of Object.entries(manifest.blobs)) {
        const file = `${step.id.replaceAll('/', '-')}.${port}.${name}.${extensions[blob.media] ?? 'bin'}`;
        writeFileSync(join(folder, file), (await store.get(blob.sha256))!);
      }
    }
}

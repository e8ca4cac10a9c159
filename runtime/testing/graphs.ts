import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { checkDocument, compile } from '../../compiler/compile.ts';
import { inputKey } from '../../compiler/flatten.ts';
import { buildNetwork, layersOf } from '../../compiler/network.ts';
import { emptyDocument, type GraphDocument, parseDocument } from '../../graph/document.ts';
import type { RunEvent } from '../../graph/events.ts';
import type { PortKind } from '../../graph/types.ts';
import type { PortValue, PortValues } from '../../graph/values.ts';
import { ProblemError } from '../../lib/problem.ts';
import { entryOf, lookup } from '../../nodes/catalogue.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import type { Network } from '../../nodes/kit/context.ts';
import type { ExampleGraph } from '../../nodes/kit/define-node.ts';
import { execute, type Outcome } from '../execute.ts';
import { FileStore } from '../node/file-store.ts';
import { nodePlatform, rootFolder } from '../node/platform.ts';
import { onnxNodeCompute } from '../onnx/node.ts';
import { loadValue } from '../values/codec.ts';

/** A folder of this test file's own, gone when it is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An example as the document that the editor would save. */
export const documentOf = ({ nodes, edges }: ExampleGraph, seed = 0): GraphDocument => ({
  ...emptyDocument('Example'),
  seed,
  nodes: Object.fromEntries(
    Object.entries(nodes).map(([id, { type, params }], i) => [
      id,
      {
        type,
        version: entryOf(type)?.version ?? 1,
        params: { ...params } as GraphDocument['nodes'][string]['params'],
        position: { x: i * 280, y: 0 },
      },
    ]),
  ),
  edges: Object.fromEntries(
    edges.map(([from, to], i) => {
      const end = (place: string) => place.split('.') as [string, string];
      return [`wire-${i}`, { from: end(from), to: end(to) }];
    }),
  ),
});

export const readTemplate = (name: string): GraphDocument =>
  parseDocument(readFileSync(join(rootFolder, 'templates', `${name}.json`), 'utf8')).document;

/** The layers above port `x` of a node, as the network that training would get. */
export async function openNetwork(document: GraphDocument, node = 'network'): Promise<Network> {
  const check = await checkDocument(document);
  const [problem] = check.problems.filter(({ severity }) => severity !== 'warning');
  if (problem) throw new ProblemError(problem);
  return buildNetwork(layersOf(check, check.networks.get(inputKey(node, 'x'))!, document.seed), lookup);
}

export interface Ran {
  readonly outcome: Outcome;
  readonly events: readonly RunEvent[];
  /** What a node gave on a port. */
  value<K extends PortKind>(node: string, port: string, kind: K): Promise<PortValues[K]>;
  /** A metric by name. */
  metric(node: string, name: string): Promise<number | null>;
}

/** Compiles and runs a document as the command line does: real store, real codecs, real backend. */
export async function runDocument(
  document: GraphDocument,
  { folder, compute, targets }: { folder: string; compute?: Compute; targets?: readonly string[] },
): Promise<Ran> {
  const device = compute ?? onnxNodeCompute({ threads: 1 });
  const { plan, problems } = await compile(document, { device: device.device, ...(targets && { targets }) });
  if (!plan) throw new ProblemError(problems.find(({ severity }) => severity !== 'warning')!);
  const store = new FileStore(folder, 'test');
  const events: RunEvent[] = [];
  const outcome = await execute({
    run: 'test',
    plan,
    platform: nodePlatform(store, device, folder),
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
  });
  const value = async (node: string, port: string): Promise<PortValue> => {
    const step = outcome.steps.find((each) => each.step.id === node);
    const reference = step?.outputs[port];
    if (!reference) throw new Error(`${node}.${port} has no value: ${JSON.stringify(outcome.problem)}`);
    return loadValue(reference, store);
  };
  return {
    outcome,
    events,
    value: value as Ran['value'],
    async metric(node, name) {
      const metrics = (await value(node, 'metrics')) as PortValues['metrics'];
      const found = metrics.values.find((each) => each.name === name);
      if (!found) throw new Error(`${node} has no ${name}: ${metrics.values.map((each) => each.name).join(', ')}`);
      return found.value;
    },
  };
}

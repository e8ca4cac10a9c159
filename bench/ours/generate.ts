/** Our side of bench/generate.ts: the likeliest tokens after a prefix. One line of JSON each way. */
import { createInterface } from 'node:readline';
import type { Model } from '../../graph/values.ts';
import { NextToken } from '../../nodes/kit/decoding.ts';
import { greedy } from '../../nodes/kit/sampling.ts';
import { onnxNodeCompute } from '../../runtime/onnx/node.ts';
import { optimising } from '../../runtime/optimising.ts';
import { openNetwork, windowed } from '../models.ts';

export interface GenerateRequest {
  readonly window: number;
  readonly prefix: readonly number[];
  /** The first of them pays for the prefix. */
  readonly tokens: number;
  /** Else the whole window is computed for each token. */
  readonly cached: boolean;
}
export interface Generated {
  readonly ids: readonly number[];
  /** Of each token but the first. */
  readonly ms: readonly number[];
}

const compute = optimising(onnxNodeCompute({ threads: 1 }));
const opened = new Map<string, NextToken>();

async function speakerOf({ window, cached }: GenerateRequest): Promise<NextToken> {
  const key = `${window} ${cached}`;
  const known = opened.get(key);
  if (known) return known;
  const network = await openNetwork(windowed(window));
  const model = { tensors: network.initialize() } as Pick<Model, 'tensors'> as Model;
  const next = NextToken.open(network, model, { compute, rows: 1, cached });
  opened.set(key, next);
  return next;
}

async function generate(request: GenerateRequest): Promise<Generated> {
  const next = await speakerOf(request);
  const ids = [...request.prefix];
  const ms: number[] = [];
  for (let i = 0; i < request.tokens; i++) {
    const began = performance.now();
    const [logits] = (await next.logits([ids])) as [Float32Array];
    ids.push(greedy(logits));
    if (i > 0) ms.push(performance.now() - began);
  }
  return { ids: ids.slice(request.prefix.length), ms };
}

for await (const line of createInterface(process.stdin))
  process.stdout.write(`${JSON.stringify(await generate(JSON.parse(line) as GenerateRequest))}\n`);

import { describe, expect, test, vi } from 'vitest';
import type { Model } from '../graph/values.ts';
import { float32, type Tensor } from '../ir/tensor.ts';
import { Random } from '../lib/random.ts';
import type { Network } from '../nodes/kit/context.ts';
import { NextToken } from '../nodes/kit/decoding.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { optimising } from './optimising.ts';
import { referenceCompute } from './reference/backend.ts';
import { expectClose } from './testing/fixtures.ts';
import { documentOf, openNetwork } from './testing/graphs.ts';

vi.setConfig({ testTimeout: 120_000 });

interface Middle {
  readonly name: string;
  /** What stands between embedding and head, each a layer on `x`. */
  readonly layers: readonly (readonly [type: string, params?: Readonly<Record<string, unknown>>])[];
  readonly window?: number;
}

const decodes: readonly Middle[] = [
  {
    name: 'learned positions, causal attention',
    layers: [['network/positional-encoding'], ['network/decoder-block', { repeat: 2, heads: 2 }]],
  },
  {
    name: 'sinusoidal positions, post-norm, RMS',
    layers: [
      ['network/positional-encoding', { kind: 'sinusoidal' }],
      ['network/decoder-block', { heads: 2, order: 'post', normalization: 'rms', bias: false }],
    ],
  },
  { name: 'rotary positions', layers: [['network/decoder-block', { heads: 2, positions: 'rotary', repeat: 2 }]] },
  {
    name: 'a local window',
    layers: [['network/positional-encoding'], ['network/attention', { heads: 2, pattern: 'local', window: 3 }]],
  },
  { name: 'a strided pattern', layers: [['network/attention', { heads: 2, pattern: 'strided', window: 4 }]] },
  { name: 'GRU', layers: [['network/gru', { units: 8, layers: 2 }]] },
  { name: 'LSTM', layers: [['network/lstm', { units: 8 }]] },
  { name: 'RNN', layers: [['network/rnn', { units: 8 }]] },
  {
    name: 'a window of more than one room',
    layers: [['network/decoder-block', { heads: 2, positions: 'rotary' }]],
    window: 70,
  },
];

const VOCABULARY = 11;

async function languageModel({ layers, window = 12 }: Middle): Promise<{ network: Network; model: Model }> {
  const nodes: Record<string, { type: string; params?: Readonly<Record<string, unknown>> }> = {
    input: { type: 'network/input', params: { length: window, vocabulary: VOCABULARY } },
    embedding: { type: 'network/embedding', params: { width: 8 } },
    head: { type: 'network/linear', params: { units: VOCABULARY, name: 'head' } },
    network: { type: 'network/network' },
  };
  const edges: [string, string][] = [['input.y', 'embedding.x']];
  let last = 'embedding';
  layers.forEach(([type, params], i) => {
    nodes[`layer${i}`] = { type, params: { ...params, name: `layer${i}` } };
    edges.push([`${last}.y`, `layer${i}.${type === 'network/attention' ? 'query' : 'x'}`]);
    last = `layer${i}`;
  });
  edges.push([`${last}.y`, 'head.x'], ['head.y', 'network.x']);
  const network = await openNetwork(documentOf({ nodes, edges }));
  // larger than the first weights, so that every part counts
  const random = new Random([5, 5]);
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape } of network.parameters) {
    const count = shape.reduce((a, b) => a * b, 1);
    tensors[name] = float32(
      shape,
      Float32Array.from({ length: count }, () => random.normal() * 0.4),
    );
  }
  return { network, model: { tensors } as unknown as Model };
}

const devices = [
  { name: 'reference', compute: optimising(referenceCompute), tolerance: 1e-6 },
  { name: 'onnx', compute: optimising(onnxNodeCompute({ threads: 1 })), tolerance: 2e-5 },
];

describe.each(devices)(
  'on $name, going on token by token gives what the whole window gives',
  ({ compute, tolerance }) => {
    test.each(decodes)('$name', async (middle) => {
      const { network, model } = await languageModel(middle);
      expect(network.wholeOnly).toBeUndefined();
      const kept = NextToken.open(network, model, { compute, rows: 1 });
      const whole = NextToken.open(network, model, { compute, rows: 1, cached: false });
      const random = new Random([9, 1]);
      const ids = [3, 1, 4];
      if (middle.window) while (ids.length < 60) ids.push(random.integer(VOCABULARY));
      const most = (middle.window ?? 12) + 2;
      while (ids.length <= most) {
        const [got] = (await kept.logits([ids])) as [Float32Array];
        const [want] = (await whole.logits([ids])) as [Float32Array];
        expectClose(got, want, tolerance, `${ids.length} tokens`);
        ids.push(random.integer(VOCABULARY));
      }
      await kept.close();
      await whole.close();
    });
  },
);

test('beams that change places take what was kept of them along', async () => {
  const compute = optimising(onnxNodeCompute({ threads: 1 }));
  const { network, model } = await languageModel(decodes[0]!);
  const kept = NextToken.open(network, model, { compute, rows: 3 });
  const whole = NextToken.open(network, model, { compute, rows: 3, cached: false });
  const random = new Random([2, 2]);
  let beams = [
    [1, 2],
    [1, 2],
    [1, 2],
  ];
  for (let step = 0; step < 9; step++) {
    const [got, want] = [await kept.logits(beams), await whole.logits(beams)];
    got.forEach((row, i) => {
      expectClose(row, want[i]!, 2e-5, `beam ${i}`);
    });
    beams = beams.map(() => [...beams[random.integer(3)]!, random.integer(VOCABULARY)]);
  }
  await kept.close();
  await whole.close();
});

test.each<[string, Middle['layers'], string]>([
  [
    'attention in both directions',
    [['network/attention', { direction: 'bidirectional' }]],
    'Attention in both directions sees what comes later',
  ],
  [
    'a bidirectional GRU',
    [['network/gru', { bidirectional: true, units: 4 }]],
    'GRU in both directions reads from the end of the sequence',
  ],
])('%s computes the whole window, and says why', async (name, layers, reason) => {
  const { network } = await languageModel({ name, layers });
  expect(network.wholeOnly).toBe(reason);
});

import { checkDocument } from '../compiler/compile.ts';
import { inputKey } from '../compiler/flatten.ts';
import { buildNetwork, layersOf } from '../compiler/network.ts';
import { emptyDocument, type GraphDocument } from '../graph/document.ts';
import { emptyTensor, float32, scalar, type Tensor, tensorOf } from '../ir/tensor.ts';
import { elementCount, staticShape, type TensorType } from '../ir/types.ts';
import { isError, ProblemError } from '../lib/problem.ts';
import { Random } from '../lib/random.ts';
import { lookup } from '../nodes/catalogue.ts';
import type { Network } from '../nodes/kit/context.ts';
import type { ExampleGraph } from '../nodes/kit/define-node.ts';
import { joinParameters, type TrainingStep, trainingStep } from '../nodes/kit/training-step.ts';

/** What is measured: a network, its batch, its loss. The Python peers build the same from the same numbers. */
export interface BenchModel {
  readonly name: string;
  readonly graph: ExampleGraph;
  readonly batch: number;
  readonly loss: 'causal-lm' | 'cross-entropy';
  /** Works most of the forward pass out again in the backward pass. */
  readonly recompute?: true;
  /** What bench/peers reads. */
  readonly peer: Readonly<Record<string, number | string>>;
}

interface GptSize {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly vocabulary: number;
}
export const gptSizes: Readonly<Record<'S' | 'M' | 'L', GptSize>> = {
  S: { batch: 16, length: 64, width: 128, blocks: 1, heads: 4, vocabulary: 256 },
  M: { batch: 8, length: 128, width: 256, blocks: 4, heads: 4, vocabulary: 512 },
  L: { batch: 4, length: 256, width: 384, blocks: 6, heads: 6, vocabulary: 1024 },
};

/** Norm, GELU, tied output, no biases in the linear layers. */
export const gpt = (name: keyof typeof gptSizes): BenchModel => {
  const size = gptSizes[name];
  return {
    name: `GPT ${name}`,
    batch: size.batch,
    loss: 'causal-lm',
    peer: { kind: 'gpt', ...size },
    graph: {
      nodes: {
        input: { type: 'network/input', params: { length: size.length, vocabulary: size.vocabulary } },
        embedding: { type: 'network/embedding', params: { width: size.width, name: 'embedding' } },
        positions: { type: 'network/positional-encoding', params: { name: 'positions' } },
        block: {
          type: 'network/decoder-block',
          params: { repeat: size.blocks, heads: size.heads, bias: false, name: 'block' },
        },
        norm: { type: 'network/normalization', params: { name: 'norm' } },
        head: { type: 'network/linear', params: { bias: false, name: 'head' } },
        network: { type: 'network/network', params: { task: 'causal-lm' } },
      },
      edges: [
        ['input.y', 'embedding.x'],
        ['embedding.y', 'positions.x'],
        ['positions.y', 'block.x'],
        ['block.y', 'norm.x'],
        ['norm.y', 'head.x'],
        ['embedding.table', 'head.weight'],
        ['head.y', 'network.x'],
      ],
    },
  };
};

/** T 32, B 32, 64 features in, 128 states; the last state is classified. */
export const recurrent = (kind: 'gru' | 'lstm'): BenchModel => ({
  name: kind.toUpperCase(),
  batch: 32,
  loss: 'cross-entropy',
  peer: { kind, batch: 32, length: 32, width: 64, units: 128, vocabulary: 64, classes: 10 },
  graph: {
    nodes: {
      input: { type: 'network/input', params: { length: 32, vocabulary: 64 } },
      embedding: { type: 'network/embedding', params: { width: 64 } },
      cell: { type: `network/${kind}`, params: { units: 128 } },
      head: { type: 'network/linear', params: { units: 10, name: 'head' } },
      network: { type: 'network/network', params: { task: 'classification' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'cell.x'],
      ['cell.last', 'head.x'],
      ['head.y', 'network.x'],
    ],
  },
});

/** One or two convolutions of 3×3, each with ReLU and pooling, then a mean over places, over 64 pictures of 28×28. */
export const convolutional = (count: 1 | 2): BenchModel => {
  const nodes: Record<string, { type: string; params?: Record<string, unknown> }> = {
    input: { type: 'network/input', params: { kind: 'image', length: 28, channels: 1 } },
  };
  const edges: [string, string][] = [];
  let last = 'input.y';
  for (let i = 0; i < count; i++) {
    nodes[`conv${i}`] = {
      type: 'network/conv2d',
      params: { filters: 16 * (i + 1), size: 3, padding: 1, name: `conv${i}` },
    };
    nodes[`act${i}`] = { type: 'network/activation', params: { function: 'relu' } };
    nodes[`pool${i}`] = { type: 'network/pool2d', params: { kind: 'max', size: 2 } };
    edges.push([last, `conv${i}.x`], [`conv${i}.y`, `act${i}.x`], [`act${i}.y`, `pool${i}.x`]);
    last = `pool${i}.y`;
  }
  nodes.all = { type: 'network/pool2d', params: { kind: 'global' } };
  nodes.head = { type: 'network/linear', params: { units: 10, name: 'head' } };
  nodes.network = { type: 'network/network', params: { task: 'classification' } };
  edges.push([last, 'all.x'], ['all.y', 'head.x'], ['head.y', 'network.x']);
  return {
    name: `${count} convolution${count > 1 ? 's' : ''}`,
    batch: 64,
    loss: 'cross-entropy',
    peer: { kind: 'conv', batch: 64, count },
    graph: { nodes, edges },
  };
};

/** The medium GPT with another window. */
export function windowed(window: number): BenchModel {
  const { graph, ...rest } = gpt('M');
  const input = { ...graph.nodes.input!, params: { ...graph.nodes.input!.params, length: window } };
  return { ...rest, graph: { ...graph, nodes: { ...graph.nodes, input } } };
}

/** What is measured, in the order of the tables. */
export const benchModels: readonly BenchModel[] = [
  gpt('S'),
  gpt('M'),
  gpt('L'),
  { ...gpt('L'), name: 'GPT L, Recompute', recompute: true },
  recurrent('gru'),
  recurrent('lstm'),
  convolutional(1),
  convolutional(2),
];

export function documentOf({ nodes, edges }: ExampleGraph): GraphDocument {
  const end = (place: string) => place.split('.') as [string, string];
  return {
    ...emptyDocument('Bench'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, { type, params }]) => [
        id,
        { type, version: 1, params: { ...params }, position: { x: 0, y: 0 } } as GraphDocument['nodes'][string],
      ]),
    ),
    edges: Object.fromEntries(edges.map(([from, to], i) => [`e${i}`, { from: end(from), to: end(to) }])),
  };
}

export async function openNetwork({ graph }: BenchModel): Promise<Network> {
  const document = documentOf(graph);
  const check = await checkDocument(document);
  const problem = check.problems.find(isError);
  if (problem) throw new ProblemError(problem);
  return buildNetwork(layersOf(check, check.networks.get(inputKey('network', 'x'))!, 0), lookup);
}

const learningRate = 1e-3;

/** AdamW without clipping, as the peers take it. */
export function stepOf(model: BenchModel, network: Network): TrainingStep {
  const output = staticShape(network.output.shape.slice(1));
  return trainingStep(network, {
    objective: { type: 'training/objective', params: { loss: model.loss, smoothing: 0 } },
    optimizer: {
      type: 'training/optimizer',
      params: { method: 'adamw', learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    },
    target: { dtype: 'int32', shape: [model.batch, ...output.slice(0, -1)], below: output.at(-1)! },
    batch: model.batch,
    accumulation: 1,
    clip: 0,
    ...(model.recompute && { recompute: true }),
  });
}

/** Random numbers for what a type holds. */
function randomData({ dtype, shape, below }: TensorType, random: Random): Tensor {
  const sizes = staticShape(shape);
  const count = elementCount(sizes);
  return dtype === 'int32'
    ? tensorOf(
        'int32',
        sizes,
        Int32Array.from({ length: count }, () => random.integer(below as number)),
      )
    : float32(
        sizes,
        Float32Array.from({ length: count }, () => random.normal()),
      );
}

/** First state and the feeds of a step. */
export function startOf(step: TrainingStep, network: Network, seed = 0) {
  const random = new Random([seed, 1]);
  const trained = joinParameters(step.trained, network.initialize());
  const state: Record<string, Tensor> = { step: scalar(1), trained };
  for (const { name, length } of step.slots) state[name] = emptyTensor('float32', [length]);
  const feeds: Record<string, Tensor> = {};
  for (const { name, type } of step.program.inputs)
    if (name!.startsWith('data:') || name === 'target') feeds[name!] = randomData(type, random);
  feeds.counter = tensorOf('uint32', [2], [0, 0]);
  feeds['learning-rate'] = scalar(learningRate);
  return { state, feeds };
}

import type { LayerNode, Layers } from '../graph/values.ts';
import { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/operation.ts';
import { type Size, type SizeSolver, sizeFromJson, sizeToJson, substitute, symbol } from '../ir/size.ts';
import { float32, type Tensor } from '../ir/tensor.ts';
import { elementCount, staticShape, type TensorType, tensorTypeFromJson, tensorTypeToJson } from '../ir/types.ts';
import { fail } from '../lib/problem.ts';
import { keyOf, Random } from '../lib/random.ts';
import type { Network, Parameter } from '../nodes/kit/context.ts';
import type { Decode, Init, LayerNodeDefinition, Mode, TypeContext, WeightSpec } from '../nodes/kit/define-node.ts';
import { dropout } from '../nodes/kit/layers.ts';
import { adaptedParameters, applyLora, prefixOf, throughAdapters } from './adaptations.ts';
import type { CheckResult } from './check.ts';
import type { Lookup } from './flatten.ts';
import type { Gathered } from './gather.ts';

/** The rows of a batch: every network input's first axis. */
export const BATCH = symbol('B');

/** The layers that the checker gathered, as data. Sizes that only a run knows stay symbols. */
export function layersOf(check: CheckResult, gathered: Gathered, graphSeed: number): Layers {
  const nodes: LayerNode[] = [];
  const seeds: Record<string, readonly [number, number]> = {};
  const inputs: Layers['inputs'][number][] = [];
  const edges: Layers['edges'][number][] = [];
  const inside = new Set(gathered.nodes);
  for (const id of gathered.nodes) {
    const node = check.graph.nodes.get(id)!;
    const { outputs, solved } = check.flat.get(id)!;
    if (node.definition.level === 'input') {
      const [port] = Object.keys(node.definition.outputs) as [string];
      const type = outputs[port] as TensorType;
      inputs.push({ node: id, column: columnOf(check, id), type: tensorTypeToJson(type) });
      continue;
    }
    nodes.push({
      id,
      type: node.definition.id,
      version: node.definition.version,
      name: node.name,
      params: node.params,
      solved: Object.fromEntries(Object.entries(solved).map(([param, size]) => [param, sizeToJson(size)])),
    });
    seeds[id] = keyOf(graphSeed, id);
    for (const port of Object.keys(node.definition.inputs))
      for (const wire of check.graph.wires.get(`${id}|${port}`) ?? [])
        if (inside.has(wire.from[0])) edges.push({ from: wire.from, to: wire.to });
  }
  return { nodes, edges, inputs, output: gathered.output!, seeds };
}

const columnOf = (check: CheckResult, id: string): string => check.reads.get(id)!.column;

/** Puts what a run found out in the place of symbols. */
export function bindLayers(layers: Layers, values: (symbol: string) => Size | undefined): Layers {
  const bind = (size: string | number) => sizeToJson(substitute(sizeFromJson(size), values));
  const type = (json: Layers['inputs'][number]['type']) => ({
    ...json,
    shape: json.shape.map(bind),
    ...(json.below !== undefined && { below: bind(json.below) }),
  });
  return {
    ...layers,
    inputs: layers.inputs.map((input) => ({ ...input, type: type(input.type) })),
    nodes: layers.nodes.map((node) => ({
      ...node,
      solved: Object.fromEntries(Object.entries(node.solved).map(([param, size]) => [param, bind(size)])),
    })),
  };
}

interface Layer {
  readonly id: string;
  readonly name: string;
  readonly definition: LayerNodeDefinition;
  readonly params: Readonly<Record<string, unknown>>;
  /** By port, in reading order. */
  readonly inputs: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly specs: Readonly<Record<string, WeightSpec>>;
}

/** A network from its layers. `trainable` overrides which parameters learn, by name. */
export function buildNetwork(
  layers: Layers,
  lookup: Lookup,
  trainable: Readonly<Record<string, boolean>> = {},
): Network {
  const inputs = layers.inputs.map(({ column, type }) => ({ column, type: tensorTypeFromJson(type) }));
  const parameters: Parameter[] = [];
  const inits = new Map<string, { init: Init; seed: readonly [number, number] }>();
  const resolved: Layer[] = [];
  const widths = new Map<string, number>();
  const linearWeights = new Set<string>();
  const dry = new Builder();
  const values = new Map<string, Value>();
  const key = (end: readonly [string, string]) => `${end[0]}|${end[1]}`;
  layers.inputs.forEach(({ node }, i) => {
    values.set(node, dry.input(`input:${i}`, inputs[i]!.type));
  });
  const ofInput = (map: ReadonlyMap<string, Value>, end: readonly [string, string]): Value =>
    map.get(key(end)) ?? map.get(end[0]) ?? fail('network/layer', `A saved network has no layer ${end[0]}.`);

  for (const node of layers.nodes) {
    const { id } = node;
    const definition = lookup(node.type);
    if (definition?.level !== 'layer')
      return fail('network/layer', `This Patchbay has no layer ${node.type}, which the network needs.`);
    const params = { ...node.params, ...node.solved };
    const wired: Record<string, (readonly [string, string])[]> = {};
    for (const { from, to } of layers.edges) if (to[0] === id) wired[to[1]] = [...(wired[to[1]] ?? []), from];
    const at: Record<string, Value | Value[] | undefined> = {};
    const types: Record<string, TensorType | TensorType[] | undefined> = {};
    for (const [port, spec] of Object.entries(definition.inputs)) {
      const all = (wired[port] ?? []).map((end) => ofInput(values, end));
      at[port] = spec.many ? all : all[0];
      types[port] = spec.many ? all.map(({ type }) => type) : all[0]?.type;
    }
    const specs: Readonly<Record<string, WeightSpec>> =
      definition.weights?.(types as never, params as never, strict(definition.title, dry.sizes)) ?? {};
    for (const [weight, spec] of Object.entries(specs)) {
      const name = `${node.name}.${weight}`;
      const shape = staticShape(spec.shape.map((size) => dry.sizes.resolve(size)));
      parameters.push({ name, shape, trainable: trainable[name] ?? true });
      inits.set(name, { init: spec.init, seed: layers.seeds[id]! });
      at[weight] = dry.input(`parameter:${name}`, { dtype: 'float32', shape });
    }
    const counter = dry.constant(0, { dtype: 'uint32', shape: [2] });
    const made = definition.build(at as never, params as never, dry, modeOf(dry, [0, 0], counter));
    for (const [port, value] of Object.entries(made)) values.set(`${id}|${port}`, value);
    // a layer's own weights: LoRA has no place beside an embedding table that a linear layer only borrows
    for (const weight of Object.keys(specs))
      if (dry.linearWeights.has(at[weight] as Value)) linearWeights.add(`${node.name}.${weight}`);
    const width = made.y?.type.shape.at(-1);
    if (typeof width === 'number' && made.y?.type.dtype === 'float32') widths.set(node.name, width);
    resolved.push({ id, name: node.name, definition, params, inputs: wired, specs });
  }

  const adaptations = layers.adaptations ?? [];
  const sites = { weights: new Map(parameters.map(({ name, shape }) => [name, shape])), widths };
  for (const adaptation of adaptations)
    for (const { name, shape, init } of adaptedParameters(adaptation, sites)) {
      parameters.push({ name, shape, trainable: trainable[name] ?? true });
      inits.set(name, { init, seed: adaptation.seed });
    }

  return {
    inputs,
    parameters,
    output: ofInput(values, layers.output).type,
    linearWeights,
    layers: resolved
      .filter(({ name }) => widths.has(name))
      .map(({ name, definition }) => ({ name, attends: definition.attends === true })),
    hasAttention: resolved.some(({ definition }) => definition.attends === true),
    initialize: () =>
      Object.fromEntries(
        parameters.map(({ name, shape }) => {
          const { init, seed } = inits.get(name)!;
          return [name, initial(init, shape, new Random(keyOf(seed[0], seed[1], name)))];
        }),
      ),
    wholeOnly: resolved.map(wholeOnly).find((reason) => reason !== undefined),
    forward(ir, { inputs: given, parameters: weights, counter, decode }) {
      const made = new Map<string, Value>();
      for (const { node, column } of layers.inputs) made.set(node, given[column]!);
      for (const adaptation of adaptations)
        if (adaptation.kind === 'lora')
          applyLora(ir, adaptation, weights, modeOf(ir, adaptation.seed, counter), dropout);
      for (const layer of resolved) {
        const at: Record<string, Value | Value[] | undefined> = {};
        for (const [port, spec] of Object.entries(layer.definition.inputs)) {
          const all = (layer.inputs[port] ?? []).map((end) => ofInput(made, end));
          at[port] = spec.many ? all : all[0];
        }
        for (const weight of Object.keys(layer.specs)) at[weight] = weights[`${layer.name}.${weight}`]!;
        const prefix = prefixOf(ir, adaptations, layer.name, weights);
        const mode: Mode = {
          ...modeOf(ir, layers.seeds[layer.id]!, counter),
          ...(prefix && { prefix }),
          ...(decode && { kind: 'decode', decode: decodeOf(decode, layer.name) }),
        };
        const results = layer.definition.build(at as never, layer.params as never, ir, mode);
        for (const [port, value] of Object.entries(results))
          made.set(
            `${layer.id}|${port}`,
            port === 'y' ? throughAdapters(ir, adaptations, layer.name, weights, value) : value,
          );
      }
      return ofInput(made, layers.output);
    },
  };
}

/** Why a layer can't go on one position at a time; undefined where it can. */
function wholeOnly({ definition, params, inputs }: Layer): string | undefined {
  if (!definition.decodes) return `${definition.title} sees the whole sequence`;
  const wired = Object.keys(inputs).filter((port) => inputs[port]!.length > 0);
  const answer = definition.decodes(params as never, wired);
  return answer === true ? undefined : answer;
}

/** What a layer keeps is named after it. */
const decodeOf = (decode: Decode, layer: string): Decode => ({
  ...decode,
  state: (name, shape) => decode.state(`${layer}.${name}`, shape),
  keep: (name, value) => decode.keep(`${layer}.${name}`, value),
  ...(decode.append && { append: (name: string, column: Value) => decode.append?.(`${layer}.${name}`, column) }),
});

function modeOf(ir: Builder, seed: readonly [number, number], counter: Value | undefined): Mode {
  return {
    kind: counter ? 'train' : 'predict',
    uniform(shape, site = '') {
      if (!counter) throw new Error('a prediction takes no random numbers');
      return ir.uniform(ir.random(counter, { key: keyOf(seed[0], seed[1], site), shape }));
    },
  };
}

/** When a network is built everything is known: a rule that still objects found something that the checker missed. */
const strict = (title: string, sizes: SizeSolver): TypeContext => ({
  symbol: (name) => fail('network/unknown-size', `${title} does not know its size ${name}.`),
  equal: (a, b) => sizes.equal(a, b),
  fail: (code, message, place) => fail(code, message, place?.hint ? { hint: place.hint } : {}),
  warn: () => undefined,
});

function initial(init: Init, shape: readonly number[], random: Random): Tensor {
  const values = new Float32Array(elementCount(shape));
  if (init === 'ones') values.fill(1);
  else if (init !== 'zeros')
    for (let i = 0; i < values.length; i++)
      values[i] = 'normal' in init ? random.normal() * init.normal : (2 * random.uniform() - 1) * init.uniform;
  return float32(shape, values);
}

import type { ModelInput, NetworkSites, WireOf, WireType } from '../graph/types.ts';
import { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/operation.ts';
import { operations } from '../ir/operations.ts';
import { addSizes, multiplySizes, nodeSymbol, type Size, SizeSolver } from '../ir/size.ts';
import type { TensorType } from '../ir/types.ts';
import { fail, type Problem, ProblemError, problemOf } from '../lib/problem.ts';
import { mapRecord } from '../lib/record.ts';
import type {
  AxisNames,
  Cost,
  InputDefinition,
  LayerNodeDefinition,
  NetworkSummary,
  NodeAbove,
  Place,
  StepDefinition,
  TypeContext,
} from '../nodes/kit/define-node.ts';
import { type AxesFound, axesFrom, layerAxes } from './axes.ts';
import { withHoles } from './blanks.ts';
import { placeOf } from './check-problems.ts';
import type { FlatNode } from './flatten.ts';

const noCost: Cost = { parameters: 0, flops: 0, memory: 0 };
const noSites: NetworkSites = { weights: [], layers: [] };

/** What was found of one node for the types that arrive at it. */
export interface Found {
  readonly outputs: Readonly<Record<string, WireType>>;
  readonly sites: NetworkSites;
  readonly reads?: ModelInput;
  readonly cost: Cost;
  /** Layers whose inputs have other axes than they work on, or are repeated along some. */
  readonly axes?: Omit<AxesFound, 'outputs'>;
  readonly problems: readonly Problem[];
  readonly solved: ReadonlyMap<string, Size>;
  /** What sizes that only a run can tell are likely to be. */
  readonly likely: ReadonlyMap<string, number>;
}

export const nothingFound: Found = {
  outputs: {},
  sites: noSites,
  cost: noCost,
  problems: [],
  solved: new Map(),
  likely: new Map(),
};

/** What a step may know of what is above it beyond its input types. */
export interface Above {
  readonly networks: readonly { readonly port: string; readonly summary: () => NetworkSummary }[];
  /** Only for steps over repetitions. */
  readonly nodes: readonly NodeAbove[];
}

/** One node alone: its types, costs and problems for given inputs. */
export function checkNode(
  node: FlatNode,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  above: Above,
  ends: readonly NonNullable<Problem['notes']>[number][],
): Found {
  const problems: Problem[] = [];
  const sizes = new SizeSolver();
  const likely = new Map<string, number>();
  const at = (place: Place) => placeOf(node, place);
  const check: TypeContext = {
    symbol(name, guess) {
      const size = nodeSymbol(name, node.id);
      if (guess !== undefined) likely.set(size.key, guess);
      return size;
    },
    equal: (a, b) => sizes.equal(a, b),
    fail: (code, message, place = {}) =>
      fail(code, message, { ...(place.hint && { hint: place.hint }), at: at(place), notes: ends }),
    warn: (code, message, place = {}) => {
      problems.push({ code, message, ...(place.hint && { hint: place.hint }), at: at(place), severity: 'warning' });
    },
  };
  const { definition } = node;
  const params = withHoles(node);
  try {
    const found =
      definition.level === 'layer'
        ? checkLayer(definition, node, inputs, params, check, sizes)
        : definition.level === 'input'
          ? checkInput(definition, inputs, params, check)
          : checkStep(definition, inputs, params, check, above);
    return { ...found, problems, solved: sizes.solved, likely };
  } catch (error) {
    if (!(error instanceof ProblemError)) problems.push(problemOf(error, { node: node.origin }));
    else
      problems.push({
        ...error.problem,
        at: error.problem.at ?? { node: node.origin },
        notes: error.problem.notes ?? ends,
        message: error.problem.at ? error.problem.message : `${node.title}: ${error.problem.message}`,
      });
    return { outputs: {}, sites: noSites, cost: noCost, problems, solved: new Map(), likely };
  }
}

type Rules = Omit<Found, 'problems' | 'solved' | 'likely'>;

function checkLayer(
  definition: LayerNodeDefinition,
  node: FlatNode,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  params: Readonly<Record<string, unknown>>,
  check: TypeContext,
  sizes: SizeSolver,
): Rules {
  const ir = new Builder(sizes);
  const values: Record<string, Value | Value[] | undefined> = {};
  const types: Record<string, TensorType | TensorType[] | undefined> = {};
  for (const [port, spec] of Object.entries(definition.inputs)) {
    const all = (inputs[port] ?? []) as WireOf<'tensor'>[];
    const plain = all.map(({ axes: _, ...type }) => type);
    const made = plain.map((type, i) => ir.input(`${port}:${i}`, type));
    values[port] = spec.many ? made : made[0];
    types[port] = spec.many ? plain : plain[0];
  }
  const specs = definition.weights?.(types as never, params as never, check) ?? {};
  for (const [name, { shape }] of Object.entries(specs)) values[name] = ir.input(name, { dtype: 'float32', shape });
  const counter = ir.input('counter', { dtype: 'uint32', shape: [2] });
  const mode = {
    kind: 'train' as const,
    uniform: (shape: readonly Size[]) => ir.uniform(ir.random(counter, { key: [0, 0], shape })),
  };
  const results = definition.build(values as never, params as never, ir, mode) as Record<string, Value>;
  const weights = Object.entries(specs).map(([name, { shape }]) => ({
    name: `${node.name}.${name}`,
    shape,
    trainable: true,
    linear: ir.linearWeights.has(values[name] as Value),
  }));
  const y = results.y?.type;
  const width = y?.dtype === 'float32' ? y.shape.at(-1) : undefined;
  const layers = width === undefined ? [] : [{ name: node.name, width, attends: definition.attends === true }];
  const { flops, memory } = forwardCost(ir.values);
  const shown = mapRecord(results, ({ type }) => type);
  const { outputs: axes, ...found } = layerAxes((definition.axes?.(params as never) ?? {}) as AxisNames, inputs, shown);
  const isOdd = found.wrong.length > 0 || Object.keys(found.repeated).length > 0;
  return {
    outputs: mapRecord(shown, (type, port) => ({
      ...type,
      kind: 'tensor' as const,
      ...(axes[port] && { axes: axes[port] }),
    })),
    ...(isOdd && { axes: found }),
    sites: { weights, layers },
    cost: { parameters: addSizes(0, ...weights.map(({ shape }) => multiplySizes(1, ...shape))), flops, memory },
  };
}

/** What one pass over these values costs. Values that only move do not count: backends alias them. */
function forwardCost(values: readonly Value[]): { flops: Size; memory: Size } {
  const flops: Size[] = [];
  const bytes: Size[] = [];
  for (const value of values) {
    if (value.op === 'input') continue;
    const operation = operations[value.op];
    flops.push(
      (operation.flops as (result: TensorType, args: readonly TensorType[], attrs: unknown) => Size)(
        value.type,
        value.args.map((arg) => arg.type),
        value.attrs,
      ),
    );
    if (!operation.moves && value.op !== 'constant') bytes.push(multiplySizes(4, ...value.type.shape));
  }
  return { flops: addSizes(0, ...flops), memory: addSizes(0, ...bytes) };
}

function checkInput(
  definition: InputDefinition,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  params: Readonly<Record<string, unknown>>,
  check: TypeContext,
): Rules {
  const types = mapRecord(definition.inputs, (_, port) => inputs[port]?.[0]);
  const { axes, ...reads } = definition.reads(types as never, params as never, check);
  const [port] = Object.keys(definition.outputs) as [string];
  const names = axesFrom(axes, reads.type.shape.length);
  return {
    outputs: { [port]: { kind: 'tensor', ...reads.type, ...(names && { axes: names }) } },
    sites: noSites,
    reads,
    cost: noCost,
  };
}

function checkStep(
  definition: StepDefinition,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  params: Readonly<Record<string, unknown>>,
  check: TypeContext,
  above: Above,
): Rules {
  const types = mapRecord(definition.inputs, (spec, port) => (spec.many ? (inputs[port] ?? []) : inputs[port]?.[0]));
  const network = (port: string) => above.networks.find((each) => each.port === port)!.summary();
  definition.variations?.(params as never, above.nodes, check);
  const outputs = definition.types(types as never, params as never, { ...check, network }) as Record<string, WireType>;
  return { outputs, sites: noSites, cost: { ...noCost, ...definition.cost?.(types as never, params as never) } };
}

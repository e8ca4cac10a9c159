import type { Adaptation } from '../graph/values.ts';
import type { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/operation.ts';
import { fail } from '../lib/problem.ts';
import type { Init, Mode } from '../nodes/kit/define-node.ts';
import { type Activation, activations, linear } from '../nodes/kit/layers.ts';

/** A parameter that an adaptation brings. */
export interface AdaptedParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Init;
}

/** What is known of a network once its layers are built: shapes of weights, widths of layers, both by name. */
export interface Sites {
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly widths: ReadonlyMap<string, number>;
}

const siteOf = (weight: string): string => weight.slice(0, weight.lastIndexOf('.'));
const missing = (name: string, target: string): never =>
  fail('network/adaptation', `The adapter ${name} is made for a network with ${target}, this one has none.`, {
    hint: 'Wire the network that the adapter was made for.',
  });

/** The parameters of an adaptation, with their names and initial values. */
export function adaptedParameters(adaptation: Adaptation, sites: Sites): AdaptedParameter[] {
  const { kind, name } = adaptation;
  return adaptation.targets.flatMap((target): AdaptedParameter[] => {
    if (kind === 'lora') {
      const [units, features] = (sites.weights.get(target) ?? missing(name, target)) as [number, number];
      const at = `${siteOf(target)}.lora.${name}`;
      // A as torch.nn.Linear starts, B zero: at first nothing changes (Hu et al., 2021)
      return [
        { name: `${at}.a`, shape: [adaptation.rank, features], init: { uniform: 1 / Math.sqrt(features) } },
        { name: `${at}.b`, shape: [units, adaptation.rank], init: 'zeros' },
      ];
    }
    const width = sites.widths.get(target) ?? missing(name, target);
    if (kind === 'prefix') {
      const spec = { shape: [adaptation.tokens, width], init: { normal: 0.02 } } as const;
      return [
        { name: `${target}.prefix.${name}.key`, ...spec },
        { name: `${target}.prefix.${name}.value`, ...spec },
      ];
    }
    const at = `${target}.adapter.${name}`;
    // near the identity at first (Houlsby et al., 2019): what goes up is zero
    return [
      { name: `${at}.down.weight`, shape: [adaptation.width, width], init: { normal: 0.02 } },
      { name: `${at}.down.bias`, shape: [adaptation.width], init: 'zeros' },
      { name: `${at}.up.weight`, shape: [width, adaptation.width], init: 'zeros' },
      { name: `${at}.up.bias`, shape: [width], init: 'zeros' },
    ];
  });
}

type Parameters = Readonly<Record<string, Value>>;

/** Puts the low-rank part beside the linear layers that it is for. */
export function applyLora(
  ir: Builder,
  adaptation: Extract<Adaptation, { kind: 'lora' }>,
  parameters: Parameters,
  mode: Mode,
  drop: (ir: Builder, x: Value, rate: number, mode: Mode, site: string) => Value,
): void {
  const { name, rank, alpha, dropout, targets } = adaptation;
  for (const target of targets) {
    const at = `${siteOf(target)}.lora.${name}`;
    ir.adapt(parameters[target]!, name, (rows) => {
      const inner = ir.matmul(drop(ir, rows, dropout, mode, target), parameters[`${at}.a`]!, { transposeY: true });
      return ir.mul(ir.matmul(inner, parameters[`${at}.b`]!, { transposeY: true }), alpha / rank);
    });
  }
}

/** Keys and values of every prefix on an attention layer, one after the other. */
export function prefixOf(
  ir: Builder,
  adaptations: readonly Adaptation[],
  layer: string,
  parameters: Parameters,
): Mode['prefix'] | undefined {
  const own = adaptations.filter(({ kind, targets }) => kind === 'prefix' && targets.includes(layer));
  if (own.length === 0) return undefined;
  const part = (which: string) =>
    ir.concat(
      own.map(({ name }) => parameters[`${layer}.prefix.${name}.${which}`]!),
      { axis: 0 },
    );
  return { key: part('key'), value: part('value') };
}

/** A layer's output through the bottlenecks that stand after it. */
export function throughAdapters(
  ir: Builder,
  adaptations: readonly Adaptation[],
  layer: string,
  parameters: Parameters,
  y: Value,
): Value {
  return adaptations.reduce((x, adaptation) => {
    if (adaptation.kind !== 'adapter' || !adaptation.targets.includes(layer)) return x;
    const part = (name: string) => parameters[`${layer}.adapter.${adaptation.name}.${name}`]!;
    const inner = linear(ir, x, part('down.weight'), part('down.bias'));
    const bent = activations[adaptation.activation as Activation](ir, inner);
    return ir.add(x, linear(ir, bent, part('up.weight'), part('up.bias')));
  }, y);
}

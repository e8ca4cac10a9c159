import type { ModelType, NetworkSites } from '../../graph/types.ts';
import type { Adaptation, Layers, Model } from '../../graph/values.ts';
import { addSizes, multiplySizes, type Size } from '../../ir/size.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import type { RunContext } from './context.ts';
import type { Place, TypeContext } from './define-node.ts';
import { line, lines } from './params.ts';

/** Patterns of names, one a line: `*` stands for any characters. */
export function matches(patterns: string, name: string): boolean {
  return patterns
    .split(/\s+/)
    .filter(Boolean)
    .some((pattern) => {
      const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
      return new RegExp(`^${parts.join('.*')}$`).test(name);
    });
}

export const adaptationParams = (title: string) => ({
  name: line({
    title: 'Name',
    description: `Of this ${title}. Two on one network need two names.`,
    default: 'default',
    max: 60,
    advanced: true,
  }),
});

export const patternParam = (value: string, description: string) =>
  lines({ title: 'Sites', description, default: value, max: 2000 });

/** A problem unless the model is a network; its sites. */
export function needNetwork(check: TypeContext, title: string, model: ModelType): NetworkSites {
  return (
    model.sites ??
    check.fail('training/no-network', `${title} needs a network, got a model for ${model.task} without layers.`, {
      port: 'model',
      hint: 'Wire a Network or a Train node to it.',
    })
  );
}

const listed = (names: readonly string[]): string => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}`;

/** Names that the patterns choose among those that fit; a problem where there are none. */
export function chosen(
  check: { fail(code: string, message: string, place?: Place): never },
  { title, patterns, names, what }: { title: string; patterns: string; names: readonly string[]; what: string },
): string[] {
  const found = names.filter((name) => matches(patterns, name));
  if (found.length > 0) return found;
  return check.fail(
    'training/no-site',
    names.length > 0
      ? `${title} finds no ${what} named ${patterns.trim().split(/\s+/).join(' or ')}; there are ${listed(names)}.`
      : `${title} needs a network with ${what}, this one has none.`,
    { param: 'sites', hint: 'Change the pattern; * stands for any characters.' },
  );
}

/** A type with some weights more, and nothing else to train. */
export function adaptedType(
  model: ModelType,
  more: readonly { readonly name: string; readonly shape: readonly Size[] }[],
): ModelType {
  const added = more.map((each) => ({ ...each, trainable: true, linear: false }));
  const own = model.sites!.weights.map((weight) => ({
    ...weight,
    trainable: weight.trainable && isAdapted(weight.name),
  }));
  return typeWith(model, [...own, ...added]);
}

export function typeWith(model: ModelType, weights: NetworkSites['weights']): ModelType {
  const count = (list: NetworkSites['weights']) => addSizes(0, ...list.map(({ shape }) => multiplySizes(1, ...shape)));
  return {
    ...model,
    sites: { ...model.sites!, weights },
    parameters: count(weights),
    trainable: count(weights.filter((weight) => weight.trainable)),
  };
}

/** Whether a parameter belongs to an adaptation: those of another one on the same network stay trainable. */
export const isAdapted = (name: string): boolean => /\.(lora|prefix|adapter)\.[^.]+\./.test(name);

export function withAdaptation(layers: Layers, adaptation: Adaptation): Layers {
  const others = layers.adaptations ?? [];
  if (others.some(({ name, kind }) => name === adaptation.name && kind === adaptation.kind))
    fail('training/same-adapter', `The network already has one named ${adaptation.name}.`, {
      hint: 'Give one of the two another name.',
    });
  return { ...layers, adaptations: [...others, adaptation] };
}

/** A model with an adaptation put beside its layers: what it had is frozen, what is new is trained. */
export async function adaptModel(model: Model, adaptation: Adaptation, context: RunContext): Promise<Model> {
  const { card } = model;
  if (!card.layers) return fail('training/no-network', 'Only networks can be adapted.');
  const layers = withAdaptation(card.layers, adaptation);
  const network = await context.networks.fromLayers(layers);
  const fresh = network.initialize();
  const tensors: Record<string, Tensor> = {};
  for (const { name } of network.parameters) tensors[name] = model.tensors[name] ?? fresh[name]!;
  const before = new Map(card.parameters.map((parameter) => [parameter.name, parameter]));
  const parameters = network.parameters.map(({ name, shape }) => {
    const old = before.get(name);
    return { name, shape: [...shape], trainable: old ? old.trainable && isAdapted(name) : true };
  });
  tell(parameters, context);
  return { card: { ...card, layers, parameters }, tensors };
}

/** Says how much is trained, counted from the tensors. */
export function tell(parameters: Model['card']['parameters'], context: RunContext): void {
  const count = (list: Model['card']['parameters']) =>
    list.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const [all, trained] = [count(parameters), count(parameters.filter((parameter) => parameter.trainable))];
  const share = all === 0 ? 0 : (100 * trained) / all;
  context.log(
    `${trained.toLocaleString('en')} of ${all.toLocaleString('en')} parameters are trained (${share.toFixed(2)} %).`,
  );
}

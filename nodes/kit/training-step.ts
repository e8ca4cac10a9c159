import type { Model, Recipe } from '../../graph/values.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { substituteTensorType, type TensorType } from '../../ir/types.ts';
import { type LossKind, type LossTerms, losses, type ObjectiveParams } from '../training/objective.ts';
import { type OptimizerParams, updateRules } from '../training/optimizer.ts';
import type { Network } from './context.ts';

export interface TrainingStepOptions {
  readonly objective: Recipe;
  readonly optimizer: Recipe;
  readonly target: TensorType;
  readonly batch: number;
  /** Micro-batches whose gradients are averaged into one step. */
  readonly accumulation: number;
  /** Largest length of the whole gradient; 0 leaves it as it is. */
  readonly clip: number;
  readonly classWeights?: number;
}

export interface TrainingStep {
  /** Forward, backward, clipping, update and metrics in one. */
  readonly program: Program;
  /** input → output of everything that goes on to the next step. */
  readonly carry: Readonly<Record<string, string>>;
  readonly parameters: readonly string[];
  readonly slots: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export const parameterInput = (name: string): string => `parameter:${name}`;
const slotInput = (slot: string, name: string): string => `slot:${slot}:${name}`;

const withBatch = (type: TensorType, batch: number): TensorType =>
  substituteTensorType(type, (symbol) => (symbol === 'B' ? batch : undefined));

function inputsFor(ir: Builder, network: Network, batch: number): Record<string, Value> {
  return Object.fromEntries(
    network.inputs.map(({ column, type }) => [column, ir.input(`data:${column}`, withBatch(type, batch))]),
  );
}

function termsOf(
  ir: Builder,
  objective: Recipe,
  output: Value,
  target: Value,
  classWeights: Value | undefined,
): LossTerms {
  const { loss, smoothing } = objective.params as ObjectiveParams;
  return losses[loss as LossKind].terms(ir, {
    output,
    target,
    smoothing,
    ...(classWeights && { classWeights }),
  });
}

/** One training step of a network as one tensor program. */
export function trainingStep(network: Network, options: TrainingStepOptions): TrainingStep {
  const { batch, accumulation, clip } = options;
  const params = options.optimizer.params as OptimizerParams;
  const rule = updateRules[params.method];
  const ir = new Builder();
  const whole = batch * accumulation;
  const data = inputsFor(ir, network, whole);
  const target = ir.input('target', withBatch(options.target, whole));
  const classWeights =
    options.classWeights === undefined
      ? undefined
      : ir.input('class-weights', { dtype: 'float32', shape: [options.classWeights] });
  const counter = ir.input('counter', { dtype: 'uint32', shape: [2] });
  const learningRate = ir.input('learning-rate', { dtype: 'float32', shape: [] });
  const step = ir.input('step', { dtype: 'float32', shape: [] });
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape }) => [name, ir.input(parameterInput(name), { dtype: 'float32', shape })]),
  );
  const trained = network.parameters.filter((parameter) => parameter.trainable);
  const wrt = trained.map(({ name }) => parameters[name]!);

  let total: Value | undefined;
  let right: Value | undefined;
  let counted: Value | undefined;
  let sums: Value[] | undefined;
  const add = (a: Value | undefined, b: Value) => (a ? ir.add(a, b) : b);
  for (let part = 0; part < accumulation; part++) {
    const rows = (value: Value) => ir.slice(value, { axis: 0, start: part * batch, length: batch });
    const inputs = Object.fromEntries(Object.entries(data).map(([column, value]) => [column, rows(value)]));
    const own = accumulation === 1 ? counter : offsetCounter(ir, counter, part);
    const output = network.forward(ir, { inputs, parameters, counter: own });
    const terms = termsOf(ir, options.objective, output, rows(target), classWeights);
    const count = ir.sum(terms.count);
    let loss = ir.div(ir.sum(terms.sum), ir.maximum(count, 1));
    for (const extra of ir.losses.slice(part * (ir.losses.length / (part + 1)))) loss = ir.add(loss, extra.value);
    const parts = gradients(ir, loss, wrt);
    sums = sums ? sums.map((sum, i) => ir.add(sum, parts[i]!)) : parts;
    total = add(total, loss);
    counted = add(counted, count);
    if (terms.correct) right = add(right, ir.sum(terms.correct));
  }
  const share = (value: Value) => (accumulation === 1 ? value : ir.mul(value, 1 / accumulation));
  let grads = sums!.map(share);
  const norm = ir.sqrt(grads.map((gradient) => ir.sum(ir.mul(gradient, gradient))).reduce((a, b) => ir.add(a, b)));
  if (clip > 0) {
    const scale = ir.minimum(ir.div(clip, ir.add(norm, 1e-6)), 1);
    grads = grads.map((gradient) => ir.mul(gradient, scale));
  }

  const outputs: Record<string, Value> = { loss: share(total!), 'gradient-norm': norm };
  if (right) outputs.accuracy = ir.div(right, ir.maximum(counted!, 1));
  const carry: Record<string, string> = { step: 'next:step' };
  outputs['next:step'] = ir.add(step, 1);
  const slotNames = rule.slots(params);
  const slots: { name: string; shape: readonly number[] }[] = [];
  trained.forEach(({ name, shape }, i) => {
    const held = slotNames.map((slot) => ir.input(slotInput(slot, name), { dtype: 'float32', shape }));
    const next = rule.update(ir, {
      parameter: parameters[name]!,
      gradient: grads[i]!,
      slots: held,
      learningRate,
      step,
      params,
    });
    const keep = (input: string, value: Value) => {
      carry[input] = `next:${input}`;
      outputs[`next:${input}`] = value;
    };
    keep(parameterInput(name), next.parameter);
    slotNames.forEach((slot, k) => {
      slots.push({ name: slotInput(slot, name), shape });
      keep(slotInput(slot, name), next.slots[k]!);
    });
  });
  return {
    program: makeProgram(ir, outputs),
    carry,
    parameters: network.parameters.map(({ name }) => parameterInput(name)),
    slots,
  };
}

/** Another counter for each micro-batch: the second word counts them. */
function offsetCounter(ir: Builder, counter: Value, part: number): Value {
  if (part === 0) return counter;
  const first = ir.slice(counter, { axis: 0, start: 0, length: 1 });
  return ir.concat([first, ir.constant(part, { dtype: 'uint32', shape: [1] })], { axis: 0 });
}

export interface ScoringProgram {
  /** For a batch: `sum`, `count` and, where it can be told, `correct`, each float32[B]. */
  readonly program: Program;
  readonly parameters: readonly string[];
}

/** What an objective says of each row, in prediction mode: for validation and for perplexity. */
export function scoringProgram(
  network: Network,
  {
    objective,
    target,
    batch,
    classWeights,
  }: Pick<TrainingStepOptions, 'objective' | 'target' | 'batch' | 'classWeights'>,
): ScoringProgram {
  const ir = new Builder();
  const inputs = inputsFor(ir, network, batch);
  const truth = ir.input('target', withBatch(target, batch));
  const weights =
    classWeights === undefined ? undefined : ir.input('class-weights', { dtype: 'float32', shape: [classWeights] });
  const parameters = parametersOf(ir, network);
  const output = network.forward(ir, { inputs, parameters });
  const { sum, count, correct } = termsOf(ir, objective, output, truth, weights);
  return {
    program: makeProgram(ir, { sum, count, ...(correct && { correct }) }),
    parameters: network.parameters.map(({ name }) => parameterInput(name)),
  };
}

function parametersOf(ir: Builder, network: Network): Record<string, Value> {
  return Object.fromEntries(
    network.parameters.map(({ name, shape }) => [name, ir.input(parameterInput(name), { dtype: 'float32', shape })]),
  );
}

/** A network's output for a batch, through `head` (softmax, a row of it …). */
export function predictionProgram(
  network: Network,
  batch: number,
  head: (ir: Builder, output: Value) => Readonly<Record<string, Value>>,
): ScoringProgram {
  const ir = new Builder();
  const inputs = inputsFor(ir, network, batch);
  const output = network.forward(ir, { inputs, parameters: parametersOf(ir, network) });
  return {
    program: makeProgram(ir, head(ir, output)),
    parameters: network.parameters.map(({ name }) => parameterInput(name)),
  };
}

/** A model's weights under the names that programs give them. */
export const parameterState = (tensors: Model['tensors']): Record<string, Model['tensors'][string]> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [parameterInput(name), tensor]));

import type { Model, Recipe } from '../../graph/values.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { stretches } from '../../ir/recompute.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { elementCount, substituteTensorType, type TensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import { type LossKind, type LossTerms, losses, type ObjectiveParams } from '../training/objective.ts';
import { type OptimizerParams, type Placed, updateRules } from '../training/optimizer.ts';
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
  /** Keeps borders of stretches and works the rest out again in the backward pass: less memory, more time. */
  readonly recompute?: boolean;
  /** Distillation: the loss is α · objective + (1 − α) · T² · KL(teacher ‖ student). */
  readonly teacher?: {
    readonly network: Network;
    readonly kind: TeacherKind;
    readonly temperature: number;
    readonly alpha: number;
  };
}

/** Offline: given and fixed. Online: learns along. Self: the student as it was an epoch ago. */
export type TeacherKind = 'offline' | 'online' | 'self';

/** What the names of a teacher's parameters begin with in a training step. */
export const TEACHER = 'teacher:';

export interface TrainingStep {
  /** Forward, backward, clipping, update and metrics in one. */
  readonly program: Program;
  /** input → output of everything that goes on to the next step. */
  readonly carry: Readonly<Record<string, string>>;
  /** The columns that a step reads. */
  readonly inputs: Network['inputs'];
  /** Inputs that hold what is not trained. */
  readonly frozen: readonly string[];
  /** Inputs that hold a teacher's parameters, unless it learns along. */
  readonly teacher: readonly string[];
  /** All trained parameters side by side in the input `trained`. */
  readonly trained: readonly Placed[];
  /** Inputs that hold what the optimizer keeps, and how many numbers each has. */
  readonly slots: readonly { readonly name: string; readonly length: number }[];
  /** Bytes that wait for the backward pass: of everything, and of what is kept rather than worked out again. */
  readonly activations: { readonly all: number; readonly kept: number };
}

/**
 * The optimizer works on one long vector rather than on each parameter: a dozen instructions instead of a dozen for
 * each, which is what a step of a small network would spend its time on.
 */
function placeParameters(parameters: Network['parameters']): { placed: Placed[]; length: number } {
  let length = 0;
  const placed = parameters.map(({ name, shape }) => {
    const at = { name, shape, start: length, length: elementCount(shape) };
    length += at.length;
    return at;
  });
  return { placed, length };
}

/** Tensors by parameter name as one long vector. */
export function joinParameters(placed: readonly Placed[], tensors: Model['tensors']): Tensor {
  const data = new Float32Array(placed.reduce((sum, { length }) => sum + length, 0));
  for (const { name, start } of placed) data.set(tensors[name]!.data as Float32Array, start);
  return { dtype: 'float32', shape: [data.length], data };
}

export const splitParameters = (placed: readonly Placed[], { data }: Tensor): Record<string, Tensor> =>
  Object.fromEntries(
    placed.map(({ name, shape, start, length }) => [
      name,
      { dtype: 'float32', shape, data: (data as Float32Array).slice(start, start + length) } satisfies Tensor,
    ]),
  );

export const parameterInput = (name: string): string => `parameter:${name}`;
const slotInput = (slot: string): string => `slot:${slot}`;

const withBatch = (type: TensorType, batch: number): TensorType =>
  substituteTensorType(type, (symbol) => (symbol === 'B' ? batch : undefined));

function inputsFor(ir: Builder, inputs: Network['inputs'], batch: number): Record<string, Value> {
  return Object.fromEntries(
    inputs.map(({ column, type }) => [column, ir.input(`data:${column}`, withBatch(type, batch))]),
  );
}

/** What two networks read, each column once. */
const allInputs = (network: Network, teacher: Network | undefined): Network['inputs'] => [
  ...network.inputs,
  ...(teacher?.inputs ?? []).filter(({ column }) => !network.inputs.some((input) => input.column === column)),
];

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

/** Nothing divided by nothing is no loss: a batch of targets that do not count. */
const NEARLY_ZERO = 1e-12;
const meanLoss = (ir: Builder, { sum, weight }: LossTerms): Value =>
  ir.div(ir.sum(sum), ir.maximum(ir.sum(weight), NEARLY_ZERO));

/** One training step of a network as one tensor program. */
export function trainingStep(network: Network, options: TrainingStepOptions): TrainingStep {
  const { batch, accumulation, clip } = options;
  const params = options.optimizer.params as OptimizerParams;
  const rule = updateRules[params.method];
  const ir = new Builder();
  const whole = batch * accumulation;
  const reads = allInputs(network, options.teacher?.network);
  const data = inputsFor(ir, reads, whole);
  const target = ir.input('target', withBatch(options.target, whole));
  const classWeights =
    options.classWeights === undefined
      ? undefined
      : ir.input('class-weights', { dtype: 'float32', shape: [options.classWeights] });
  const counter = ir.input('counter', { dtype: 'uint32', shape: [2] });
  const learningRate = ir.input('learning-rate', { dtype: 'float32', shape: [] });
  const step = ir.input('step', { dtype: 'float32', shape: [] });
  const learning = (each: Network) => each.parameters.filter((parameter) => parameter.trainable);
  const { teacher } = options;
  const along = teacher?.kind === 'online' ? teacher.network.parameters : [];
  const { placed, length } = placeParameters([
    ...learning(network),
    ...along.map((parameter) => ({ ...parameter, name: TEACHER + parameter.name })),
  ]);
  if (learning(network).length === 0)
    fail('training/nothing-to-train', 'Train needs at least one parameter that is not frozen, the model has none.', {
      hint: 'Take the Freeze node away, or let it leave some parameters free.',
    });
  const trained = ir.input('trained', { dtype: 'float32', shape: [length] });
  const frozen = network.parameters.filter((parameter) => !parameter.trainable);
  const parameters = Object.fromEntries([
    ...placed.map(({ name, shape, start, length: own }) => [
      name,
      ir.reshape(ir.slice(trained, { axis: 0, start, length: own }), { shape }),
    ]),
    ...frozen.map(({ name, shape }) => [name, ir.input(parameterInput(name), { dtype: 'float32', shape })]),
  ]) as Record<string, Value>;

  const taught = (teacher?.network.parameters ?? []).map(({ name, shape }) => [
    name,
    teacher?.kind === 'online' ? parameters[TEACHER + name]! : ir.input(TEACHER + name, { dtype: 'float32', shape }),
  ]);
  const teaching = teacher && {
    ...teacher,
    parameters: Object.fromEntries(taught) as Record<string, Value>,
    share: ir.input('teacher-share', { dtype: 'float32', shape: [] }),
  };

  let total: Value | undefined;
  let right: Value | undefined;
  let counted: Value | undefined;
  let gradient: Value | undefined;
  let activations = { all: 0, kept: 0 };
  const add = (a: Value | undefined, b: Value) => (a ? ir.add(a, b) : b);
  for (let part = 0; part < accumulation; part++) {
    const rows = (value: Value) => ir.slice(value, { axis: 0, start: part * batch, length: batch });
    const inputs = Object.fromEntries(Object.entries(data).map(([column, value]) => [column, rows(value)]));
    const own = accumulation === 1 ? counter : offsetCounter(ir, counter, part);
    const output = network.forward(ir, { inputs, parameters, counter: own });
    const terms = termsOf(ir, options.objective, output, rows(target), classWeights);
    let loss = meanLoss(ir, terms);
    if (teaching) {
      const other = teaching.network.forward(ir, {
        inputs: Object.fromEntries(teaching.network.inputs.map(({ column }) => [column, inputs[column]!])),
        parameters: teaching.parameters,
        ...(teaching.kind === 'online' && { counter: own }),
      });
      const learned = termsOf(ir, options.objective, other, rows(target), classWeights);
      loss = distilled(ir, loss, output, other, teaching);
      if (teaching.kind === 'online')
        loss = ir.add(loss, distilled(ir, meanLoss(ir, learned), other, output, teaching));
    }
    for (const extra of ir.losses.slice(part * (ir.losses.length / (part + 1)))) loss = ir.add(loss, extra.value);
    const kept = stretches(ir.values, loss, [...Object.values(data), target, counter]);
    activations = options.recompute ? kept.bytes : { all: kept.bytes.all, kept: kept.bytes.all };
    const [piece] = gradients(ir, loss, [trained], options.recompute ? kept : undefined) as [Value];
    gradient = add(gradient, piece);
    total = add(total, loss);
    counted = add(counted, ir.sum(terms.count));
    if (terms.correct) right = add(right, ir.sum(terms.correct));
  }
  const share = (value: Value) => (accumulation === 1 ? value : ir.mul(value, 1 / accumulation));
  gradient = share(gradient!);
  const norm = ir.sqrt(ir.sum(ir.mul(gradient, gradient)));
  if (clip > 0) gradient = ir.mul(gradient, ir.minimum(ir.div(clip, ir.add(norm, 1e-6)), 1));

  const outputs: Record<string, Value> = { loss: share(total!), 'gradient-norm': norm };
  if (right) outputs.accuracy = ir.div(right, ir.maximum(counted!, 1));
  const slots = rule
    .slots(params)
    .map((slot) => ({ name: slotInput(slot.name), length: slot.length?.(placed) ?? length }));
  const next = rule.update(ir, {
    parameter: trained,
    gradient,
    slots: slots.map((slot) => ir.input(slot.name, { dtype: 'float32', shape: [slot.length] })),
    placed,
    learningRate,
    step,
    params,
  });
  const carried: Record<string, Value> = {
    step: ir.add(step, 1),
    trained: next.parameter,
    ...Object.fromEntries(slots.map(({ name }, i) => [name, next.slots[i]!])),
  };
  for (const [input, value] of Object.entries(carried)) outputs[`next:${input}`] = value;
  return {
    program: makeProgram(ir, outputs),
    carry: Object.fromEntries(Object.keys(carried).map((input) => [input, `next:${input}`])),
    inputs: reads,
    frozen: frozen.map(({ name }) => parameterInput(name)),
    teacher: teacher && teacher.kind !== 'online' ? teacher.network.parameters.map(({ name }) => TEACHER + name) : [],
    trained: placed,
    slots,
    activations,
  };
}

/**
 * (1 − s) · loss + s · T² · KL(softmax(teacher / T) ‖ softmax(student / T)), a mean over rows and positions (Hinton et al.,
 * 2015). No gradient reaches the teacher.
 */
function distilled(
  ir: Builder,
  loss: Value,
  student: Value,
  teacher: Value,
  { temperature, share }: { readonly temperature: number; readonly share: Value },
): Value {
  const soft = (logits: Value) => ir.logSoftmax(ir.mul(logits, 1 / temperature));
  const wanted = ir.stopGradient(soft(teacher));
  const apart = ir.sum(ir.mul(ir.exp(wanted), ir.sub(wanted, soft(student))), { axes: [-1] });
  const divergence = ir.mul(ir.mean(apart), temperature * temperature);
  return ir.add(ir.mul(loss, ir.sub(1, share)), ir.mul(divergence, share));
}

/** Another counter for each micro-batch: the second word counts them. */
function offsetCounter(ir: Builder, counter: Value, part: number): Value {
  if (part === 0) return counter;
  const first = ir.slice(counter, { axis: 0, start: 0, length: 1 });
  return ir.concat([first, ir.constant(part, { dtype: 'uint32', shape: [1] })], { axis: 0 });
}

export interface ScoringProgram {
  /** For a batch: the `LossTerms`, each float32[B]. */
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
  const inputs = inputsFor(ir, network.inputs, batch);
  const truth = ir.input('target', withBatch(target, batch));
  const weights =
    classWeights === undefined ? undefined : ir.input('class-weights', { dtype: 'float32', shape: [classWeights] });
  const parameters = parametersOf(ir, network);
  const output = network.forward(ir, { inputs, parameters });
  return {
    program: makeProgram(ir, { ...termsOf(ir, objective, output, truth, weights) }),
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
  const inputs = inputsFor(ir, network.inputs, batch);
  const output = network.forward(ir, { inputs, parameters: parametersOf(ir, network) });
  return {
    program: makeProgram(ir, head(ir, output)),
    parameters: network.parameters.map(({ name }) => parameterInput(name)),
  };
}

/** A model's weights under the names that programs give them. */
export const parameterState = (tensors: Model['tensors']): Record<string, Model['tensors'][string]> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [parameterInput(name), tensor]));

import type { Dataset } from '../../graph/dataset.ts';
import type { Metric, Model, Recipe, Series, Table } from '../../graph/values.ts';
import { emptyTensor, float32, scalar, type Tensor, tensorOf } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import { losses } from '../training/objective.ts';
import type { OptimizerParams } from '../training/optimizer.ts';
import { type ScheduleParams, scheduleFactor } from '../training/schedule.ts';
import { batchTensor, networkFeeds, wholeBatches } from './batches.ts';
import type { CompileOptions, Executable, Named } from './compute.ts';
import type { Network, RunContext } from './context.ts';
import { describeValue, firstNonFinite } from './non-finite.ts';
import { balancedWeights, objectiveParams } from './targets.ts';
import type { TrainingParams } from './training-params.ts';
import { type TrainingParts, trainingPrograms } from './training-programs.ts';
import { weightsReport } from './training-report.ts';
import {
  joinParameters,
  parameterInput,
  parameterState,
  splitParameters,
  TEACHER,
  type TeacherKind,
  type TrainingStep,
} from './training-step.ts';

export interface TrainingInputs {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly validation: Dataset | undefined;
  readonly objective: Recipe;
  readonly optimizer: Recipe;
  readonly schedule: Recipe | undefined;
  /** A network whose answers are learned from too. */
  readonly teacher?: {
    readonly model: Model;
    readonly kind: TeacherKind;
    readonly temperature: number;
    readonly alpha: number;
  };
}

/** What a checkpoint keeps beside tensors. The order of rows follows from seed and step, so no more is needed. */
interface Progress {
  step: number;
  series: Series[];
  best: { loss: number; step: number; since: number } | null;
  stopped: boolean;
  /** Spent on steps and looks so far, whoever took them. Measured, so it differs from run to run. */
  seconds: number;
}

/** How long steps may be taken together: people wait as long for a cancel to arrive (200 ms in a page are too long), and for curves to go on. */
const TOGETHER_MS = 120;

/** The loop of a training: batches, live curves, looks at validation rows, checkpoints, resuming. */
export class Training {
  readonly #inputs: TrainingInputs;
  readonly #params: TrainingParams;
  readonly #context: RunContext;
  readonly #network: Network;
  readonly #program: TrainingStep;
  readonly #step: Executable;
  readonly #products: Pick<CompileOptions, 'products'>;
  readonly #score: Executable | undefined;
  readonly #target: { column: string; dtype: Tensor['dtype'] };
  readonly #classWeights: Tensor | undefined;
  readonly #batch: number;
  readonly #total: number;
  #progress: Progress = { step: 0, series: [], best: null, stopped: false, seconds: 0 };
  #best: Record<string, Tensor> = {};
  #order: { epoch: number; rows: Int32Array } | undefined;

  private constructor(parts: {
    inputs: TrainingInputs;
    params: TrainingParams;
    context: RunContext;
    network: Network;
    program: TrainingStep;
    step: Executable;
    products: Pick<CompileOptions, 'products'>;
    score: Executable | undefined;
    target: { column: string; dtype: Tensor['dtype'] };
    classWeights: Tensor | undefined;
    batch: number;
  }) {
    this.#inputs = parts.inputs;
    this.#params = parts.params;
    this.#context = parts.context;
    this.#network = parts.network;
    this.#program = parts.program;
    this.#step = parts.step;
    this.#products = parts.products;
    this.#score = parts.score;
    this.#target = parts.target;
    this.#classWeights = parts.classWeights;
    this.#batch = parts.batch;
    this.#total = parts.params.length === 'steps' ? parts.params.steps : parts.params.epochs * this.#stepsPerEpoch;
  }

  static async begin(inputs: TrainingInputs, chosen: TrainingParams, context: RunContext): Promise<Training> {
    const { dataset: data, objective, optimizer, validation, teacher } = inputs;
    if (data.rows === 0) return fail('training/no-rows', 'Train needs at least one row, the data set has none.');
    const network = await context.networks.fromModel(inputs.model);
    const parts: TrainingParts = {
      network,
      dataset: data.type,
      validation: validation?.type,
      objective,
      optimizer,
      ...(teacher && { teacher: { ...teacher, network: await context.networks.fromModel(teacher.model) } }),
    };
    const { column, target, batch, hasClassWeights, step: program, scoring } = trainingPrograms(parts, chosen);
    if (batch < chosen.batch)
      context.log(`The data set has ${data.rows} rows: the batch is ${batch} rather than ${chosen.batch}.`);
    const weights = hasClassWeights ? balancedWeights(data, column) : undefined;
    const compute = await context.compute();
    if (chosen.recompute) {
      const { all, kept } = program.activations;
      context.log(
        kept < all
          ? `Recompute: ${megabytes(kept)} of results of the forward pass are in memory at one time, instead of ${megabytes(all)}.`
          : 'Recompute: this network is too small to save memory by it.',
      );
    }
    const narrow = chosen.precision === 'bfloat16' && (await compute.multipliesBfloat16?.()) === true;
    if (chosen.precision === 'bfloat16' && !narrow)
      context.log(`Precision: ${compute.device.title} has no products in bfloat16, so they are made in float32.`);
    const products: Pick<CompileOptions, 'products'> = narrow ? { products: 'bfloat16' } : {};
    const more = weights ? ['class-weights'] : [];
    const step = await compute.compile(program.program, {
      carry: program.carry,
      overwrite: program.slots.map(({ name }) => name),
      keep: [...program.frozen, ...program.teacher, ...more],
      repeats: true,
      ...products,
    });
    const score = scoring && (await compute.compile(scoring.program, { keep: [...scoring.parameters, ...more] }));
    return new Training({
      inputs,
      params: chosen,
      context,
      network,
      program,
      step,
      products,
      score,
      target,
      classWeights: weights && float32([weights.length], weights),
      batch,
    });
  }

  get #stepsPerEpoch(): number {
    return Math.max(1, Math.floor(this.#inputs.dataset.rows / (this.#batch * this.#params.accumulation)));
  }

  async loop(): Promise<void> {
    await this.#restore();
    let saved = now();
    let began = saved;
    let msPerStep = Number.POSITIVE_INFINITY;
    while (this.#progress.step < this.#total && !this.#progress.stopped) {
      const started = now();
      const untilSave = saved + this.#context.checkpoints.everySeconds * 1000 - started;
      const count = this.#together(Math.min(TOGETHER_MS, untilSave) / msPerStep);
      await this.#take(count);
      msPerStep = Math.max(1, now() - started) / count;
      const { step } = this.#progress;
      if (this.#inputs.teacher?.kind === 'self' && step % this.#stepsPerEpoch === 0) await this.#becomeTeacher();
      const every = this.#params.evaluateEvery;
      if (this.#score && every > 0 && step % every === 0 && step < this.#total) await this.#look();
      if (now() - saved > this.#context.checkpoints.everySeconds * 1000) {
        this.#progress.seconds += (now() - began) / 1000;
        await this.#save();
        saved = now();
        began = saved;
      }
      await this.#context.breathe();
    }
    this.#progress.seconds += (now() - began) / 1000;
  }

  /** How many steps to take in one call: at most so many, and none beyond the next at which something is looked at. */
  #together(most: number): number {
    const { several } = this.#step;
    if (!several) return 1;
    const { step } = this.#progress;
    const upTo = (every: number) => every - (step % every);
    const { evaluateEvery } = this.#params;
    const limits = [several.most, Math.floor(most), this.#total - step];
    if (this.#score && evaluateEvery > 0) limits.push(upTo(evaluateEvery));
    if (this.#inputs.teacher?.kind === 'self') limits.push(upTo(this.#stepsPerEpoch));
    return Math.max(1, Math.min(...limits));
  }

  async #take(count: number): Promise<void> {
    const from = this.#progress.step;
    const feeds = Array.from({ length: count }, (_, i) => this.#feedsOf(from + i));
    const { several } = this.#step;
    const all = count > 1 && several ? await several.run(feeds) : [await this.#step.run(feeds[0])];
    for (const [i, results] of all.entries()) {
      const step = from + i + 1;
      const loss = results.loss!.data[0]!;
      if (!Number.isFinite(loss))
        fail('training/not-finite', `The loss became ${loss} at step ${step}${await this.#cause(feeds[i]!, i)}.`, {
          hint: 'Lower the learning rate, or clip the gradient.',
        });
      this.#progress.step = step;
      this.#point('loss', loss);
      this.#point('gradient norm', results['gradient-norm']!.data[0]!);
      this.#point('learning rate', this.#learningRate(step - 1));
      if (results.accuracy && this.#inputs.model.card.task !== 'causal-lm')
        this.#point('accuracy', results.accuracy.data[0]!);
      this.#context.progress(step / this.#total, `step ${step} of ${this.#total}`);
    }
  }

  /** What a step is fed: a function of its number, whichever steps are taken with it. */
  #feedsOf(step: number): Named {
    const { dataset: data, teacher } = this.#inputs;
    const rows = this.#rowsOf(step);
    return {
      ...networkFeeds(this.#program.inputs, data, rows),
      target: batchTensor(data.column(this.#target.column), this.#target.dtype, rows, { target: true }),
      counter: tensorOf('uint32', [2], [step, 0]),
      'learning-rate': scalar(this.#learningRate(step)),
      ...(teacher && { 'teacher-share': scalar(this.#teacherShare(step)) }),
    };
  }

  #learningRate(step: number): number {
    const { optimizer: how, schedule: plan } = this.#inputs;
    const factor = plan ? scheduleFactor(plan.params as ScheduleParams, step, this.#total) : 1;
    return (how.params as OptimizerParams).learningRate * factor;
  }

  /** Where the numbers went wrong in a step of the last call: it runs again, looked at from within. */
  async #cause(feeds: Named, run: number): Promise<string> {
    const { program, slots, frozen, teacher, trained } = this.#program;
    const before = await this.#step.before?.(['step', 'trained'], run);
    if (!before) return '';
    // what the optimizer keeps comes after the loss: it has no part in where the loss went wrong
    const rest = [...slots.map(({ name }) => name), ...frozen, ...teacher];
    const kept = await this.#step.read([...rest, ...(this.#classWeights ? ['class-weights'] : [])]);
    const inputs = { ...before, ...kept, ...feeds };
    const first = await firstNonFinite(await this.#context.compute(), program, inputs, this.#products);
    return first ? `: the first number that is not finite comes from ${describeValue(first, trained)}` : '';
  }

  /** How much the teacher counts: a network that is its own teacher has none in its first epoch. */
  #teacherShare(step: number): number {
    const { teacher } = this.#inputs;
    if (!teacher || (teacher.kind === 'self' && step < this.#stepsPerEpoch)) return 0;
    return 1 - teacher.alpha;
  }

  /** Self-distillation: what the network is now teaches the next epoch (Kim et al., 2021). */
  async #becomeTeacher(): Promise<void> {
    const weights = await this.#weights();
    await this.#step.write(
      Object.fromEntries(this.#program.teacher.map((name) => [name, weights[name.slice(TEACHER.length)]!])),
    );
  }

  /** Which rows a step takes: a function of seed and step alone, so that a resumed training takes the same. */
  #rowsOf(step: number): Int32Array {
    const epoch = Math.floor(step / this.#stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      const { rows } = this.#inputs.dataset;
      const order = this.#params.shuffle
        ? this.#context.random.fork('epoch', epoch).permutation(rows)
        : Int32Array.from({ length: rows }, (_, i) => i);
      this.#order = { epoch, rows: order };
    }
    const size = this.#batch * this.#params.accumulation;
    const start = (step % this.#stepsPerEpoch) * size;
    return this.#order.rows.subarray(start, start + size);
  }

  /** A look at the validation data with the weights as they are. */
  async #look(): Promise<void> {
    const seen = await this.#validate(await this.#weights(), this.#params.evaluateRows);
    if (!seen) return;
    this.#point('validation loss', seen.loss);
    if (seen.accuracy !== undefined) this.#point('validation accuracy', seen.accuracy);
    await this.#compareWithBest(seen.loss, this.#progress.step);
  }

  /** What the objective says of the first so many validation rows; 0 takes all. */
  async #validate(
    weights: Readonly<Record<string, Tensor>>,
    most: number,
  ): Promise<{ loss: number; accuracy?: number } | undefined> {
    const { validation } = this.#inputs;
    if (!this.#score || !validation || validation.rows === 0) return undefined;
    await this.#score.write(parameterState(weights));
    if (this.#classWeights) await this.#score.write({ 'class-weights': this.#classWeights });
    const limit = most === 0 ? validation.rows : Math.min(validation.rows, most);
    const totals = { sum: 0, weight: 0, count: 0, correct: 0 };
    let knowsRight = false;
    for (const { indices, real: rows } of wholeBatches(limit, Math.min(this.#batch, validation.rows))) {
      const results = await this.#score.run({
        ...networkFeeds(this.#network.inputs, validation, indices),
        target: batchTensor(validation.column(this.#target.column), this.#target.dtype, indices, { target: true }),
      });
      knowsRight = results.correct !== undefined;
      for (let i = 0; i < rows; i++) {
        totals.sum += results.sum!.data[i]!;
        totals.weight += results.weight!.data[i]!;
        totals.count += results.count!.data[i]!;
        totals.correct += results.correct?.data[i] ?? 0;
      }
      await this.#context.breathe();
    }
    const loss = totals.weight > 0 ? totals.sum / totals.weight : 0;
    const judges = knowsRight && this.#inputs.model.card.task !== 'causal-lm';
    return { loss, ...(judges && { accuracy: totals.correct / Math.max(1, totals.count) }) };
  }

  /** All weights as they are now: the trained ones from the device, the others as they came. */
  async #weights(): Promise<Record<string, Tensor>> {
    const { trained } = await this.#step.read(['trained']);
    const own = Object.entries(splitParameters(this.#program.trained, trained!));
    return {
      ...this.#inputs.model.tensors,
      ...Object.fromEntries(own.filter(([name]) => !name.startsWith(TEACHER))),
    };
  }

  /** What was not to be trained, as the device has it now. */
  async #frozen(): Promise<Record<string, Tensor>> {
    const names = this.#program.frozen;
    const read = names.length > 0 ? await this.#step.read(names) : {};
    return Object.fromEntries(names.map((name) => [name.slice(parameterInput('').length), read[name]!]));
  }

  async #compareWithBest(loss: number, step: number): Promise<void> {
    if (this.#params.patience === 0) return;
    const { best } = this.#progress;
    if (!best || loss < best.loss) {
      this.#progress.best = { loss, step, since: 0 };
      this.#best = await this.#weights();
      return;
    }
    this.#progress.best = { ...best, since: best.since + 1 };
    if (best.since + 1 >= this.#params.patience) {
      this.#progress.stopped = true;
      this.#context.log(`Stopped at step ${step}: the validation loss was best at step ${best.step}.`);
    }
  }

  #point(name: string, value: number): void {
    const { step, series } = this.#progress;
    let curve = series.find((each) => each.name === name);
    if (!curve) {
      curve = { name, steps: [], values: [] };
      series.push(curve);
    }
    curve.steps.push(step);
    curve.values.push(value);
    this.#context.point(name, step, value);
  }

  async #restore(): Promise<void> {
    const { tensors } = this.#inputs.model;
    const { trained, slots, frozen, teacher } = this.#program;
    const taught = Object.fromEntries(
      Object.entries(this.#inputs.teacher?.model.tensors ?? {}).map(([name, tensor]) => [TEACHER + name, tensor]),
    );
    const parameters = joinParameters(trained, { ...tensors, ...taught });
    const state: Record<string, Tensor> = { step: scalar(1), trained: parameters };
    for (const { name, length } of slots) state[name] = emptyTensor('float32', [length]);
    // frozen weights and a teacher's are the models' own, so the device gets copies of them
    const others: Record<string, Tensor> = {};
    for (const name of frozen) others[name] = parameterState(tensors)[name]!;
    for (const name of teacher) others[name] = taught[name]!;
    const checkpoint = await this.#context.checkpoints.load();
    if (checkpoint) {
      this.#progress = structuredCopy(checkpoint.state as Progress);
      for (const [name, tensor] of Object.entries(checkpoint.tensors))
        if (name.startsWith('best:')) this.#best[name.slice(5)] = tensor;
        else if (name in others) others[name] = tensor;
        else state[name] = tensor;
      for (const curve of this.#progress.series)
        for (const [i, step] of curve.steps.entries())
          this.#context.point(curve.name, step, curve.values[i] ?? Number.NaN);
      this.#context.log(`Goes on from step ${this.#progress.step}.`);
    }
    await this.#step.write(state, { given: true });
    await this.#step.write({ ...others, ...(this.#classWeights && { 'class-weights': this.#classWeights }) });
  }

  async #save(): Promise<void> {
    const changing = this.#inputs.teacher?.kind === 'self' ? this.#program.teacher : [];
    const names = ['step', 'trained', ...this.#program.slots.map(({ name }) => name), ...changing];
    const best = Object.entries(this.#best).map(([name, tensor]) => [`best:${name}`, tensor] as const);
    await this.#context.checkpoints.save({
      tensors: { ...(await this.#step.read(names)), ...Object.fromEntries(best) },
      state: this.#progress,
    });
  }

  async finish(): Promise<{ model: Model; metrics: { values: Metric[]; tables: Table[]; series: Series[] } }> {
    await this.#look();
    const useBest = this.#progress.best !== null && this.#progress.best.since > 0;
    const tensors = useBest ? this.#best : await this.#weights();
    // the numbers of the report are those of the weights that are given back, over every validation row
    const final = await this.#validate(tensors, 0);
    const { model: before, dataset: data, objective: goal } = this.#inputs;
    const target = data.column(this.#target.column);
    const report = weightsReport({
      parameters: before.card.parameters,
      before: before.tensors,
      after: { ...tensors, ...(await this.#frozen()) },
      slots: this.#program.slots.reduce((sum, { length }) => sum + length, 0),
      seconds: this.#progress.seconds,
    });
    await this.#step.dispose();
    await this.#score?.dispose();
    return {
      model: {
        card: {
          ...before.card,
          signature: {
            ...before.card.signature,
            inputs: before.card.signature.inputs.map(({ column, type }) => {
              const { origin } = data.column(column);
              return { column, type, ...(origin && { origin }) };
            }),
            target: this.#target.column,
            ...((target.data.kind === 'category' || target.data.kind === 'tags') && {
              categories: [...target.data.categories],
            }),
          },
          transforms: { ...before.card.transforms, ...data.transforms },
          training: {
            steps: this.#progress.step,
            rows: data.rows,
            objective: losses[objectiveParams(goal).loss].label,
          },
        },
        tensors,
      },
      metrics: {
        values: [...this.#summary(final), ...report.values],
        tables: [report.table],
        series: this.#progress.series,
      },
    };
  }

  #summary(final: { loss: number; accuracy?: number } | undefined): Metric[] {
    const last = (name: string) => this.#progress.series.find((each) => each.name === name)?.values.at(-1);
    const values: Metric[] = [];
    const add = (name: string, value: number | null | undefined, better: Metric['better']) => {
      if (value !== undefined) values.push({ name, value, better });
    };
    add('loss', last('loss'), 'lower');
    add('accuracy', last('accuracy'), 'higher');
    add('validation.loss', final?.loss, 'lower');
    add('validation.accuracy', final?.accuracy, 'higher');
    return values;
  }
}

/** Milliseconds: for when to save, and for the time that a training reports. No weight depends on it. */
const now = (): number => Date.now();

const megabytes = (bytes: number): string => `${Number((bytes / 1e6).toPrecision(3))} MB`;

const structuredCopy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

import type { Finding, Rule } from './scene.ts';

const trainers = ['training/train', 'training/distill'] as const;

/** Rates that work, by method. Outside of these a training diverges, or does not move. */
const rates: Readonly<Record<string, { readonly low: number; readonly high: number; readonly usual: number }>> = {
  sgd: { low: 1e-5, high: 1, usual: 0.1 },
  rmsprop: { low: 1e-6, high: 0.03, usual: 0.001 },
  adam: { low: 1e-6, high: 0.03, usual: 0.001 },
  adamw: { low: 1e-6, high: 0.03, usual: 0.001 },
  adafactor: { low: 1e-6, high: 0.1, usual: 0.01 },
};

/** Rules about how a network is trained. */
export const trainingRules: readonly Rule[] = [
  {
    code: 'lint/learning-rate',
    replaces: 'training/learning-rate',
    title: 'Learning rate out of the usual range',
    reason:
      'Adam and its kin move each weight by about the learning rate at every step, whatever the gradient is: far above 0.01 they jump about, far below 0.000001 they stand still. Plain gradient descent bears more.',
    *find(scene): Iterable<Finding> {
      for (const optimizer of scene.of('training/optimizer')) {
        const { method, learningRate } = optimizer.params as { method: string; learningRate: number };
        const range = rates[method];
        if (!range || (learningRate >= range.low && learningRate <= range.high)) continue;
        const what =
          learningRate === 0
            ? 'is 0, so nothing is learned'
            : learningRate > range.high
              ? `is far above ${range.high}, where ${method} tends to diverge`
              : `is far below ${range.low}, so training hardly moves`;
        yield {
          at: optimizer,
          param: 'learningRate',
          message: `The learning rate of ${optimizer.title} ${what}.`,
          hint: `Begin with ${range.usual}.`,
          fixes: scene.setParam(optimizer, 'learningRate', range.usual, `Set the learning rate to ${range.usual}`),
        };
      }
    },
  },
  {
    code: 'lint/coupled-decay',
    title: 'Weight decay inside Adam',
    reason:
      'Adam divides the decay by the same scale as the gradient, so weights with large gradients hardly decay. AdamW keeps the two apart (Loshchilov and Hutter, 2019).',
    *find(scene): Iterable<Finding> {
      for (const optimizer of scene.of('training/optimizer')) {
        const { method, weightDecay } = optimizer.params as { method: string; weightDecay: number };
        if (method !== 'adam' || !(weightDecay > 0)) continue;
        yield {
          at: optimizer,
          param: 'weightDecay',
          message: `${optimizer.title} mixes weight decay into Adam's gradients.`,
          hint: 'Use AdamW, or set the decay to 0.',
          fixes: [
            ...scene.setParam(optimizer, 'method', 'adamw', 'Use AdamW'),
            ...scene.setParam(optimizer, 'weightDecay', 0, 'Set the decay to 0'),
          ],
        };
      }
    },
  },
  {
    code: 'lint/warmup-too-long',
    title: 'Warm-up as long as the training',
    reason:
      'The learning rate reaches its value only at the end of the warm-up. If the training is over by then, it never had it.',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of(...trainers)) {
        const schedule = scene.source(train, 'schedule');
        const warmup = Number(schedule?.params.warmup ?? 0);
        const steps = Number(train.params.steps);
        if (!schedule || train.params.length !== 'steps' || warmup === 0 || warmup * 2 <= steps) continue;
        const usual = Math.max(1, Math.round(steps / 10));
        yield {
          at: schedule,
          param: 'warmup',
          message: `${schedule.title} warms up for ${warmup} of the ${steps} steps that ${train.title} takes.`,
          hint: 'Warm up for a tenth of the steps.',
          other: train,
          fixes: scene.setParam(schedule, 'warmup', usual, `Warm up for ${usual} steps`),
        };
      }
    },
  },
  {
    code: 'lint/batch-larger-than-data',
    title: 'Batch larger than the data',
    reason: 'A batch then holds rows twice, and every step is the same step.',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of(...trainers)) {
        const rows = scene.rows(train, 'dataset');
        const batch = Number(train.params.batch);
        if (rows === undefined || rows === 0 || batch <= rows) continue;
        const fitting = 2 ** Math.max(0, Math.floor(Math.log2(rows / 4)));
        yield {
          at: train,
          param: 'batch',
          message: `${train.title} takes ${batch} rows a step, the data set has ${rows}.`,
          hint: 'Take fewer rows a step.',
          other: scene.source(train, 'dataset'),
          fixes: scene.setParam(train, 'batch', fitting, `Take ${fitting} rows a step`),
        };
      }
    },
  },
  {
    code: 'lint/patience-without-validation',
    title: 'Patience without validation rows',
    reason:
      'Early stopping compares measurements on validation rows. Without them it has nothing to compare and never stops.',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of(...trainers)) {
        if (Number(train.params.patience ?? 0) === 0 || scene.wires(train, 'validation').length > 0) continue;
        yield {
          at: train,
          param: 'patience',
          message: `${train.title} waits for the validation to get better, but has no validation rows.`,
          hint: 'Wire validation rows, or set the patience to 0.',
          fixes: scene.setParam(train, 'patience', 0, 'Set the patience to 0'),
        };
      }
    },
  },
  {
    code: 'lint/no-clipping',
    title: 'Recurrent network without clipping',
    reason:
      'Gradients through many steps of a recurrent network can grow without bound; one such step ruins what was learned (Pascanu et al., 2013).',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of(...trainers)) {
        if (Number(train.params.clip ?? 1) !== 0) continue;
        const recurrent = scene
          .network(train)
          ?.layers.find(({ definition }) => /^network\/(rnn|lstm|gru)$/.test(definition.id));
        if (!recurrent) continue;
        yield {
          at: train,
          param: 'clip',
          message: `${train.title} does not clip the gradients of ${recurrent.title}.`,
          hint: 'Clip them to a norm of 1.',
          other: recurrent,
          fixes: scene.setParam(train, 'clip', 1, 'Clip to 1'),
        };
      }
    },
  },
  {
    code: 'lint/unfrozen-base',
    title: 'Unfrozen base under an adapter',
    reason:
      'LoRA, prefix tuning and adapters train a few numbers beside a network that stays as it is. With the network unfrozen, all of it is trained, and switching the adapter off no longer gives the old network back.',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of(...trainers)) {
        const port = train.definition.id === 'training/distill' ? 'student' : 'model';
        const weights = scene.input(train, port, 'model')?.sites?.weights ?? [];
        const isAdapter = (name: string) => /\.(lora|prefix|adapter)\./.test(name);
        const base = weights.filter(({ name, trainable }) => trainable && !isAdapter(name));
        if (base.length === 0 || !weights.some(({ name }) => isAdapter(name))) continue;
        const freeze = scene.source(train, port);
        yield {
          at: train,
          port,
          message: `${train.title} also changes ${base.length} ${base.length === 1 ? 'tensor' : 'tensors'} of the network that an adapter was put beside, such as ${base[0]!.name}.`,
          hint: 'Take away the Freeze that comes after the adapter, or put it before.',
          other: freeze,
          fixes:
            freeze?.definition.id === 'training/freeze' && freeze.id === freeze.origin
              ? [
                  {
                    label: `Bypass ${freeze.title}`,
                    edits: [{ path: ['nodes', freeze.origin, 'bypassed'], value: true }],
                  },
                ]
              : [],
        };
      }
    },
  },
  {
    code: 'lint/never-all-rows',
    title: 'Less than a tenth of the rows is seen',
    reason: 'A training that is shorter than its data set learns from its first batches alone.',
    *find(scene): Iterable<Finding> {
      for (const train of scene.of('training/train')) {
        const rows = scene.rows(train, 'dataset');
        const { length, steps, batch, accumulation = 1 } = train.params as Record<string, number> & { length: unknown };
        if (rows === undefined || length !== 'steps') continue;
        const seen = Number(steps) * Number(batch) * Number(accumulation);
        if (seen * 10 >= rows) continue;
        const whole = Math.ceil(rows / (Number(batch) * Number(accumulation)));
        yield {
          at: train,
          param: 'steps',
          message: `${train.title} sees ${seen} of ${rows} rows.`,
          hint: `Take ${whole} steps to see each row once.`,
          fixes: scene.setParam(train, 'steps', whole, `Take ${whole} steps`),
        };
      }
    },
  },
];

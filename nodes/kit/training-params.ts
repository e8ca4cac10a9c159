import { z } from 'zod';
import { choice, flag, integer, real } from './params.ts';

/** How long and in what batches a training goes. */
export const trainingParams = {
  length: choice(['steps', 'epochs'], {
    title: 'Length in',
    description: 'A step is one batch, an epoch is every row once.',
    default: 'steps',
    labels: { steps: 'Steps', epochs: 'Epochs' },
  }),
  steps: integer({
    title: 'Steps',
    description: 'How many batches to learn from.',
    default: 200,
    min: 1,
    max: 10_000_000,
    when: { length: ['steps'] },
  }),
  epochs: integer({
    title: 'Epochs',
    description: 'How often to go through all rows.',
    default: 5,
    min: 1,
    max: 100_000,
    when: { length: ['epochs'] },
  }),
  batch: integer({ title: 'Batch', description: 'Rows in one step.', default: 16, min: 1, max: 65_536 }),
  accumulation: integer({
    title: 'Accumulation',
    description: 'Batches whose gradients are averaged into one step.',
    default: 1,
    min: 1,
    max: 64,
    advanced: true,
  }),
  recompute: flag({
    title: 'Recompute',
    description: 'Keeps less from the forward pass and works the rest out again: less memory, about a third more time.',
    default: false,
    advanced: true,
  }),
  precision: choice(['float32', 'bfloat16'], {
    title: 'Precision',
    description:
      'Products in bfloat16 where the device has it: faster, about three digits. Weights and all else stay float32.',
    default: 'float32',
    labels: { float32: 'float32', bfloat16: 'bfloat16 products' },
    advanced: true,
  }),
  clip: real({
    title: 'Clip gradient',
    description: 'Largest length of the gradient of all parameters; 0 leaves it as it is.',
    default: 1,
    min: 0,
    max: 1000,
    step: 0.5,
    advanced: true,
  }),
  shuffle: flag({
    title: 'Shuffle',
    description: 'Goes through the rows in a new order in each epoch.',
    default: true,
    advanced: true,
  }),
  evaluateEvery: integer({
    title: 'Validate every',
    description: 'Steps between two looks at the validation data; 0 looks at the end only.',
    default: 50,
    min: 0,
    max: 10_000_000,
  }),
  evaluateRows: integer({
    title: 'Validation rows',
    description: 'How many validation rows a look takes; 0 takes all. The final numbers are always over all.',
    default: 256,
    min: 0,
    max: 100_000_000,
    advanced: true,
  }),
  patience: integer({
    title: 'Patience',
    description:
      'Stops after so many looks without a better validation loss and keeps the best weights; 0 never stops early.',
    default: 0,
    min: 0,
    max: 10_000,
    advanced: true,
  }),
};
const schema = z.object(trainingParams);
export type TrainingParams = z.infer<typeof schema>;

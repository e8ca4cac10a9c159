import { z } from 'zod';
import type { Problem } from '../lib/problem.ts';
import { figureSchema } from './values.ts';

const problem = z.custom<Problem>(
  (value) => typeof value === 'object' && value !== null && 'code' in value && 'message' in value,
);
const reference = z.object({ kind: z.string(), sha256: z.string(), bytes: z.number() });

/** What a run tells while it runs. `data` of each kind; numbers are what was computed, unrounded. */
export const eventData = {
  /** The run has begun: which steps there are, what computes and why. */
  started: z.object({
    backend: z.string(),
    device: z.string(),
    reason: z.string(),
    threads: z.number(),
    steps: z.array(z.object({ id: z.string(), node: z.string() })),
  }),
  /** A step has begun. */
  running: z.object({ step: z.string() }),
  /** How far the step is, from 0 to 1. */
  progress: z.object({ fraction: z.number(), note: z.string().optional() }),
  /** New points of a curve. */
  points: z.object({ series: z.string(), steps: z.array(z.number()), values: z.array(z.number().nullable()) }),
  /** Something to look at while the step still runs. */
  preview: z.object({ port: z.string(), figure: figureSchema }),
  log: z.object({ message: z.string() }),
  /** A step is done; `cached` says that its stored values were taken instead of running it. */
  done: z.object({
    step: z.string(),
    cached: z.boolean(),
    /** The step's cache key: the store keeps the outputs under it. */
    key: z.string(),
    ms: z.number(),
    outputs: z.record(z.string(), reference),
  }),
  /** Something is wrong with the node. */
  problem: z.object({ problem }),
  /** The run has ended. Nothing follows. */
  finished: z.object({ status: z.enum(['succeeded', 'failed', 'cancelled']), ms: z.number() }),
} as const;
export type EventKind = keyof typeof eventData;
export type EventData<K extends EventKind> = z.infer<(typeof eventData)[K]>;

/** Gap-free per run: `seq` counts 1, 2, 3 … */
export type RunEvent = {
  [K in EventKind]: {
    readonly run: string;
    readonly seq: number;
    /** Milliseconds since the epoch, by the clock of whoever computes. */
    readonly at: number;
    /** Absent where the event is about the run as a whole. */
    readonly node?: string;
    readonly kind: K;
    readonly data: EventData<K>;
  };
}[EventKind];

const base = { run: z.string(), seq: z.int().min(1), at: z.number(), node: z.string().optional() };
export const runEventSchema = z.discriminatedUnion(
  'kind',
  Object.entries(eventData).map(([kind, data]) => z.object({ ...base, kind: z.literal(kind), data })) as never,
) as unknown as z.ZodType<RunEvent>;

export * from './curve.ts';

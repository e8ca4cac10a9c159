import type { RunEvent } from '../../graph/events.ts';
import type { Calibration } from '../../ir/roofline.ts';
import type { Outputs } from '../store.ts';

/** What a runner and its compute child say to each other. The child has no token and no network of its own. */
export interface Job {
  readonly kind: 'run';
  readonly run: string;
  readonly document: unknown;
  readonly targets: readonly string[] | null;
  readonly fresh: boolean;
  readonly continues: Readonly<Record<string, string>> | null;
  /** Whose stored values these are. */
  readonly scope: string;
}

/** What the child asks, with the answer of each. */
export interface Questions {
  /** What steps with these keys gave before, as far as the server knows. */
  lookup: { ask: { keys: readonly string[] }; answer: Readonly<Record<string, Outputs>> };
  /** Brings a value into the child's folder; false where the server has none or this run may not read it. */
  fetch: { ask: { sha256: string }; answer: boolean };
  /** Brings the newest checkpoint of a step: the path of a file that the child may take away. */
  checkpoint: { ask: { key: string }; answer: string | null };
}
export type Question = keyof Questions;

export type ToChild =
  | Job
  /** Instead of a job: how fast the device is. */
  | { readonly kind: 'measure' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown };

export type FromChild =
  /** `calibration`: where the device was measured before. */
  | { readonly kind: 'ready'; readonly device: string; readonly calibration?: Calibration | undefined }
  | { readonly kind: 'measured'; readonly calibration: Calibration }
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** A checkpoint of this step was written: the newest file is there to be sent. */
  | { readonly kind: 'saved'; readonly key: string }
  | {
      readonly [Q in Question]: {
        readonly kind: 'ask';
        readonly id: number;
        readonly question: Q;
      } & Questions[Q]['ask'];
    }[Question];

import type { GraphDocument } from '../../graph/document.ts';
import type { RunEvent, RunStatus } from '../../graph/events.ts';
import type { ProgramTimes } from '../trace.ts';
import type { PageBackend } from './compute.ts';

/** What the page tells its worker. */
export type ToWorker =
  | {
      readonly kind: 'run';
      readonly run: string;
      readonly document: GraphDocument;
      readonly backend: PageBackend;
      readonly scope: string;
      readonly targets?: readonly string[];
      readonly fresh?: boolean;
      readonly link?: string;
      /** Each operation is measured, which takes time itself. */
      readonly trace?: boolean;
    }
  /** Every step that can writes a checkpoint now. */
  | { readonly kind: 'save' }
  | { readonly kind: 'cancel' };

/** What the worker tells the page. */
export type FromWorker =
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** A value that the browser would not store. */
  | { readonly kind: 'homeless'; readonly sha256: string; readonly bytes: Uint8Array }
  /** The newest checkpoint of a step is stored under this cache key. */
  | { readonly kind: 'saved'; readonly step: string; readonly key: string }
  | { readonly kind: 'traced'; readonly trace: PageTrace }
  | { readonly kind: 'ended'; readonly status: RunStatus };

/** What a run was made of. */
export interface PageTrace {
  readonly device: string;
  readonly programs: readonly ProgramTimes[];
  /** Steps and operations on one time line, as Chrome's trace format. */
  readonly timeline: string;
}

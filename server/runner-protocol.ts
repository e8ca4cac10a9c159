import { z } from 'zod';
import { runEventSchema } from '../graph/events.ts';
import { CALIBRATION, measuredWorks } from '../ir/roofline.ts';

/**
 * What runners and servers say to each other, over HTTP, always asked by the runner: a machine with a GPU needs an outgoing
 * connection and nothing else. Every call carries the runner's token as `authorization: Bearer …`; every call about a
 * run carries the lease epoch that the claim gave. An answer of 409 means that the lease is gone: kill the child, forget
 * the run.
 *
 *   POST /api/runner/register                         Registration → Registered
 *   POST /api/runner/claim                            {} → Claim; held open for `CLAIM_SECONDS` while nothing is queued
 *   POST /api/runner/runs/:run/heartbeat              { epoch } → Heartbeat
 *   POST /api/runner/runs/:run/events                 Batch → { nextSeq }
 *   POST /api/runner/runs/:run/finish                 Finish → {}
 *   POST /api/runner/runs/:run/lookup                 Lookup → LookedUp
 *   PUT, GET /api/runner/values/:sha256?run=&epoch=   bytes
 *   PUT, GET /api/runner/runs/:run/checkpoints/:key?epoch=   bytes
 *   POST, DELETE /api/runner/tokens                   { name } → { token }; with the local runner's token only
 */
export const CLAIM_SECONDS = 20;
export const LEASE_SECONDS = 10;
export const HEARTBEAT_MS = 1_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const epoch = z.int().min(1);

const rates = z
  .array(z.strictObject({ at: z.number().positive(), perSecond: z.number().positive() }))
  .min(1)
  .max(40);
/** How fast a device does each kind of work: estimates of runs are made of it. */
export const calibrationSchema = z.strictObject({
  version: z.literal(CALIBRATION),
  rates: z.record(z.enum(measuredWorks), rates),
  operation: z.number().nonnegative(),
  run: z.number().nonnegative(),
  carried: z.number().positive(),
});

export const registrationSchema = z.strictObject({
  /** What it computes with, in words: "ONNX Runtime, CPU, 8 threads". */
  device: z.string().max(200),
  /** Sent once it was measured; until then what an earlier registration of this device said stays. */
  calibration: calibrationSchema.optional(),
});
export const registeredSchema = z.object({ runner: z.string(), name: z.string() });

export const claimSchema = z.object({
  /** Null where nothing was queued for as long as the server waited. */
  claim: z
    .object({
      run: z.string(),
      epoch,
      /** The number of the next event: a second attempt goes on where the first one stopped. */
      nextSeq: z.int(),
      /** Keeps the stored values of accounts apart on the runner's disk. */
      scope: z.string(),
      document: z.unknown(),
      targets: z.array(z.string()).nullable(),
      fresh: z.boolean(),
      /** Step → the value that holds a checkpoint of it, which a page made. */
      continues: z.record(z.string(), sha256).nullable(),
    })
    .nullable(),
});
export type Claim = NonNullable<z.infer<typeof claimSchema>['claim']>;

export const heartbeatRequestSchema = z.strictObject({ epoch });
export const heartbeatSchema = z.object({ cancel: z.boolean(), pause: z.boolean(), epoch });

export const batchSchema = z.strictObject({ epoch, events: z.array(runEventSchema).max(1_000) });
export const batchAnswerSchema = z.object({ nextSeq: z.int() });

/** The last events of a run, `finished` among them; or none, to give the run back to the queue. */
export const finishSchema = z.strictObject({ epoch, events: z.array(runEventSchema).max(1_000) });

export const lookupSchema = z.strictObject({ epoch, keys: z.array(sha256).max(10_000) });
const outputs = z.record(z.string(), z.object({ kind: z.string(), sha256, bytes: z.number() }));
export const lookedUpSchema = z.object({ found: z.record(z.string(), outputs) });

export const tokenRequestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'A runner has a name of lower-case letters, digits and hyphens.'),
});

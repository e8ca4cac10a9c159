import { tracked } from '@trpc/server';
import { count, eq } from 'drizzle-orm';
import { z } from 'zod';
import * as tables from '../db/schema.ts';
import { type RunEvent, runEventSchema } from '../graph/events.ts';
import { ProblemError } from '../lib/problem.ts';
import * as graphs from './graphs.ts';
import * as links from './links.ts';
import { listDevices } from './runners.ts';
import * as runs from './runs.ts';
import { asTrpcError, type Context, limited, open, procedure, router } from './trpc.ts';

const id = z.string().min(1).max(64);
const rev = z.int().min(1);
const token = z.string().min(1).max(200);
const name = z.string().trim().min(1).max(200);
const lastEventId = z.string().max(20).nullish();

const commandSchema = z.strictObject({
  label: z.string().max(300),
  edits: z
    .array(z.strictObject({ path: z.array(z.string().max(300)).min(1).max(32), value: z.unknown().optional() }))
    .max(20_000),
});

export const appRouter = router({
  session: router({
    me: procedure.query(async ({ ctx: { server, session, owner } }) => {
      const [row] = await server.database.db
        .select({ graphs: count() })
        .from(tables.graphs)
        .where(eq(tables.graphs.owner, owner));
      const { anonymous, email } = session;
      return { id: owner, anonymous, graphs: row!.graphs, ...(email !== undefined && { email }) };
    }),
  }),

  graphs: router({
    list: procedure.query(({ ctx }) => graphs.listGraphs(ctx.server.database, ctx.owner)),
    get: procedure
      .input(z.strictObject({ id }))
      .query(({ ctx, input }) => graphs.getGraph(ctx.server.database, ctx.owner, input.id)),
    create: limited('write')
      .input(
        z.strictObject({
          document: z.record(z.string(), z.unknown()).optional(),
          name: name.optional(),
          template: z.string().max(100).optional(),
        }),
      )
      .mutation(({ ctx, input }) => graphs.createGraph(ctx.server.database, ctx.owner, input)),
    save: limited('save')
      .input(
        z.strictObject({
          id,
          baseRev: rev,
          idempotencyKey: z.string().min(8).max(100),
          commands: z.array(commandSchema).min(1).max(1_000),
        }),
      )
      .mutation(({ ctx, input }) => graphs.saveGraph(ctx.server.database, ctx.owner, input)),
    duplicate: limited('write')
      .input(z.strictObject({ id }))
      .mutation(({ ctx, input }) => graphs.duplicateGraph(ctx.server.database, ctx.owner, input.id)),
    delete: limited('write')
      .input(z.strictObject({ id }))
      .mutation(({ ctx, input }) => graphs.deleteGraph(ctx.server.database, ctx.owner, input.id)),
    versions: procedure
      .input(z.strictObject({ id }))
      .query(({ ctx, input }) => graphs.listVersions(ctx.server.database, ctx.owner, input.id)),
    nameVersion: limited('write')
      .input(z.strictObject({ id, rev, name: z.string().trim().min(1).max(120).nullable() }))
      .mutation(({ ctx, input }) => graphs.nameVersion(ctx.server.database, ctx.owner, input)),
    version: procedure
      .input(z.strictObject({ id, rev }))
      .query(({ ctx, input }) => graphs.getVersion(ctx.server.database.db, ctx.owner, input)),
  }),

  /** What runs are computed with, and how fast that is. */
  runners: router({
    devices: procedure.query(({ ctx }) => listDevices(ctx.server.database)),
  }),

  runs: router({
    start: limited('run')
      .input(
        z.strictObject({
          graph: id,
          rev,
          targets: z.array(z.string().max(300)).max(2_000).optional(),
          fresh: z.boolean().optional(),
          continues: z
            .record(z.string().max(300), z.string().regex(/^[0-9a-f]{64}$/))
            .refine((steps) => Object.keys(steps).length <= 100)
            .optional(),
        }),
      )
      .mutation(({ ctx, input }) => runs.queueRun(ctx.server, ctx.owner, input)),
    record: limited('save')
      .input(
        z.strictObject({
          graph: id,
          rev,
          // the page makes the id: it has to be one that nobody guesses or meets by chance
          run: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
          events: z.array(runEventSchema).max(1_000),
        }),
      )
      .mutation(({ ctx, input }) => runs.recordRun(ctx.server, ctx.owner, input)),
    list: procedure
      .input(z.strictObject({ graph: id }))
      .query(({ ctx, input }) => runs.listRuns(ctx.server, ctx.owner, input.graph)),
    get: procedure
      .input(z.strictObject({ id }))
      .query(({ ctx, input }) => runs.getRun(ctx.server, ctx.owner, input.id)),
    cancel: procedure
      .input(z.strictObject({ id }))
      .mutation(({ ctx, input }) => runs.cancelRun(ctx.server, ctx.owner, input.id)),
    pause: procedure
      .input(z.strictObject({ id, paused: z.boolean() }))
      .mutation(({ ctx, input }) => runs.pauseRun(ctx.server, ctx.owner, input)),
    events: procedure.input(z.strictObject({ run: id, lastEventId })).subscription(({ ctx, input, signal }) => {
      const stream = { run: input.run, after: afterOf(input.lastEventId), signal: signal! };
      return numbered(runs.runEvents(ctx.server, ctx.session, stream));
    }),
  }),

  links: router({
    create: limited('write')
      .input(
        z.strictObject({
          graph: id,
          rev: rev.optional(),
          role: z.enum(['view', 'run', 'fork']),
          expiresAt: z.int().min(0).max(8.64e15).nullish(),
        }),
      )
      .mutation(({ ctx, input }) => links.createLink(ctx.server, ctx.owner, input)),
    list: procedure
      .input(z.strictObject({ graph: id }))
      .query(({ ctx, input }) => links.listLinks(ctx.server, ctx.owner, input.graph)),
    revoke: procedure
      .input(z.strictObject({ id }))
      .mutation(({ ctx, input }) => links.revokeLink(ctx.server, ctx.owner, input.id)),
    open: open
      .input(z.strictObject({ token }))
      .query(({ ctx, input }) => guarded(ctx, () => links.openLink(ctx.server, input.token))),
    fork: limited('write')
      .input(z.strictObject({ token }))
      .mutation(({ ctx, input }) => guarded(ctx, () => links.forkLink(ctx.server, ctx.owner, input.token))),
    /** A run by link takes the token and values of declared inputs. Any other field is refused. */
    run: limited('run')
      .input(z.strictObject({ token, inputs: z.record(z.string(), z.json()).default({}) }))
      .mutation(({ ctx, input }) => guarded(ctx, () => links.runLink(ctx.server, ctx.owner, input))),
    events: open.input(z.strictObject({ token, run: id, lastEventId })).subscription(({ ctx, input, signal }) => {
      const stream = { token: input.token, run: input.run, after: afterOf(input.lastEventId), signal: signal! };
      return numbered(links.linkEvents(ctx.server, stream));
    }),
  }),
});
export type AppRouter = typeof appRouter;

const afterOf = (lastEventId: string | null | undefined): number =>
  Math.max(0, Number.parseInt(lastEventId ?? '0', 10) || 0);

/** Events with their numbers, from which a reader that lost its connection goes on. */
async function* numbered(events: AsyncGenerator<RunEvent>) {
  try {
    for await (const event of events) yield tracked(String(event.seq), event);
  } catch (error) {
    throw asTrpcError(error);
  }
}

/** Who tries one wrong token after the other is made to wait. */
async function guarded<T>(
  { server, address }: Pick<Context, 'server' | 'address'>,
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'link/not-found') server.rates.require('miss', address);
    throw error;
  }
}

import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core';

/**
 * JSON as the text that came: `json`, not `jsonb`, so that keys keep their order and every string that JSON can hold
 * (U+0000 too) survives. Nothing is ever searched inside it.
 */
const json = <T>(name: string) =>
  customType<{ data: T; driverData: unknown }>({
    dataType: () => 'json',
    toDriver: (value) => JSON.stringify(value),
  })(name);

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const now = (name: string) => moment(name).notNull().defaultNow();

// --- accounts: the tables that better-auth reads and writes

export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  isAnonymous: boolean('is_anonymous').notNull().default(false),
  createdAt: now('created_at'),
  updatedAt: now('updated_at'),
});

const owner = () =>
  text('owner')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    token: text('token').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    expiresAt: moment('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (table) => [index('sessions_user').on(table.userId)],
);

export const accounts = pgTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: moment('access_token_expires_at'),
    refreshTokenExpiresAt: moment('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (table) => [index('accounts_user').on(table.userId)],
);

export const verifications = pgTable('verifications', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: moment('expires_at').notNull(),
  createdAt: now('created_at'),
  updatedAt: now('updated_at'),
});

// --- graphs

export const graphs = pgTable(
  'graphs',
  {
    id: text('id').primaryKey(),
    owner: owner(),
    name: text('name').notNull(),
    rev: integer('rev').notNull(),
    /** How many nodes, so that a list reads no documents. */
    nodes: integer('nodes').notNull(),
    document: json<unknown>('document').notNull(),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (table) => [index('graphs_owner').on(table.owner, table.updatedAt)],
);

const graph = () =>
  text('graph')
    .notNull()
    .references(() => graphs.id, { onDelete: 'cascade' });

/** What a graph was at each revision. Runs and links point here, so a pinned revision can't be taken away. */
export const graphVersions = pgTable(
  'graph_versions',
  {
    graph: graph(),
    rev: integer('rev').notNull(),
    document: json<unknown>('document').notNull(),
    label: text('label').notNull(),
    /** What its owner calls it. What has a name is kept. */
    name: text('name'),
    author: text('author').notNull(),
    at: now('at'),
  },
  (table) => [primaryKey({ columns: [table.graph, table.rev] })],
);

/** The commands that made each revision, and the client's key for them: a retried save finds its first answer here. */
export const graphCommands = pgTable(
  'graph_commands',
  {
    graph: graph(),
    rev: integer('rev').notNull(),
    key: text('key').notNull(),
    commands: json<unknown>('commands').notNull(),
    author: text('author').notNull(),
    at: now('at'),
  },
  (table) => [
    primaryKey({ columns: [table.graph, table.rev] }),
    unique('graph_commands_key').on(table.graph, table.key),
  ],
);

// --- runs

export const links = pgTable(
  'links',
  {
    id: text('id').primaryKey(),
    owner: owner(),
    /** SHA-256 of the token. The token itself is shown once and kept nowhere. */
    tokenHash: text('token_hash').notNull().unique(),
    graph: graph(),
    rev: integer('rev').notNull(),
    role: text('role', { enum: ['view', 'run', 'fork'] }).notNull(),
    opens: integer('opens').notNull().default(0),
    createdAt: now('created_at'),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [
    index('links_graph').on(table.graph),
    foreignKey({ columns: [table.graph, table.rev], foreignColumns: [graphVersions.graph, graphVersions.rev] }),
  ],
);

export const runners = pgTable('runners', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(),
  tokenHash: text('token_hash').notNull().unique(),
  /** The runner beside a server: its token, which lies in the data folder, may make tokens for others. */
  operator: boolean('operator').notNull().default(false),
  /** What it computes with, in words. */
  device: text('device'),
  /** How fast that is, once it was measured: `Calibration`. */
  calibration: json<unknown>('calibration'),
  createdAt: now('created_at'),
  lastSeen: moment('last_seen'),
});

export const runs = pgTable(
  'runs',
  {
    id: text('id').primaryKey(),
    owner: owner(),
    graph: graph(),
    rev: integer('rev').notNull(),
    /** A run by share link: this link's owner lends the graph, the run belongs to whoever pressed Run. */
    link: text('link').references(() => links.id, { onDelete: 'cascade' }),
    /** Values of declared inputs, for a run by link. */
    inputs: json<Readonly<Record<string, unknown>>>('inputs'),
    targets: json<readonly string[]>('targets'),
    fresh: boolean('fresh').notNull().default(false),
    /** Step → the value that holds a checkpoint of it: the run goes on from what a page began. */
    continues: json<Readonly<Record<string, string>>>('continues'),
    where: text('where', { enum: ['page', 'server'] }).notNull(),
    status: text('status', { enum: ['queued', 'running', 'succeeded', 'failed', 'cancelled'] }).notNull(),
    backend: text('backend'),
    paused: boolean('paused').notNull().default(false),
    /** Raised at each claim. Every later write names it, so that a runner that lost its lease changes nothing. */
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    leaseUntil: moment('lease_until'),
    runner: text('runner').references(() => runners.id, { onDelete: 'set null' }),
    attempt: integer('attempt').notNull().default(0),
    /** Runners lost since the run last got somewhere. */
    losses: integer('losses').notNull().default(0),
    lastSeq: integer('last_seq').notNull().default(0),
    outputs: json<RunOutputs>('outputs').notNull().default(sql`'{}'`),
    createdAt: now('created_at'),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index('runs_graph').on(table.graph, table.createdAt),
    index('runs_owner').on(table.owner, table.status),
    index('runs_lease').on(table.leaseUntil).where(sql`status = 'running'`),
    foreignKey({ columns: [table.graph, table.rev], foreignColumns: [graphVersions.graph, graphVersions.rev] }),
  ],
);

/** Step id → port → where the value lies. */
export type RunOutputs = Readonly<
  Record<string, Readonly<Record<string, { readonly kind: string; readonly sha256: string; readonly bytes: number }>>>
>;

export const runEvents = pgTable(
  'run_events',
  {
    run: text('run')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    data: json<unknown>('data').notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.seq] })],
);

// --- values: the bytes lie in the data folder by their SHA-256; these rows say whose they are

export const values = pgTable(
  'values',
  {
    owner: owner(),
    sha256: text('sha256').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    media: text('media').notNull(),
    /** The name of an uploaded file. */
    name: text('name'),
    createdAt: now('created_at'),
  },
  (table) => [primaryKey({ columns: [table.owner, table.sha256] }), index('values_sha256').on(table.sha256)],
);

/** What a step of this owner gave, by its cache key. Another account's values are never found here. */
export const stepValues = pgTable(
  'step_values',
  {
    owner: owner(),
    key: text('key').notNull(),
    outputs: json<RunOutputs[string]>('outputs').notNull(),
    at: now('at'),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key] })],
);

/** The newest checkpoints of a step, so that another runner can go on. */
export const checkpoints = pgTable(
  'checkpoints',
  {
    owner: owner(),
    key: text('key').notNull(),
    number: integer('number').notNull(),
    sha256: text('sha256').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    at: now('at'),
  },
  (table) => [primaryKey({ columns: [table.owner, table.key, table.number] })],
);

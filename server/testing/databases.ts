import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest';
import { newId } from '../secrets.ts';
import { openServer, type Server } from '../server.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type Host, hostServer } from './host.ts';

/** Both databases that Patchbay runs on: every test of what is stored runs on each. */
export const kinds = ['embedded', 'postgres'] as const;
export type Kind = (typeof kinds)[number];

export interface Place {
  readonly dataFolder: string;
  readonly databaseUrl?: string;
  remove(): Promise<void>;
}

/** An empty data folder, and for PostgreSQL an empty database. */
export async function makePlace(kind: Kind): Promise<Place> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
  const removeFolder = () => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  if (kind === 'embedded') {
    cpSync(inject('template'), dataFolder, { recursive: true });
    return { dataFolder, remove: async () => removeFolder() };
  }
  const name = `test_${newId()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_')}`;
  await administer(`create database ${name}`);
  return {
    dataFolder,
    databaseUrl: inject('postgres').replace(/\/postgres$/, `/${name}`),
    async remove() {
      removeFolder();
      await administer(`drop database ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgres') });
  await client.connect();
  await client.query(statement);
  await client.end();
}

export const settingsOf = ({ dataFolder, databaseUrl }: Place): Settings => ({
  ...readSettings({ NODE_ENV: 'test', PATCHBAY_DATA: dataFolder, DATABASE_URL: databaseUrl }),
});

/** A server in this process, on a place of its own, closed after the test. */
export async function testServer(kind: Kind): Promise<Server> {
  const place = await makePlace(kind);
  const server = await openServer(settingsOf(place));
  onTestFinished(async () => {
    await server.close();
    await place.remove();
  });
  return server;
}

/** One server for all tests of a `describe`: each of them brings its own accounts. */
export function sharedServer(kind: Kind): () => Server {
  let server: Server;
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(kind);
    server = await openServer(settingsOf(place));
  });
  afterAll(async () => {
    await server.close();
    await place.remove();
  });
  return () => server;
}

/** The same, served over HTTP. */
export function sharedHost(kind: Kind): () => Host {
  let host: Host;
  let place: Place;
  beforeAll(async () => {
    place = await makePlace(kind);
    host = await hostServer(await openServer(settingsOf(place)));
  });
  afterAll(async () => {
    await host.close();
    await place.remove();
  });
  return () => host;
}

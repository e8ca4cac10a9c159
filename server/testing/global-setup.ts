import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openServer } from '../server.ts';
import { readSettings } from '../settings.ts';
import { Postgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the database `postgres` of a PostgreSQL that the tests share; each makes databases of its own. */
    postgres: string;
    /** A data folder with an empty embedded database: copied, it is there at once; made anew, it takes seconds. */
    template: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = mkdtempSync(join(tmpdir(), 'patchbay-template-'));
  const [postgres] = await Promise.all([
    Postgres.start(),
    openServer(readSettings({ NODE_ENV: 'test', PATCHBAY_DATA: template })).then((server) => server.close()),
  ]);
  project.provide('postgres', postgres.url('postgres'));
  project.provide('template', template);
  return async () => {
    await postgres.stop();
    rmSync(template, { recursive: true, force: true });
  };
}

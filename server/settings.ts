import { isAbsolute, join } from 'node:path';
import { fail } from '../lib/problem.ts';

export interface Settings {
  readonly dataFolder: string;
  /** PostgreSQL; absent, the embedded database. */
  readonly databaseUrl?: string;
  /** Where people reach the server, for hosts that are neither localhost nor an address: `https://patchbay.example`. */
  readonly origins: readonly string[];
}

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const folder = env.PATCHBAY_DATA || '.patchbay';
  return {
    dataFolder: isAbsolute(folder) ? folder : join(/* turbopackIgnore: true */ process.cwd(), folder),
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
    origins: (env.PATCHBAY_ORIGIN ?? '')
      .split(',')
      .map((text) => text.trim())
      .filter(Boolean)
      .map(originOf),
  };
}

function originOf(text: string): string {
  try {
    return new URL(text).origin;
  } catch {
    return fail('settings/origin', `PATCHBAY_ORIGIN needs addresses such as https://patchbay.example, got ${text}.`);
  }
}

/** What one account, one link and one request may take. More is refused with a sentence. */
export const quotas = {
  graphs: 1_000,
  /** Server runs of one account that are queued or running. */
  openRuns: 20,
  openRunsOfLink: 10,
  storedBytes: (Number(process.env.PATCHBAY_STORAGE_GB) || 10) * 1e9,
  uploadBytes: 200_000_000,
  /** A tRPC request: a document of the largest size with room around it. */
  requestBytes: 5_000_000,
  /** What a runner sends: events of a moment, one value, one checkpoint. */
  batchBytes: 20_000_000,
  valueBytes: 4_000_000_000,
  checkpointBytes: 4_000_000_000,
  eventsPerRun: 50_000,
} as const;

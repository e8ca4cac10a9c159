import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseFolder } from '../db/database.ts';
import { openEmbedded } from '../db/embedded.ts';
import { lockFolder } from '../db/lock.ts';
import { fail } from '../lib/problem.ts';
import { dataFolder } from '../runtime/node/platform.ts';
import { listBackups } from '../server/backups.ts';

/** Brings a backup of the embedded database back; what is there now is kept beside it. The server must not run. */
export async function run([file]: string[]): Promise<number> {
  const backups = join(dataFolder(), 'backups');
  const newest = (await listBackups(backups)).at(-1);
  const path = file ? resolve(file) : newest && join(backups, newest);
  if (!path || !existsSync(path))
    return fail('cli/no-backup', path ? `There is no backup ${path}.` : `There is no backup in ${backups}.`);
  const lock = await lockFolder(dataFolder());
  try {
    const folder = databaseFolder(dataFolder());
    const aside = `${folder}.before-restore-${Date.now()}`;
    if (existsSync(folder)) renameSync(folder, aside);
    try {
      const database = await openEmbedded(folder, readFileSync(path));
      await database.close();
    } catch {
      rmSync(folder, { recursive: true, force: true });
      if (existsSync(aside)) renameSync(aside, folder);
      return fail('cli/no-backup', `The backup ${path} can't be read; what was there is as it was.`, {
        hint: 'Choose an earlier one: patchbay restore FILE.',
      });
    }
    process.stdout.write(`${path} is back.${existsSync(aside) ? ` What was there before is in ${aside}.` : ''}\n`);
    return 0;
  } finally {
    await lock.release();
  }
}

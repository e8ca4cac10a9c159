import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { rootFolder } from '../db/root.ts';
import { backUp, listBackups } from './backups.ts';
import { createGraph, deleteGraph, getGraph, listGraphs } from './graphs.ts';
import { openServer } from './server.ts';
import { makePlace, settingsOf } from './testing/databases.ts';
import { makeUser } from './testing/fixtures.ts';

async function place() {
  const made = await makePlace('embedded');
  onTestFinished(() => made.remove());
  return { ...made, backups: join(made.dataFolder, 'backups'), settings: settingsOf(made) };
}
const restore = (dataFolder: string, ...file: string[]) =>
  promisify(execFile)(process.execPath, [join(rootFolder, 'cli', 'patchbay.mjs'), 'restore', ...file], {
    env: { ...process.env, PATCHBAY_DATA: dataFolder, DATABASE_URL: '' },
  });

test('a backup is made where something changed; the newest three are kept', async () => {
  const { dataFolder, backups } = await place();
  // without a server, which makes one by itself after some seconds
  const database = await openDatabase({ dataFolder });
  expect(await backUp(database, backups)).toBeUndefined(); // nothing that people made
  const owner = await makeUser({ database });
  const made: string[] = [];
  for (let i = 0; i < 5; i++) {
    await createGraph(database, owner, { name: `Graph ${i}` });
    made.push((await backUp(database, backups))!);
    expect(await backUp(database, backups)).toBeUndefined();
  }
  expect((await listBackups(backups)).map((name) => join(backups, name))).toEqual(made.slice(-3));
  await database.close();
});

test('a backup brings everything back, and what was there stays beside it', async () => {
  const { dataFolder, backups, settings } = await place();
  let server = await openServer(settings);
  const owner = await makeUser(server);
  const { id } = await createGraph(server.database, owner, { name: 'Precious' });
  const path = await backUp(server.database, backups);
  await deleteGraph(server.database, owner, id);
  await createGraph(server.database, owner, { name: 'Later' });
  // the server runs: its data folder is taken
  const refused = await restore(dataFolder).catch((error: { stderr: string; code: number }) => error);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`is in use by process ${process.pid}`) });
  await server.close();
  const { stdout } = await restore(dataFolder);
  expect(stdout).toContain(`${path} is back. What was there before is in`);
  server = await openServer(settings);
  expect(await getGraph(server.database, owner, id)).toMatchObject({ document: { name: 'Precious' } });
  expect((await listGraphs(server.database, owner)).map(({ name }) => name)).toEqual(['Precious']);
  await server.close();
  expect(readdirSync(dataFolder).filter((name) => name.startsWith('database.before-restore-'))).toHaveLength(1);
});

test('a backup that is not there, or none, is one sentence; a damaged one leaves what was there', async () => {
  const { dataFolder, backups, settings } = await place();
  const said = async (...file: string[]) =>
    (await restore(dataFolder, ...file).catch((error: { stderr: string }) => error)).stderr.trim();
  expect(await said()).toContain(`There is no backup in ${backups}.`);
  expect(await said('/nowhere/x.tar.gz')).toContain('There is no backup /nowhere/x.tar.gz.');
  let server = await openServer(settings);
  const owner = await makeUser(server);
  await createGraph(server.database, owner, { name: 'Here' });
  const path = await backUp(server.database, backups);
  await server.close();
  writeFileSync(path!, 'not an archive');
  expect((await said()).split('\n').length).toBe(1);
  server = await openServer(settings);
  expect((await listGraphs(server.database, owner)).map(({ name }) => name)).toEqual(['Here']);
  await server.close();
}, 240_000);

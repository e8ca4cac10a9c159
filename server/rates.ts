import { refuse } from './problems.ts';

/** How often one account or address may do something: `burst` at once, then `perSecond`. */
const rates = {
  save: { perSecond: 20, burst: 60 },
  write: { perSecond: 10, burst: 60 },
  run: { perSecond: 1, burst: 20 },
  upload: { perSecond: 20, burst: 200 },
  /** Tokens that open nothing: someone is guessing. */
  miss: { perSecond: 20 / 60, burst: 20 },
  /** New anonymous accounts from one address. */
  visit: { perSecond: 1, burst: 60 },
} as const;
export type Rate = keyof typeof rates;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets in memory: several servers each keep their own. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one; false where there is none left. */
  take(rate: Rate, who: string, now = Date.now()): boolean {
    const { perSecond, burst } = rates[rate];
    const key = `${rate} ${who}`;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    // a clock that was set back gives nothing and takes nothing
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens--;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    // the oldest are full again, or soon enough
    if (this.#buckets.size > 10_000) this.#buckets.delete(this.#buckets.keys().next().value!);
    return isAllowed;
  }

  require(rate: Rate, who: string): void {
    if (!this.take(rate, who))
      refuse('request/too-fast', 'That came too fast too often.', 'Wait a few seconds, then try again.');
  }
}

/** Who asks, for limits: an IPv4 address, or the /64 of an IPv6 address, which one household has whole. */
export function addressKey(headers: Headers): string {
  const address = headers.get('x-forwarded-for')?.split(',')[0]?.trim().toLowerCase() ?? 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

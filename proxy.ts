import { type NextRequest, NextResponse } from 'next/server';
import { pagePolicy } from './lib/content-policy.ts';
import { visit } from './server/visit.ts';

/** Pages only: uploads must not pass through here, Next would keep and cut their bodies. */
export const config = { matcher: ['/((?!api/|_next/|ort/|.*\\.[a-z]+$).*)'] };

/** Pages that need an account's session. What is embedded in other sites has none, and gets no cookie. */
const needsSession = (path: string): boolean => path === '/' || path.startsWith('/g/') || path.startsWith('/s/');

/**
 * A convenience, not a guard: every procedure and route checks for itself. Whoever opens a page gets a session; each page
 * gets its policy of what it may load; what a share link shows is kept out of search engines and caches.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const path = request.nextUrl.pathname;
  const isPrefetch = request.headers.has('next-router-prefetch') || request.headers.get('purpose') === 'prefetch';
  const cookies = isPrefetch || !needsSession(path) ? [] : await visit(request.headers).catch(() => []);
  const headers = new Headers(request.headers);
  const fresh = cookies.map((cookie) => cookie.split(';', 1)[0]!);
  if (fresh.length > 0) headers.set('cookie', [headers.get('cookie'), ...fresh].filter(Boolean).join('; '));
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64');
  const policy = pagePolicy({
    nonce,
    embedded: path.startsWith('/embed/'),
    development: process.env.NODE_ENV === 'development',
  });
  // Next finds the nonce here and puts it on the scripts that it writes into the page
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const cookie of cookies) response.headers.append('set-cookie', cookie);
  if (cookies.length > 0) response.headers.set('cache-control', 'private, no-store');
  if (path.startsWith('/s/') || path.startsWith('/embed/')) {
    response.headers.set('x-robots-tag', 'noindex, nofollow');
    response.headers.set('cache-control', 'no-store');
  }
  return response;
}

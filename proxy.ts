import { type NextRequest, NextResponse } from 'next/server';
import { visit } from './server/visit.ts';

/** Pages only: uploads must not pass through here, Next would keep and cut their bodies. */
export const config = { matcher: ['/', '/g/:path*', '/s/:path*'] };

/**
 * A convenience, not a guard: every procedure and route checks for itself. Whoever opens a page gets a session; what a share
 * link shows is kept out of search engines and caches.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const isPrefetch = request.headers.has('next-router-prefetch') || request.headers.get('purpose') === 'prefetch';
  const cookies = isPrefetch ? [] : await visit(request.headers).catch(() => []);
  const headers = new Headers(request.headers);
  const fresh = cookies.map((cookie) => cookie.split(';', 1)[0]!);
  if (fresh.length > 0) headers.set('cookie', [headers.get('cookie'), ...fresh].filter(Boolean).join('; '));
  const response = NextResponse.next({ request: { headers } });
  for (const cookie of cookies) response.headers.append('set-cookie', cookie);
  if (cookies.length > 0) response.headers.set('cache-control', 'private, no-store');
  if (request.nextUrl.pathname.startsWith('/s/')) {
    response.headers.set('x-robots-tag', 'noindex, nofollow');
    response.headers.set('cache-control', 'no-store');
  }
  return response;
}

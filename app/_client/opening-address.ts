import { wireJson } from '../../lib/wire-json.ts';

/**
 * Where the first call of an opened graph goes (openGraph), as the client's batch writes it. The page asks for it before its
 * scripts are there; a browser gives the answer to the call of the same address.
 */
export function openingAddress(graph: string): string {
  const inputs = [{ id: graph }, undefined].map(wireJson.serialize);
  return `/api/trpc/graphs.get,session.me?batch=1&input=${encodeURIComponent(JSON.stringify({ ...inputs }))}`;
}

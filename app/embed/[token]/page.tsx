import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { isAlive } from '../../../server/link-page.ts';
import { EmbeddedGraph } from '../../_share/embedded-graph.tsx';

export const metadata: Metadata = {
  title: 'Shared graph',
  robots: { index: false, follow: false },
  referrer: 'no-referrer',
};

/** A shared graph inside another site's page: the bare canvas, without cookies and without an account. */
export default async function EmbedPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  if (!(await isAlive(token, await headers()))) notFound();
  return <EmbeddedGraph token={token} />;
}

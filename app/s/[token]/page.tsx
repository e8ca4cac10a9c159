import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { isAlive } from '../../../server/link-page.ts';
import { SharedGraph } from '../../_share/shared-graph.tsx';

export const metadata: Metadata = {
  title: 'Shared graph',
  robots: { index: false, follow: false },
  referrer: 'no-referrer',
};

/** What a share link opens. Wrong, expired and taken back links get one and the same answer. */
export default async function SharedPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  if (!(await isAlive(token, await headers()))) notFound();
  return <SharedGraph token={token} />;
}

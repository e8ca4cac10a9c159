import type { Metadata } from 'next';
import { preload } from 'react-dom';
import { openingAddress } from '../../_client/opening-address.ts';
import { Editor } from '../../_editor/editor.tsx';

export const metadata: Metadata = { title: 'Graph' };

export default async function GraphPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  preload(openingAddress(id), { as: 'fetch', crossOrigin: 'anonymous' });
  // another graph is another session: nothing of the one before is kept
  return <Editor key={id} graph={id} />;
}

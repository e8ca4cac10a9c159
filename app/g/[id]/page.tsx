import type { Metadata } from 'next';
import { Editor } from '../../_editor/editor.tsx';

export const metadata: Metadata = { title: 'Graph' };

export default async function GraphPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  // another graph is another session: nothing of the one before is kept
  return <Editor key={id} graph={id} />;
}

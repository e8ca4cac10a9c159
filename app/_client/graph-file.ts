import { type GraphDocument, type OpenedDocument, parseDocument } from '../../graph/document.ts';
import { fail } from '../../lib/problem.ts';

/** No file with a graph is larger; what is, is not read at all. */
const MOST_BYTES = 50_000_000;

/** The graph in a file. Throws a ProblemError where there is none. */
export async function readGraphFile(file: File): Promise<OpenedDocument> {
  if (file.size > MOST_BYTES)
    fail('document/too-large', `${file.name} has ${(file.size / 1e6).toFixed(0)} MB: no graph is that large.`, {
      hint: 'Data belongs into the Upload node of a graph.',
    });
  return parseDocument(await file.text());
}

/** A graph's name as that of a file. */
export const fileName = (name: string, extension: string): string =>
  `${name.replace(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'graph'}.${extension}`;

/** Gives the browser a file to keep. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const saveGraphFile = (graph: GraphDocument): void =>
  saveFile(new Blob([JSON.stringify(graph, undefined, 2)], { type: 'application/json' }), fileName(graph.name, 'json'));

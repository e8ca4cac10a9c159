import type { GraphDocument, OpenedDocument } from '../../graph/document.ts';
import { decodeText } from '../../lib/decode-text.ts';
import { isPng, textIn } from '../../lib/png-text.ts';
import { fail } from '../../lib/problem.ts';
import { downloadText, fileName } from '../_ui/download.ts';

/** No file with a graph is larger; what is, is not read at all. */
const MOST_BYTES = 50_000_000;

/** The graph in a file. Throws a ProblemError where there is none. */
export async function readGraphFile(file: File): Promise<OpenedDocument> {
  if (file.size > MOST_BYTES)
    fail('document/too-large', `${file.name} has ${(file.size / 1e6).toFixed(0)} MB: no graph is that large.`, {
      hint: 'Data belongs into the Upload node of a graph.',
    });
  const { parseDocument } = await import('../../graph/document.ts');
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isPng(bytes))
    return parseDocument(
      textIn(bytes, IN_PICTURES) ??
        fail('document/not-a-graph', `The picture ${file.name} holds no graph.`, {
          hint: 'Choose one that was exported by Patchbay and not saved by another program since.',
        }),
    );
  const text = decodeText(bytes);
  if (text === undefined) return fail('document/not-a-graph', `${file.name} is no text: it holds no graph.`);
  return parseDocument(graphInSvg(text) ?? text);
}

/** A graph as a program that is not ours can carry it: escaped, inside an SVG's metadata. */
export const svgMetadata = (graph: GraphDocument): string =>
  `<metadata data-patchbay="1">${escapeXml(JSON.stringify(graph))}</metadata>`;

function graphInSvg(text: string): string | undefined {
  const packed = /<metadata data-patchbay="1">([^<]*)<\/metadata>/.exec(text)?.[1];
  return packed?.replace(/&(lt|gt|amp|quot);/g, (_, name: keyof typeof entities) => entities[name]);
}
const entities = { lt: '<', gt: '>', amp: '&', quot: '"' } as const;

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The keyword under which a PNG carries its graph. */
export const IN_PICTURES = 'patchbay';

export const saveGraphFile = (graph: GraphDocument): void =>
  downloadText(`${fileName(graph.name)}.json`, JSON.stringify(graph, undefined, 2), 'application/json');

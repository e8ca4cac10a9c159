import { withText } from '../../../lib/png-text.ts';
import { fail, problemOf } from '../../../lib/problem.ts';
import { IN_PICTURES } from '../../_client/graph-file.ts';
import { downloadBlob, downloadText, fileName } from '../../_ui/download.ts';
import { colourOf } from '../state/colours.ts';
import { complain, type EditorSession } from '../state/session.ts';
import { type Colours, drawGraph } from './draw-graph.ts';

/** Pixels that browsers draw on one canvas without giving up. */
const MOST_PIXELS = 64e6;
const MOST_SIDE = 16_000;

const drawingOf = ({ document, whole, store }: EditorSession) =>
  drawGraph(document, store.getState().facts, pageColours(), whole);

/** The graph as a picture of lines and letters, with the graph inside. */
export function saveSvg(session: EditorSession): void {
  downloadText(`${fileName(session.document.name)}.svg`, drawingOf(session).svg, 'image/svg+xml');
}

/** The graph as a picture of dots, with the graph inside: dropped on Patchbay, it opens. */
export async function savePng(session: EditorSession): Promise<void> {
  try {
    const { svg, width, height } = drawingOf(session);
    const scale = Math.min(2, Math.sqrt(MOST_PIXELS / (width * height)), MOST_SIDE / width, MOST_SIDE / height);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const image = new Image();
    const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    image.src = url;
    await image.decode().finally(() => URL.revokeObjectURL(url));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!blob)
      return fail('picture/too-large', 'This browser can not draw a picture that large.', { hint: 'Take the SVG.' });
    const png = withText(new Uint8Array(await blob.arrayBuffer()), IN_PICTURES, JSON.stringify(session.whole));
    downloadBlob(`${fileName(session.document.name)}.png`, new Blob([png], { type: 'image/png' }));
  } catch (error) {
    complain(problemOf(error));
  }
}

/** The colours of the page's theme, as plain red, green and blue. */
function pageColours(): Colours {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const dot = document.createElement('canvas');
  [dot.width, dot.height] = [1, 1];
  const context = dot.getContext('2d', { willReadFrequently: true })!;
  const seen = new Map<string, string>();
  const plain = (colour: string): string => {
    const known = seen.get(colour);
    if (known) return known;
    probe.style.color = colour;
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(0, 0, 1, 1);
    const hex = `#${[...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((each) => each.toString(16).padStart(2, '0')).join('')}`;
    seen.set(colour, hex);
    return hex;
  };
  const kind = (name: string): string => {
    probe.dataset.kind = name;
    const colour = getComputedStyle(probe).getPropertyValue('--kind').trim();
    delete probe.dataset.kind;
    return plain(colour || 'var(--ink-3)');
  };
  return {
    canvas: plain('var(--canvas)'),
    surface: plain('var(--surface)'),
    line: plain('var(--line-strong)'),
    ink: plain('var(--ink)'),
    quiet: plain('var(--ink-2)'),
    kind,
    node: (node) => plain(colourOf(node)),
  };
}

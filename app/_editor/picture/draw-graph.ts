import type { GraphDocument, GraphEdge, GraphNode } from '../../../graph/document.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';
import { escapeXml, svgMetadata } from '../../_client/graph-file.ts';
import type { Facts } from '../state/facts.ts';
import { keyParams, showValue } from '../state/params.ts';
import { type NodePort, portsOf, wiresAt } from '../state/ports.ts';
import { forksOf } from '../state/shared-points.ts';
import { shortType } from '../state/short-type.ts';
import { tagsAt } from '../state/tags.ts';
import { curvesOf, pathOf } from '../state/wire-path.ts';

/** Colours as a picture needs them: by value, since it is looked at where our style sheet is not. */
export interface Colours {
  readonly canvas: string;
  readonly surface: string;
  readonly line: string;
  readonly ink: string;
  readonly quiet: string;
  /** Of what flows, by kind. */
  kind(kind: string): string;
  node(node: GraphNode): string;
}

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const WIDTH = 216;
const HEADER = 36;
const PAD = 6;
const ROW = 22;
const TYPE_ROW = 16;
const PARAM_ROW = 20;
const MARGIN = 48;
const SANS = 'Inter, system-ui, sans-serif';
const MONO = 'JetBrains Mono, ui-monospace, monospace';

interface Box {
  readonly node: GraphNode;
  readonly id: string;
  readonly inputs: readonly NodePort[];
  readonly outputs: readonly NodePort[];
  readonly height: number;
  /** Heights of ports from the node's top. */
  readonly at: ReadonlyMap<string, number>;
  readonly parts: readonly string[];
  /** How far tags of its wires stand out on either side. */
  readonly reach: { readonly in: number; readonly out: number };
}

/** The graph that is seen as a picture that is a document of its own, and that holds the whole. */
export function drawGraph(document: GraphDocument, facts: Facts, colours: Colours, whole = document): Drawing {
  const boxes = Object.entries(document.nodes).map(([id, node]) => boxOf(document, id, node, facts, colours));
  const points = Object.values(document.edges).flatMap(({ via = [], name }) => (name === undefined ? via : []));
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const left = Math.min(0, ...boxes.map(({ node, reach }) => node.position.x - reach.in), ...xs) - MARGIN;
  const top = Math.min(0, ...boxes.map(({ node }) => node.position.y), ...ys) - MARGIN;
  const right = Math.max(0, ...boxes.map(({ node, reach }) => node.position.x + WIDTH + reach.out), ...xs) + MARGIN;
  const width = right - left;
  const height = Math.max(0, ...boxes.map(({ node, height: own }) => node.position.y + own), ...ys) + MARGIN - top;
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">`,
    `<title>${escapeXml(document.name || 'Untitled')}</title>`,
    svgMetadata(whole),
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colours.canvas}"/>`,
    ...Object.entries(document.edges).map(([id, edge]) =>
      wire(edge, byId.get(edge.from[0]), byId.get(edge.to[0]), { colours, forks: forksOf(document.edges, id) }),
    ),
    ...boxes.map(
      ({ node, parts }) => `<g transform="translate(${node.position.x} ${node.position.y})">${parts.join('')}</g>`,
    ),
    '</svg>',
  ].join('\n');
  return { svg, width, height };
}

function boxOf(document: GraphDocument, id: string, node: GraphNode, facts: Facts, colours: Colours): Box {
  const entry = entryOfNode(node, document.definitions);
  const { inputs, outputs } = portsOf(node, wiresAt(document.edges, id), document.definitions);
  const found = facts[id];
  const at = new Map<string, number>();
  const body: string[] = [];
  const tags = tagsAt(document.edges, id);
  const reach = { in: 0, out: 0 };
  const tagOf = (side: 'in' | 'out', each: NodePort, middle: number) => {
    const name = tags[side === 'in' ? 'inputs' : 'outputs'].get(each.name)?.name;
    if (name === undefined) return;
    const drawn = tag(cut(name, 20), side, middle, colours.kind(kindOf(each)), colours);
    reach[side] = Math.max(reach[side], drawn.reach);
    body.push(drawn.svg);
  };
  let y = HEADER + PAD;
  for (let i = 0; i < Math.max(inputs.length, outputs.length); i++) {
    const [input, output] = [inputs[i], outputs[i]];
    const middle = y + ROW / 2;
    if (input) {
      at.set(`in:${input.name}`, middle);
      body.push(port(input, 0, middle, 'start', colours));
      tagOf('in', input, middle);
    }
    if (output) {
      at.set(`out:${output.name}`, middle);
      body.push(port(output, WIDTH, middle, 'end', colours));
      tagOf('out', output, middle);
    }
    y += ROW;
    const kind = output ? kindOf(output) : '';
    const type = output && shortType(found?.outputs[output.name] ?? '');
    if (type && type !== kind) {
      body.push(
        words(cut(type, 30), {
          x: WIDTH - 10,
          y: y + 8,
          anchor: 'end',
          size: 10,
          fill: colours.kind(kind),
          font: MONO,
        }),
      );
      y += TYPE_ROW;
    }
  }
  y += PAD;
  const params = entry && !node.collapsed ? keyParams(entry, node) : [];
  if (params.length > 0) {
    body.push(`<line x1="0" x2="${WIDTH}" y1="${y}" y2="${y}" stroke="${colours.line}"/>`);
    y += PAD;
    for (const param of params) {
      const value = showValue(param) || found?.solved[param.name] || 'automatic';
      body.push(words(param.title, { x: 10, y: y + PARAM_ROW / 2, size: 11, fill: colours.quiet }));
      body.push(
        words(cut(value, 20), { x: WIDTH - 10, y: y + PARAM_ROW / 2, anchor: 'end', size: 11, fill: colours.ink }),
      );
      y += PARAM_ROW;
    }
    y += PAD;
  }
  const title = node.title || entry?.title || node.type;
  const frame = [
    `<rect width="${WIDTH}" height="${y}" rx="8" fill="${colours.surface}" stroke="${colours.line}"${entry ? '' : ' stroke-dasharray="4 3"'}/>`,
    ...(node.color === undefined
      ? []
      : [`<rect width="${WIDTH}" height="${HEADER}" rx="8" fill="${colours.node(node)}" fill-opacity="0.16"/>`]),
    `<rect x="8" y="8" width="20" height="20" rx="5" fill="${colours.node(node)}"/>`,
    words(cut(title, 24), { x: 36, y: HEADER / 2, size: 13, fill: colours.ink, weight: 600 }),
    `<line x1="0" x2="${WIDTH}" y1="${HEADER}" y2="${HEADER}" stroke="${colours.line}"/>`,
  ];
  const faded = node.muted || node.bypassed;
  const parts = faded ? ['<g opacity="0.55">', ...frame, ...body, '</g>'] : [...frame, ...body];
  return { id, node, inputs, outputs, height: y, at, parts, reach };
}

const kindOf = ({ kinds }: NodePort): string => (kinds.length === 1 ? kinds[0]! : 'any');
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function port(each: NodePort, x: number, y: number, anchor: 'start' | 'end', colours: Colours): string {
  const colour = colours.kind(kindOf(each));
  const fill = each.wired ? colour : colours.surface;
  const circle = `<circle cx="${x}" cy="${y}" r="5" fill="${fill}" stroke="${colour}" stroke-width="2"/>`;
  return circle + words(each.name, { x: anchor === 'start' ? 12 : x - 12, y, anchor, size: 12, fill: colours.quiet });
}

/** Width of a letter of a tag, and how far from its port it begins. */
const LETTER = 6.4;
const TAG_GAP = 12;

/** What stands at a port for wires with a name. */
function tag(name: string, side: 'in' | 'out', y: number, colour: string, { surface, ink }: Colours) {
  const width = name.length * LETTER + 12;
  const way = side === 'in' ? -1 : 1;
  const port = side === 'in' ? 0 : WIDTH;
  const x = side === 'in' ? -TAG_GAP - width : WIDTH + TAG_GAP;
  const svg = [
    `<line x1="${port + 5 * way}" x2="${port + TAG_GAP * way}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
    `<rect x="${x}" y="${y - 9}" width="${width}" height="18" rx="3" fill="${surface}" stroke="${colour}"/>`,
    words(name, { x: x + 6, y, size: 11, fill: ink }),
  ].join('');
  return { svg, reach: TAG_GAP + width };
}

function words(
  text: string,
  {
    x,
    y,
    size,
    fill,
    anchor = 'start',
    weight = 400,
    font = SANS,
  }: { x: number; y: number; size: number; fill: string; anchor?: 'start' | 'end'; weight?: number; font?: string },
): string {
  return `<text x="${x}" y="${y}" dy="0.35em" text-anchor="${anchor}" font-family="${font}" font-size="${size}" font-weight="${weight}" fill="${fill}">${escapeXml(text)}</text>`;
}

function wire(
  edge: GraphEdge,
  from: Box | undefined,
  to: Box | undefined,
  { colours, forks }: { readonly colours: Colours; readonly forks: ReadonlySet<number> },
): string {
  // its tags stand at the ports
  if (!from || !to || edge.name !== undefined) return '';
  const [out, into] = [edge.from[1], edge.to[1]];
  const [a, b] = [from.node.position, to.node.position];
  const [x1, y1] = [a.x + WIDTH, a.y + (from.at.get(`out:${out}`) ?? HEADER / 2)];
  const [x2, y2] = [b.x, b.y + (to.at.get(`in:${into}`) ?? HEADER / 2)];
  const source = from.outputs.find(({ name }) => name === out);
  const colour = colours.kind(source ? kindOf(source) : 'any');
  const path = pathOf(curvesOf({ x: x1, y: y1 }, { x: x2, y: y2 }, edge.via, forks));
  const points = (edge.via ?? []).map(
    ({ x, y }) => `<circle cx="${x}" cy="${y}" r="4" fill="${colours.surface}" stroke="${colour}" stroke-width="2"/>`,
  );
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${points.join('')}`;
}

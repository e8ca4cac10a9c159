import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../../compiler/compile.ts';
import { documentHash } from '../../../graph/document.ts';
import { withText } from '../../../lib/png-text.ts';
import { templateNamed } from '../../../templates/index.ts';
import { IN_PICTURES, readGraphFile } from '../../_client/graph-file.ts';
import { factsOf } from '../state/facts.ts';
import { drawGraph } from './draw-graph.ts';

const gpt = { ...templateNamed('small-gpt')!.document, name: 'Whales & <sons>' };
const colours = {
  canvas: '#eee',
  surface: '#fff',
  line: '#ccc',
  ink: '#000',
  quiet: '#444',
  kind: (kind: string) => (kind === 'tensor' ? '#a50' : '#05a'),
  node: () => '#0a5',
};
const draw = async () => drawGraph(gpt, factsOf(gpt, await checkDocument(gpt)), colours);

describe('a graph as a picture', () => {
  test('has every node, every wire and the shapes in it', async () => {
    const { svg, width, height } = await draw();
    expect(svg.match(/<g transform/g)).toHaveLength(Object.keys(gpt.nodes).length);
    expect(svg.match(/<path d="M/g)).toHaveLength(Object.keys(gpt.edges).length);
    expect(svg).toContain('>float32[B, 64, 128]<');
    expect(svg).toContain('<title>Whales &amp; &lt;sons&gt;</title>');
    expect(svg).toContain('stroke="#a50"');
    expect(width / height).toBeGreaterThan(1);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test('shows what was added by hand: points of wires, colours of nodes', async () => {
    const [[id, edge]] = Object.entries(gpt.edges) as [[string, (typeof gpt.edges)[string]]];
    const [[node, value]] = Object.entries(gpt.nodes) as [[string, (typeof gpt.nodes)[string]]];
    const changed = {
      ...gpt,
      nodes: { ...gpt.nodes, [node]: { ...value, color: 'teal' } },
      edges: { ...gpt.edges, [id]: { ...edge, via: [{ x: -900, y: 40 }] } },
    };
    const { svg } = drawGraph(changed, factsOf(gpt, await checkDocument(gpt)), colours);
    expect(svg).toContain('<circle cx="-900" cy="40" r="4"');
    expect(svg).toMatch(/viewBox="-948 /);
    expect(svg.match(/fill-opacity="0.16"/g)).toHaveLength(1);
  });

  test('shows wires with a name as tags at their ends', async () => {
    const [[id, edge]] = Object.entries(gpt.edges) as [[string, (typeof gpt.edges)[string]]];
    const named = { ...gpt, edges: { ...gpt.edges, [id]: { ...edge, name: 'from <afar>' } } };
    const { svg, width } = drawGraph(named, factsOf(gpt, await checkDocument(gpt)), colours);
    expect(svg.match(/<path d="M/g)).toHaveLength(Object.keys(gpt.edges).length - 1);
    expect(svg.match(/>from &lt;afar&gt;</g)).toHaveLength(2);
    expect(width).toBeGreaterThanOrEqual((await draw()).width);
  });

  test('holds the graph: SVG and PNG open again as it was', async () => {
    const { svg } = await draw();
    const drawing = await readGraphFile(new File([svg], 'graph.svg'));
    expect(documentHash(drawing.document)).toBe(documentHash(gpt));
    const dot = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    const png = withText(dot, IN_PICTURES, JSON.stringify(gpt));
    expect(documentHash((await readGraphFile(new File([png], 'graph.png'))).document)).toBe(documentHash(gpt));
    await expect(readGraphFile(new File([dot], 'other.png'))).rejects.toMatchObject({
      problem: { code: 'document/not-a-graph', message: 'The picture other.png holds no graph.' },
    });
  });
});

import { describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../graph/document.ts';
import { checkDocument } from './compile.ts';
import { withLint } from './lint/index.ts';

type Nodes = Record<string, [type: string, params?: Record<string, unknown>]>;
const ends = (text: string) => text.split('.') as [string, string];

/** Nodes by id and wires as `from.port to.port`; a Network makes the last one's tensor a network. */
async function check(nodes: Nodes, wires: readonly string[]) {
  const document: GraphDocument = {
    ...emptyDocument('Axes'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, [type, params = {}]]) => [
        id,
        { type: `network/${type}`, version: 1, params: { name: id, ...params }, position: { x: 0, y: 0 } },
      ]),
    ),
    edges: Object.fromEntries(
      wires.map((wire, i) => {
        const [from, to] = wire.split(' ') as [string, string];
        return [`w${i}`, { from: ends(from), to: ends(to) }];
      }),
    ),
  };
  const found = await checkDocument(document);
  const axes = (id: string, port = 'y') => {
    const type = found.nodes.get(id)!.outputs[port];
    return type?.kind === 'tensor' ? (type.axes ?? []).join(' ') : undefined;
  };
  const wrong = withLint(document, found).problems.filter(({ code }) => code === 'lint/axes');
  return { found, axes, wrong };
}

const tokens: Nodes[string] = ['input', { length: 8, vocabulary: 32 }];
const pictures: Nodes[string] = ['input', { kind: 'image', length: 8, channels: 3 }];
const row = (shape: string, axes = ''): Nodes[string] => ['reshape', { shape, axes }];

describe('names come from what declares them', () => {
  test('a column names the axes of an Input, and layers hand them on', async () => {
    const { axes, found } = await check(
      {
        ids: tokens,
        embedding: ['embedding', { width: 16 }],
        drop: ['dropout'],
        attention: ['attention'],
        recurrent: ['gru', { units: 4 }],
        pooled: ['pool-sequence'],
        head: ['linear', { units: 3 }],
      },
      [
        'ids.y embedding.x',
        'embedding.y drop.x',
        'drop.y attention.query',
        'attention.y recurrent.x',
        'recurrent.y pooled.x',
        'pooled.y head.x',
      ],
    );
    expect(found.problems).toEqual([]);
    expect(axes('ids')).toBe('batch time');
    for (const id of ['embedding', 'drop', 'attention', 'recurrent']) expect(axes(id)).toBe('batch time features');
    expect(axes('embedding', 'table')).toBe('vocabulary features');
    expect(axes('recurrent', 'last')).toBe('batch features');
    for (const id of ['pooled', 'head']) expect(axes(id)).toBe('batch features');
  });

  test('pictures, through convolutions, to patches or vectors', async () => {
    const { axes, found } = await check(
      {
        image: pictures,
        conv: ['conv2d'],
        bend: ['activation'],
        global: ['pool2d', { kind: 'global' }],
        patches: ['patch-embedding', { patch: 4, width: 16 }],
        block: ['encoder-block'],
        flat: row('-1'),
        grid: row('4, -1'),
        named: row('16, -1', 'time, features'),
      },
      [
        'image.y conv.x',
        'conv.y bend.x',
        'bend.y global.x',
        'image.y patches.x',
        'patches.y block.x',
        'image.y flat.x',
        'image.y grid.x',
        'image.y named.x',
      ],
    );
    expect(found.problems).toEqual([]);
    for (const id of ['image', 'conv', 'bend']) expect(axes(id)).toBe('batch channels height width');
    for (const id of ['global', 'flat']) expect(axes(id)).toBe('batch features');
    // positions of a sequence may be anything: these stay patches
    for (const id of ['patches', 'block']) expect(axes(id)).toBe('batch patch features');
    expect(axes('grid')).toBe('batch _ _');
    expect(axes('named')).toBe('batch time features');
  });
});

test('a mask goes by the positions of its tokens; other numbers of a row are features', async () => {
  const document: GraphDocument = {
    ...emptyDocument('Masks'),
    nodes: Object.fromEntries(
      Object.entries({
        data: ['data/dataset', { dataset: 'sentiment' }],
        tokenizer: ['text/tokenizer', { algorithm: 'word', size: 200 }],
        tokenize: ['text/tokenize', { length: 16 }],
        mask: ['network/input', { column: 'mask' }],
        flowers: ['data/dataset', { dataset: 'iris' }],
        width: ['network/input', { column: 'petal width' }],
      }).map(([id, [type, params]]) => [
        id,
        { type: type as string, version: 1, params: params as never, position: { x: 0, y: 0 } },
      ]),
    ),
    edges: Object.fromEntries(
      [
        'data.dataset tokenizer.dataset',
        'data.dataset tokenize.dataset',
        'tokenizer.tokenizer tokenize.tokenizer',
        'tokenize.dataset mask.dataset',
        'flowers.dataset width.dataset',
      ].map((wire, i) => {
        const [from, to] = wire.split(' ') as [string, string];
        return [`w${i}`, { from: ends(from), to: ends(to) }];
      }),
    ),
  };
  const { nodes } = await checkDocument(document);
  expect(nodes.get('mask')!.outputs.y).toMatchObject({ kind: 'tensor', axes: ['batch', 'time'] });
  expect(nodes.get('width')!.outputs.y).toMatchObject({ kind: 'tensor', axes: ['batch', 'features'] });
});

describe('axes in the wrong place are caught though sizes fit', () => {
  const swapped = (axes: string) =>
    check({ image: pictures, rows: row('16, 12', axes), lstm: ['lstm', { units: 4 }] }, [
      'image.y rows.x',
      'rows.y lstm.x',
    ]);

  test('time and features swapped: both ends, both orders, a hint', async () => {
    const { found, wrong } = await swapped('features, time');
    expect(found.problems).toEqual([]);
    expect(wrong).toEqual([
      {
        code: 'lint/axes',
        severity: 'warning',
        message: 'LSTM works on batch, position, features at x, Reshape gives batch, features, time.',
        hint: 'Wire what has these axes, or put a Reshape between the two.',
        reason: expect.stringContaining('attention mixes positions'),
        at: { node: 'lstm', port: 'x' },
        notes: [{ message: 'The other end is Reshape.', at: { node: 'rows' } }],
      },
    ]);
  });

  test('the right order, and axes that nobody has named, are no problem', async () => {
    for (const axes of ['time, features', '']) expect((await swapped(axes)).wrong).toEqual([]);
  });

  test('a layer over features gets the width of pictures', async () => {
    const { found, wrong } = await check({ image: pictures, norm: ['normalization'] }, ['image.y norm.x']);
    expect(found.problems).toEqual([]);
    expect(wrong.map(({ message, hint }) => [message, hint])).toEqual([
      [
        'Normalization works on batch, channels, height, features at x, Input gives batch, channels, height, width.',
        'Pool the pictures, embed patches of them, or reshape them before it.',
      ],
    ]);
  });

  test('two tensors that are added stand for the same', async () => {
    const { wrong } = await check(
      {
        ids: tokens,
        embedding: ['embedding', { width: 4 }],
        image: ['input', { kind: 'image', length: 8, column: 'image' }],
        patches: ['patch-embedding', { patch: 8, width: 32 }],
        rows: row('8, 4', 'patch, features'),
        sum: ['residual'],
      },
      ['ids.y embedding.x', 'image.y patches.x', 'patches.y rows.x', 'embedding.y sum.a', 'rows.y sum.b'],
    );
    expect(wrong.map(({ message }) => message)).toEqual([
      'Residual works on batch, time, features at b, Reshape gives batch, patch, features.',
    ]);
  });
});

test('an input with one entry along an axis is repeated along it, and what is given keeps the names', async () => {
  const { found, axes, wrong } = await check(
    {
      ids: tokens,
      embedding: ['embedding', { width: 4 }],
      pooled: ['pool-sequence'],
      one: row('1, 4', 'time, features'),
      sum: ['residual'],
    },
    ['ids.y embedding.x', 'embedding.y pooled.x', 'pooled.y one.x', 'embedding.y sum.a', 'one.y sum.b'],
  );
  expect(found.problems).toEqual([]);
  expect(wrong).toEqual([]);
  expect(found.nodes.get('sum')?.axes?.repeated).toEqual({ b: ['time'] });
  expect(axes('sum')).toBe('batch time features');
});

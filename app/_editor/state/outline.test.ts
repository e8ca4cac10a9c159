import { expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../../graph/document.ts';
import { flowOrder, outlineRows, portsFor } from './outline.ts';
import { fitting, looseEnd, refuseWire } from './wiring.ts';

const node = (type: string, x: number) => ({ type, version: 1, params: {}, position: { x, y: 0 } });
const document: GraphDocument = {
  ...emptyDocument(),
  nodes: {
    train: node('training/train', 0),
    network: node('network/network', 300),
    linear: node('network/linear', 200),
    input: node('network/input', 400),
  },
  edges: {
    a: { from: ['input', 'y'], to: ['linear', 'x'] },
    b: { from: ['linear', 'y'], to: ['network', 'x'] },
    c: { from: ['network', 'model'], to: ['train', 'model'] },
  },
};

test('nodes come in the order of the data, wherever they lie', () => {
  expect(flowOrder(document)).toEqual(['input', 'linear', 'network', 'train']);
});

test('an open node shows its ports, and each port its wires', () => {
  const rows = outlineRows(document, new Set(['linear']));
  const linear = rows.filter(({ node: id }) => id === 'linear');
  expect(linear[0]).toMatchObject({ level: 1, expanded: true, position: 2, count: 4 });
  expect(linear.find(({ wire }) => wire === 'a')).toMatchObject({ level: 3, title: 'Input, y' });
  expect(rows.filter(({ level }) => level === 1)).toHaveLength(4);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test('a port may be wired to exactly what would not be refused', () => {
  for (const side of ['inputs', 'outputs'] as const) {
    const end = side === 'outputs' ? { node: 'linear', port: 'y' } : { node: 'linear', port: 'x' };
    const loose = looseEnd(document, end, side);
    const found = portsFor(document, fitting(document, end, loose), loose.seeks);
    const all = portsFor(document, () => true, loose.seeks);
    const allowed = all.filter((other) =>
      side === 'outputs' ? !refuseWire(document, end, other) : !refuseWire(document, other, end),
    );
    expect(found).toEqual(allowed);
    expect(found.length).toBeGreaterThan(0);
  }
});

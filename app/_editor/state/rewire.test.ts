import { describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { canBypass, canSplice, dissolve, splice, swap } from './rewire.ts';

const node = (type: string, params = {}) => ({ type, version: 1, params, position: { x: 0, y: 0 } });

const chain: GraphDocument = {
  ...emptyDocument(),
  nodes: {
    input: node('network/input'),
    linear: node('network/linear', { units: 8, name: 'first' }),
    network: node('network/network'),
    activation: node('network/activation'),
    book: node('data/dataset'),
  },
  edges: {
    a: { from: ['input', 'y'], to: ['linear', 'x'] },
    b: { from: ['linear', 'y'], to: ['network', 'x'] },
  },
};
const applied = (command: Command | undefined) => applyCommand(chain, command!).document;
const wires = ({ edges }: GraphDocument) =>
  Object.values(edges)
    .map(({ from, to }) => `${from.join('.')} → ${to.join('.')}`)
    .sort();

describe('splice', () => {
  test('a node that is dropped on a wire comes between its ends', () => {
    expect(canSplice(chain, 'b', 'activation')).toBe(true);
    expect(wires(applied(splice(chain, 'b', 'activation')))).toEqual([
      'activation.y → network.x',
      'input.y → linear.x',
      'linear.y → activation.x',
    ]);
  });
  test('not where its kinds do not fit, and not with a node that has wires', () => {
    expect(canSplice(chain, 'b', 'book')).toBe(false);
    expect(canSplice(chain, 'b', 'input')).toBe(false);
    expect(canSplice(chain, 'gone', 'activation')).toBe(false);
  });
});

describe('swap', () => {
  test('wires stay at ports of the same name, params where the new type has them', () => {
    const swapped = applied(swap(chain, 'linear', entryOf('network/dropout')!));
    expect(swapped.nodes.linear).toMatchObject({ type: 'network/dropout' });
    expect(swapped.nodes.linear?.params).not.toHaveProperty('units');
    expect(wires(swapped)).toEqual(wires(chain));
  });
  test('a wire that no port takes goes', () => {
    expect(wires(applied(swap(chain, 'linear', entryOf('data/dataset')!)))).toEqual([]);
  });
  test('it is undone as one step', () => {
    const { document, inverse } = applyCommand(chain, swap(chain, 'linear', entryOf('network/dropout')!));
    expect(applyCommand(document, inverse).document).toEqual(chain);
  });
});

test('only what lets its input through can be bypassed', () => {
  expect(canBypass(chain, 'linear')).toBe(true);
  expect(canBypass(chain, 'book')).toBe(false);
  expect(canBypass(chain, 'network')).toBe(false);
});

test('dissolving closes the gap', () => {
  expect(wires(applied(dissolve(chain, ['linear'])))).toEqual(['input.y → network.x']);
  expect(wires(applied(dissolve(chain, ['input', 'linear'])))).toEqual([]);
});

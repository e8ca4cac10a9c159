import { describe, expect, test } from 'vitest';
import { emptyDocument } from '../../../graph/document.ts';
import { applyCommand } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { templateNamed } from '../../../templates/index.ts';
import { addConnected, excerpt, insertNodes, newNode } from './new-node.ts';

const gpt = templateNamed('small-gpt')!.document;

describe('new nodes', () => {
  test('ids and names of layers are the smallest free ones', () => {
    const linear = entryOf('network/linear')!;
    const one = newNode(emptyDocument(), linear, { x: 0.4, y: 0 });
    expect(one).toMatchObject({ id: 'linear-1', node: { params: { name: 'linear-1' }, position: { x: 0, y: 0 } } });
    const document = { ...emptyDocument(), nodes: { [one.id]: one.node } };
    expect(newNode(document, linear, { x: 0, y: 0 })).toMatchObject({
      id: 'linear-2',
      node: { params: { name: 'linear-2' } },
    });
  });

  test('a step has no name', () => {
    expect(newNode(emptyDocument(), entryOf('data/split')!, { x: 0, y: 0 }).node.params).toEqual({});
  });

  test('a node from a loose wire is added and wired in one step', () => {
    const { id, command } = addConnected(
      gpt,
      entryOf('network/linear')!,
      { x: 0, y: 0 },
      {
        end: { node: 'norm', port: 'y' },
        port: 'x',
        seeks: 'inputs',
        many: false,
      },
    );
    const { document } = applyCommand(gpt, command);
    expect(Object.values(document.edges)).toContainEqual({ from: ['norm', 'y'], to: [id, 'x'] });
  });

  test('a copy has new ids and names, its own wires, and those that feed it', () => {
    const ids = new Set(['embedding', 'positions']);
    const { ids: made, command } = insertNodes(gpt, excerpt(gpt, ids, true), { label: 'Duplicate', keepInputs: true });
    const { document } = applyCommand(gpt, command);
    expect(made).toEqual(['embedding-1', 'positions-1']);
    expect(document.nodes['embedding-1']!.params.name).toBe('embedding-1');
    const wires = Object.values(document.edges).map(({ from, to }) => [from.join('.'), to.join('.')]);
    expect(wires).toContainEqual(['embedding-1.y', 'positions-1.x']);
    expect(wires).toContainEqual(['tokens.y', 'embedding-1.x']);
    expect(wires).not.toContainEqual(['positions-1.y', 'block.x']);
  });
});

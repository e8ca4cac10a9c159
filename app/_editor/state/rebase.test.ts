import { describe, expect, test } from 'vitest';
import { emptyDocument } from '../../../graph/document.ts';
import { addNode, applyCommand, type Command, connect, removeNodes, setParam } from '../../../graph/edit.ts';
import { perform, startLog, undo } from './document-log.ts';
import { rebase } from './rebase.ts';

const node = (type: string) => ({ type, version: 1, params: {}, position: { x: 0, y: 0 } });
const base = [addNode('input-1', node('network/input'), 'Input')].reduce(
  (document, command) => applyCommand(document, command).document,
  emptyDocument(),
);
const theirs = (...commands: Command[]) =>
  commands.reduce((document, command) => applyCommand(document, command).document, base);
const ours = (...commands: ((log: ReturnType<typeof startLog>) => Command)[]) =>
  commands.reduce((log, command, i) => perform(log, command(log), { at: i * 2_000 }), startLog(base));

describe('rebase', () => {
  test('changes of both sides stay', () => {
    const { log, lost } = rebase(
      ours(() => setParam('input-1', 'length', 8, 'Length')),
      theirs(setParam('input-1', 'column', 'text', 'Column'), addNode('split-1', node('data/split'), 'Split')),
    );
    expect(log.document.nodes['input-1']!.params).toEqual({ length: 8, column: 'text' });
    expect(Object.keys(log.document.nodes)).toEqual(['input-1', 'split-1']);
    expect(lost).toBe(0);
  });

  test('two nodes added under one id both stay, and wires follow', () => {
    const { log } = rebase(
      ours(
        () => addNode('linear-1', node('network/linear'), 'Linear'),
        ({ document }) => connect(document, 'wire-1', { from: ['input-1', 'y'], to: ['linear-1', 'x'] }, false),
      ),
      theirs(addNode('linear-1', node('network/dropout'), 'Dropout')),
    );
    expect(log.document.nodes['linear-1']!.type).toBe('network/dropout');
    expect(log.document.nodes['linear-2']!.type).toBe('network/linear');
    expect(log.document.edges['wire-1']!.to).toEqual(['linear-2', 'x']);
    expect(undo(undo(log)).document.nodes['linear-2']).toBeUndefined();
    expect(undo(undo(log)).document.nodes['linear-1']!.type).toBe('network/dropout');
  });

  test('two nodes added under one id inside of a subgraph both stay', () => {
    const list = ['definitions', 'd', 'nodes'];
    const definition = { title: 'D', inputs: [], outputs: [], params: [], nodes: {}, edges: {} };
    const start = applyCommand(base, {
      label: 'Make',
      edits: [{ path: ['definitions', 'd'], value: definition }],
    }).document;
    const add = (type: string): Command => ({
      label: 'Add',
      edits: [{ path: [...list, 'linear-1'], value: node(type) }],
    });
    const mine = perform(
      perform(startLog(start), add('network/linear'), { at: 0 }),
      {
        label: 'Connect',
        edits: [{ path: ['definitions', 'd', 'edges', 'w'], value: { from: ['a', 'y'], to: ['linear-1', 'x'] } }],
      },
      { at: 5_000 },
    );
    const { log } = rebase(mine, applyCommand(start, add('network/dropout')).document);
    const { nodes, edges } = log.document.definitions.d!;
    expect(Object.entries(nodes).map(([id, { type }]) => [id, type])).toEqual([
      ['linear-1', 'network/dropout'],
      ['linear-2', 'network/linear'],
    ]);
    expect(edges.w!.to).toEqual(['linear-2', 'x']);
  });

  test('a save whose answer got lost is not done twice', () => {
    const add = addNode('linear-1', node('network/linear'), 'Linear');
    const { log } = rebase(
      ours(() => add),
      theirs(add),
    );
    expect(Object.keys(log.document.nodes)).toEqual(['input-1', 'linear-1']);
  });

  test('tells what has no place any more', () => {
    const { log, lost } = rebase(
      ours(() => setParam('input-1', 'length', 8, 'Length')),
      theirs(removeNodes(base, ['input-1'], 'Remove')),
    );
    expect(log.document.nodes).toEqual({});
    expect(lost).toBe(1);
  });
});

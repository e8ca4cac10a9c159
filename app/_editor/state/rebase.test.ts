import { describe, expect, test } from 'vitest';
import { emptyDocument } from '../../../graph/document.ts';
import { addNode, applyCommand, type Command, connect, removeNodes, setParam } from '../../../graph/edit.ts';
import { perform, redo, startLog, undo } from './document-log.ts';
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
        edits: [
          { path: ['definitions', 'd', 'edges', 'w'], value: { from: ['linear-1', 'y'], to: ['linear-1', 'x'] } },
        ],
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

  const two = applyCommand(base, addNode('linear-1', node('network/linear'), 'Linear')).document;
  const wire = connect(two, 'wire-1', { from: ['input-1', 'y'], to: ['linear-1', 'x'] }, false);

  test('a wire to a node that the other one deleted is not made, and that is told', () => {
    const mine = perform(startLog(two), wire, { at: 0 });
    const { log, lost, wires } = rebase(mine, applyCommand(two, removeNodes(two, ['linear-1'], 'Remove')).document);
    expect(log.document.edges).toEqual({});
    expect({ lost, wires }).toEqual({ lost: 0, wires: 1 });
    // what is sent gives the server the same
    expect(log.pending.flatMap(({ edits }) => edits)).toEqual([]);
    expect(redo(undo(log)).document.edges).toEqual({});
  });

  test('a wire that the other one drew goes with the node that is deleted here, and that is told', () => {
    const mine = perform(startLog(two), removeNodes(two, ['linear-1'], 'Remove'), { at: 0 });
    const theirs = applyCommand(two, wire).document;
    const { log, wires } = rebase(mine, theirs);
    expect(log.document.edges).toEqual({});
    expect(wires).toBe(1);
    expect(log.pending.reduce((document, command) => applyCommand(document, command).document, theirs)).toEqual(
      log.document,
    );
  });

  test('what is undone or done again leaves no wire without its node', () => {
    const added = perform(startLog(base), addNode('linear-1', node('network/linear'), 'Linear'), { at: 0 });
    const wired = applyCommand(added.document, wire).document;
    const { log } = rebase({ ...added, pending: [] }, wired);
    expect(undo(log).document.edges).toEqual({});
    const deleted = perform(startLog(wired), removeNodes(wired, ['linear-1'], 'Remove'), { at: 0 });
    const { log: merged } = rebase(
      { ...deleted, pending: [] },
      applyCommand(deleted.document, removeNodes(deleted.document, ['input-1'], 'Remove')).document,
    );
    const back = undo(merged).document;
    expect([Object.keys(back.nodes), back.edges]).toEqual([['linear-1'], {}]);
  });

  test('a wire inside of a subgraph goes too', () => {
    const definition = { title: 'D', inputs: [], outputs: [], params: [], nodes: two.nodes, edges: {} };
    const start = { ...base, definitions: { d: definition } };
    const mine = perform(
      startLog(start),
      { ...wire, edits: wire.edits.map((edit) => ({ ...edit, path: ['definitions', 'd', ...edit.path] })) },
      { at: 0 },
    );
    const gone = { label: 'Remove', edits: [{ path: ['definitions', 'd', 'nodes', 'linear-1'] }] };
    const { log, wires } = rebase(mine, applyCommand(start, gone).document);
    expect([log.document.definitions.d!.edges, wires]).toEqual([{}, 1]);
  });
});

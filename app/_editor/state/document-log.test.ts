import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentHash, emptyDocument } from '../../../graph/document.ts';
import { addNode, applyCommand, type Command, connect, moveNodes, removeNodes, setParam } from '../../../graph/edit.ts';
import { type DocumentLog, perform, redo, startLog, undo } from './document-log.ts';

const node = { type: 'network/linear', version: 1, params: {}, position: { x: 0, y: 0 } };
const start = () => startLog(emptyDocument());
const all = (log: DocumentLog, commands: readonly Command[], group?: string) =>
  commands.reduce((so, command, i) => perform(so, command, { at: i * 100, ...(group && { group }) }), log);

describe('document log', () => {
  test('undo and redo give back what was there', () => {
    const one = perform(start(), addNode('a', node, 'Linear'), { at: 0 });
    const back = undo(one);
    expect(back.document).toEqual(emptyDocument());
    expect(redo(back).document).toEqual(one.document);
  });

  test('typing in one field is one step, and the server gets every command', () => {
    const added = perform(start(), addNode('a', node, 'Linear'), { at: 0 });
    const typed = all(added, [setParam('a', 'units', 1, 'Units'), setParam('a', 'units', 12, 'Units')], 'a.units');
    expect(typed.past).toHaveLength(2);
    expect(typed.past.at(-1)!.command.edits).toEqual([{ path: ['nodes', 'a', 'params', 'units'], value: 12 }]);
    expect(undo(typed).document.nodes.a!.params).toEqual({});
    expect(typed.pending).toHaveLength(3);
  });

  test('a group that pauses becomes two steps', () => {
    const added = perform(start(), addNode('a', node, 'Linear'), { at: 0 });
    const first = perform(added, moveNodes({ a: { x: 1, y: 0 } }), { at: 0, group: 'move a' });
    const second = perform(first, moveNodes({ a: { x: 2, y: 0 } }), { at: 5_000, group: 'move a' });
    expect(second.past).toHaveLength(3);
  });

  test('a command that changes nothing is no step', () => {
    const log = perform(start(), { label: 'Nothing', edits: [{ path: ['nodes', 'missing'] }] }, { at: 0 });
    expect(log.past).toHaveLength(0);
    expect(log.pending).toHaveLength(0);
  });

  test('whatever is done, undoing all gives the first document, redoing all the last, and the server the same', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const id = fc.constantFrom(...ids);
    const step = fc.oneof(
      id.map((each) => ({ kind: 'add', each }) as const),
      fc.subarray(ids, { minLength: 1 }).map((gone) => ({ kind: 'remove', gone }) as const),
      fc.tuple(id, id).map(([from, to]) => ({ kind: 'wire', from, to }) as const),
      fc.tuple(id, fc.integer()).map(([each, value]) => ({ kind: 'param', each, value }) as const),
      fc.tuple(id, fc.integer()).map(([each, x]) => ({ kind: 'move', each, x }) as const),
      fc.constantFrom({ kind: 'undo' } as const, { kind: 'redo' } as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let log = start();
        let at = 0;
        let wires = 0;
        for (const each of steps) {
          at += 300;
          const does = (command: Command, group?: string) => {
            log = perform(log, command, { at, ...(group && { group }) });
          };
          if (each.kind === 'add') does(addNode(each.each, node, 'Linear'));
          else if (each.kind === 'remove') does(removeNodes(log.document, each.gone, 'Remove'));
          else if (each.kind === 'wire' && [each.from, each.to].every((end) => end in log.document.nodes))
            does(connect(log.document, `w${++wires}`, { from: [each.from, 'y'], to: [each.to, 'x'] }, false));
          else if (each.kind === 'param') does(setParam(each.each, 'units', each.value, 'Units'), `${each.each}.units`);
          else if (each.kind === 'move') does(moveNodes({ [each.each]: { x: each.x, y: 0 } }), 'move');
          else if (each.kind === 'undo') log = undo(log);
          else if (each.kind === 'redo') log = redo(log);
        }
        const saved = log.pending.reduce(
          (document, command) => applyCommand(document, command).document,
          emptyDocument(),
        );
        expect(documentHash(saved)).toBe(documentHash(log.document));
        while (log.future.length > 0) log = redo(log);
        const last = documentHash(log.document);
        const count = log.past.length;
        while (log.past.length > 0) log = undo(log);
        expect(documentHash(log.document)).toBe(documentHash(emptyDocument()));
        for (let i = 0; i < count; i++) log = redo(log);
        expect(documentHash(log.document)).toBe(last);
      }),
      { numRuns: 300 },
    );
  });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { documentHash, emptyDocument, type GraphDocument } from '../../graph/document.ts';
import { addNode, applyCommand, type Command, setDocumentField, setParam } from '../../graph/edit.ts';
import { fail } from '../../lib/problem.ts';
import { type DocumentLog, perform, startLog } from '../_editor/state/document-log.ts';
import type { SaveResult } from './api.ts';
import { Autosave, type AutosaveOptions, type Merged, type SaveState } from './autosave.ts';
import type { Entry } from './journal.ts';

/** The server's rule, in memory: revisions, keys, conflicts. */
class Shelf {
  rev = 1;
  document: GraphDocument = emptyDocument();
  readonly saves: { rev: number; key: string; commands: readonly Command[] }[] = [];
  save({ baseRev, idempotencyKey, commands }: Parameters<AutosaveOptions['save']>[0]): SaveResult {
    const done = this.saves.find(({ key }) => key === idempotencyKey);
    if (done) return { status: 'saved', rev: done.rev };
    if (baseRev !== this.rev)
      return {
        status: 'conflict',
        rev: this.rev,
        document: this.document,
        commands: this.saves.filter(({ rev }) => rev > baseRev).flatMap(({ commands: each }) => [...each]),
      };
    this.document = commands.reduce((document, command) => applyCommand(document, command).document, this.document);
    this.rev++;
    this.saves.push({ rev: this.rev, key: idempotencyKey, commands });
    return { status: 'saved', rev: this.rev };
  }
}

type Send = (request: Parameters<AutosaveOptions['save']>[0]) => Promise<SaveResult>;

/** An editor that does what it is told. */
class Writer {
  log: DocumentLog;
  readonly states: SaveState[] = [];
  readonly merges: Merged[] = [];
  entry: Entry | undefined;
  readonly autosave: Autosave;
  #at = 0;
  constructor(shelf: Shelf, send: Send = async (request) => shelf.save(request), from?: Entry) {
    this.log = from
      ? { document: from.document, past: from.past, future: from.future, pending: from.pending }
      : startLog(shelf.document);
    this.autosave = new Autosave({
      rev: from?.rev ?? shelf.rev,
      inFlight: from?.inFlight,
      journal: {
        write: async (entry) => {
          this.entry = structuredClone(entry);
        },
      },
      read: () => this.log,
      write: (log) => {
        this.log = log;
      },
      save: send,
      onState: (state) => this.states.push(state),
      onMerged: (merged) => this.merges.push(merged),
      onSaved: () => undefined,
    });
  }
  does(command: Command): void {
    this.#at += 5_000;
    this.log = perform(this.log, command, { at: this.#at });
    this.autosave.changed();
  }
}

const node = { type: 'network/linear', version: 1, params: {}, position: { x: 0, y: 0 } };
const add = (id: string) => addNode(id, node, 'Linear');
const offline = () => new TypeError('Failed to fetch');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('autosave', () => {
  test('two who want everything saved at once, over a conflict, take nothing away that was done since', async () => {
    const shelf = new Shelf();
    const mine = new Writer(shelf, async (request) => {
      const result = shelf.save(request);
      if (result.status === 'saved' && !mine.log.document.nodes.later) mine.does(add('later'));
      await Promise.resolve();
      return result;
    });
    shelf.save({ baseRev: 1, idempotencyKey: 'theirs', commands: [add('theirs')] });
    mine.does(add('mine'));
    await Promise.all([mine.autosave.flush(), mine.autosave.flush()]);
    expect(mine.log.pending).toEqual([]);
    expect(Object.keys(shelf.document.nodes)).toEqual(['theirs', 'mine', 'later']);
    expect(documentHash(mine.log.document)).toBe(documentHash(shelf.document));
  });

  test('sends what was done within a second, as one request', async () => {
    const shelf = new Shelf();
    const writer = new Writer(shelf);
    writer.does(add('a'));
    writer.does(setParam('a', 'units', 3, 'Units'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shelf.saves).toHaveLength(1);
    expect(shelf.document).toEqual(writer.log.document);
    expect(writer.states.at(-1)).toEqual({ kind: 'saved' });
  });

  test('offline, everything is kept on the device and sent when the connection is back', async () => {
    const shelf = new Shelf();
    let connected = false;
    const writer = new Writer(shelf, async (request) => {
      if (!connected) throw offline();
      return shelf.save(request);
    });
    writer.does(add('a'));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(writer.states.at(-1)).toMatchObject({ kind: 'waiting', problem: { code: 'network/offline' } });
    expect(writer.entry).toMatchObject({
      rev: 1,
      pending: [{ label: 'Add Linear' }],
      inFlight: { baseRev: 1, count: 1 },
    });
    connected = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(shelf.document.nodes.a).toEqual(node);
    expect(writer.states.at(-1)).toEqual({ kind: 'saved' });
  });

  test('an answer that got lost is asked for again, and nothing is done twice', async () => {
    const shelf = new Shelf();
    let lose = true;
    const writer = new Writer(shelf, async (request) => {
      const result = shelf.save(request);
      if (lose) {
        lose = false;
        throw offline();
      }
      return result;
    });
    writer.does(add('a'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shelf.saves).toHaveLength(1);
    expect(writer.log.pending).toHaveLength(0);
    expect(writer.merges).toHaveLength(0);
  });

  test('a tab that died in the middle of a save goes on with the same key', async () => {
    const shelf = new Shelf();
    const first = new Writer(shelf, async (request) => {
      shelf.save(request);
      throw offline();
    });
    first.does(add('a'));
    await vi.advanceTimersByTimeAsync(900);
    first.autosave.stop();
    const second = new Writer(shelf, undefined, first.entry);
    second.autosave.changed();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shelf.saves).toHaveLength(1);
    expect(second.log.pending).toHaveLength(0);
  });

  test('where someone else saved first, both changes stay, and it is said', async () => {
    const shelf = new Shelf();
    const one = new Writer(shelf);
    const two = new Writer(shelf);
    one.does(add('a'));
    await vi.advanceTimersByTimeAsync(1_000);
    two.does(add('b'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Object.keys(shelf.document.nodes)).toEqual(['a', 'b']);
    expect(two.merges).toEqual([{ theirs: ['Add Linear'], lost: 0, wires: 0 }]);
    expect(two.log.document).toEqual(shelf.document);
  });

  test('a change that the server refuses stays here, with the reason', async () => {
    const shelf = new Shelf();
    let refuse = true;
    const writer = new Writer(shelf, async (request) => {
      if (refuse) fail('save/not-a-graph', 'This change would make the graph unreadable.');
      return shelf.save(request);
    });
    writer.does(add('a'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(writer.states.at(-1)).toMatchObject({ kind: 'failed', problem: { code: 'save/not-a-graph' } });
    refuse = false;
    writer.does(add('b'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Object.keys(shelf.document.nodes)).toEqual(['a', 'b']);
  });

  test('flush gives the revision that has everything, or says why not', async () => {
    const shelf = new Shelf();
    const writer = new Writer(shelf);
    writer.does(add('a'));
    expect(await writer.autosave.flush()).toBe(2);
    const broken = new Writer(shelf, async () => {
      throw offline();
    });
    broken.does(add('b'));
    await expect(broken.autosave.flush()).rejects.toMatchObject({ problem: { code: 'network/offline' } });
  });

  test('several writers, a connection that fails at any moment: all end with the same document, no change is lost', async () => {
    const step = fc.record({
      who: fc.nat(2),
      what: fc.oneof(
        fc.constantFrom('a', 'b', 'c').map((id) => ({ id })),
        fc.integer().map((seed) => ({ seed })),
      ),
      wait: fc.constantFrom(0, 100, 800, 5_000),
      fault: fc.constantFrom('none', 'none', 'before', 'after'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const shelf = new Shelf();
        let fault = 'none';
        const send: Send = async (request) => {
          const now = fault;
          fault = 'none';
          if (now === 'before') throw offline();
          const result = shelf.save(request);
          if (now === 'after') throw offline();
          return result;
        };
        const writers = [0, 1, 2].map(() => new Writer(shelf, send));
        let added = 0;
        for (const { who, what, wait, fault: next } of steps) {
          fault = next;
          const writer = writers[who]!;
          if ('id' in what && !(what.id in writer.log.document.nodes)) {
            added++;
            writer.does({
              ...add(what.id),
              edits: [{ path: ['nodes', what.id], value: { ...node, title: `${added}` } }],
            });
          } else if ('seed' in what) writer.does(setDocumentField('seed', Math.abs(what.seed), 'Set seed'));
          await vi.advanceTimersByTimeAsync(wait);
        }
        fault = 'none';
        await vi.advanceTimersByTimeAsync(120_000);
        for (const { log } of writers) expect(log.pending).toHaveLength(0);
        expect(Object.keys(shelf.document.nodes)).toHaveLength(added);
        for (const writer of writers) {
          writer.autosave.adopt(shelf.rev, shelf.document);
          expect(documentHash(writer.log.document)).toBe(documentHash(shelf.document));
          writer.autosave.stop();
        }
      }),
      { numRuns: 60 },
    );
  });
});

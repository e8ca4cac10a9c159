import { createStore, keys, promisifyRequest, type UseStore } from 'idb-keyval';
import type { GraphDocument } from '../../graph/document.ts';
import type { Command } from '../../graph/edit.ts';
import type { Done } from '../_editor/state/document-log.ts';
import type { Delta } from './delta.ts';
import { EntryWriter, isSlot, type PutRecords, restored } from './entry-records.ts';

/** A save that is on its way: tried again with the same key, it is done once. */
export interface InFlight {
  readonly key: string;
  readonly baseRev: number;
  /** How many of the pending commands it carries. */
  readonly count: number;
}

/** What a tab keeps of a graph on this device: enough to go on after a reload, online or not. */
export interface Entry {
  readonly rev: number;
  readonly document: GraphDocument;
  readonly past: readonly Done[];
  readonly future: readonly Done[];
  readonly pending: readonly Command[];
  readonly inFlight?: InFlight;
}

/** Where entries lie. Each tab that has a graph open writes its own slot, so that tabs never overwrite each other. */
export interface Journal {
  write(entry: Entry): Promise<void>;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** What tabs that are gone left, the fullest first. This tab takes them over. */
  readonly left: readonly Entry[];
  release(): void;
}

let store: UseStore | undefined;
const database = (): UseStore => (store ??= createStore('patchbay', 'journal'));

/** A lock that lives as long as the tab: undefined where another tab has it. */
async function claim(name: string): Promise<(() => void) | undefined> {
  if (!navigator.locks) return () => undefined;
  return new Promise((resolve) => {
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(undefined);
        return;
      }
      return new Promise<void>((release) => resolve(() => release()));
    });
    // a browser that stores nothing gives no locks either
    held.catch(() => resolve(() => undefined));
  });
}

/** Opens the journal of a graph: a slot of this tab, and what tabs that are gone have left. */
export async function openJournal(graph: string): Promise<OpenedJournal> {
  const slots = (await keysOf(graph)).filter(isSlot);
  const releases: (() => void)[] = [];
  const mine: { readonly slot: string; readonly keys: readonly string[]; readonly entry: Entry }[] = [];
  for (const slot of slots) {
    const release = await claim(`patchbay:${slot}`);
    if (!release) continue;
    // what this browser can't read stays where it is, and the server's graph opens
    const found = await read(slot).catch(() => undefined);
    releases.push(release);
    if (found) mine.push({ slot, ...found });
  }
  mine.sort((a, b) => b.entry.pending.length - a.entry.pending.length || b.entry.past.length - a.entry.past.length);
  const slot = mine[0]?.slot ?? `${prefixOf(graph)}${crypto.randomUUID()}`;
  if (!mine[0]) releases.push((await claim(`patchbay:${slot}`)) ?? (() => undefined));
  // what is taken over lies in this slot from the first write on
  const others = mine.flatMap(({ keys }) => keys).filter((key) => key !== slot);
  const writer = new EntryWriter(slot, put, others);
  return {
    journal: writer,
    left: mine.map(({ entry }) => entry),
    release: () => {
      for (const release of releases) release();
    },
  };
}

const put: PutRecords = (records, gone) =>
  database()('readwrite', (store) => {
    for (const key of gone) store.delete(key);
    for (const [key, value] of records) store.put(value, key);
    return promisifyRequest(store.transaction);
  });

/** A slot and its changes. */
const rangeOf = (slot: string): IDBKeyRange => IDBKeyRange.bound(slot, `${slot}/\uffff`);

async function read(slot: string): Promise<{ keys: string[]; entry: Entry } | undefined> {
  const [keys, values] = await database()('readonly', (store) =>
    Promise.all([
      promisifyRequest(store.getAllKeys(rangeOf(slot)) as IDBRequest<string[]>),
      promisifyRequest(store.getAll(rangeOf(slot)) as IDBRequest<unknown[]>),
    ]),
  );
  const [whole, ...changes] = values;
  return whole === undefined ? undefined : { keys, entry: restored(whole as Entry, changes as Delta[]) };
}

/** Forgets a graph that was deleted. */
export async function forgetGraph(graph: string): Promise<void> {
  await put([], await keysOf(graph));
}

const prefixOf = (graph: string): string => `graph:${graph}:`;

async function keysOf(graph: string): Promise<string[]> {
  const all = await keys<string>(database()).catch(() => []);
  return all.filter((key) => key.startsWith(prefixOf(graph)));
}

import { createStore, del, getMany, keys, set, type UseStore } from 'idb-keyval';
import type { GraphDocument } from '../../graph/document.ts';
import type { Command } from '../../graph/edit.ts';
import type { Done } from '../_editor/state/document-log.ts';

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
  drop(): Promise<void>;
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
  const slots = await slotsOf(graph);
  const found = await getMany<Entry>(slots, database()).catch(() => []);
  const releases: (() => void)[] = [];
  const mine: { key: string; entry: Entry }[] = [];
  for (const [i, key] of slots.entries()) {
    const entry = found[i];
    const release = entry && (await claim(`patchbay:${key}`));
    if (!release) continue;
    releases.push(release);
    mine.push({ key, entry });
  }
  mine.sort((a, b) => b.entry.pending.length - a.entry.pending.length || b.entry.past.length - a.entry.past.length);
  const slot = mine[0]?.key ?? `${prefixOf(graph)}${crypto.randomUUID()}`;
  if (!mine[0]) releases.push((await claim(`patchbay:${slot}`)) ?? (() => undefined));
  return {
    journal: {
      write: async (entry) => {
        await set(slot, entry, database());
        // what was taken over lies in this slot now
        for (const { key } of mine.splice(1)) await del(key, database());
      },
      drop: () => del(slot, database()),
    },
    left: mine.map(({ entry }) => entry),
    release: () => {
      for (const release of releases) release();
    },
  };
}

/** Forgets a graph that was deleted. */
export async function forgetGraph(graph: string): Promise<void> {
  for (const slot of await slotsOf(graph)) await del(slot, database());
}

const prefixOf = (graph: string): string => `graph:${graph}:`;

async function slotsOf(graph: string): Promise<string[]> {
  const all = await keys<string>(database()).catch(() => []);
  return all.filter((key) => key.startsWith(prefixOf(graph)));
}

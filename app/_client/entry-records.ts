import { applyDifference, type Delta, differenceOf } from './delta.ts';
import type { Entry } from './journal.ts';

/** Once so many changes lie there, the whole is written again at the next moment that nothing waits to be sent. */
const MANY = 64;
/** … and from so many on at once. */
const MOST = 1_000;

/** What is written and taken away in one go: all of it or nothing. */
export type PutRecords = (records: readonly [key: string, value: unknown][], gone: readonly string[]) => Promise<void>;

/**
 * Writes entries to one slot: the whole once in a while, and after each edit only what differs. To copy all of a large
 * graph takes longer than a frame may.
 */
export class EntryWriter {
  readonly #slot: string;
  readonly #put: PutRecords;
  /** What lies on the device beside the slot itself: the whole takes its place. */
  #others: readonly string[];
  #written: Entry | undefined;

  constructor(slot: string, put: PutRecords, others: readonly string[] = []) {
    this.#slot = slot;
    this.#put = put;
    this.#others = others;
  }

  async write(entry: Entry): Promise<void> {
    const count = this.#others.length;
    if (!this.#written || count >= MOST || (count >= MANY && entry.pending.length === 0)) {
      await this.#put([[this.#slot, entry]], this.#others);
      this.#others = [];
    } else {
      const delta = differenceOf(this.#written, entry);
      if (!delta) return;
      const key = changeKey(this.#slot, count);
      await this.#put([[key, delta]], []);
      this.#others = [...this.#others, key];
    }
    this.#written = entry;
  }
}

/** Changes come after the slot that they belong to, in their order. */
const changeKey = (slot: string, count: number): string => `${slot}/${String(count).padStart(6, '0')}`;
export const isSlot = (key: string): boolean => !key.includes('/');

/** The entry that lies in a slot. */
export const restored = (whole: Entry, changes: readonly Delta[]): Entry =>
  changes.reduce<unknown>(applyDifference, whole) as Entry;

import type { Value } from '../../ir/operation.ts';
import { countOf } from './emitter.ts';

/** Where a value lies: which buffer, from which word on. */
export interface Place {
  /** `state` is what was carried into a run, `next` what it carries out, `work0` … all else. */
  readonly arena: string;
  readonly word: number;
}

/** Words after which a value begins. */
const ALIGNED = 16;
const sizeOf = (value: Value): number => Math.max(1, Math.ceil(countOf(value) / ALIGNED)) * ALIGNED;

interface Gap {
  start: number;
  end: number;
}

/** One buffer in which values take each other's place once nothing needs them any more. */
class Room {
  readonly #most: number;
  readonly #gaps: Gap[];
  words = 0;

  constructor(most: number) {
    this.#most = most;
    this.#gaps = [{ start: 0, end: most }];
  }
  take(size: number): number | undefined {
    const gap = this.#gaps.find(({ start, end }) => end - start >= size);
    if (!gap) return undefined;
    const word = gap.start;
    gap.start += size;
    this.words = Math.max(this.words, word + size);
    return word;
  }
  give(start: number, size: number): void {
    this.#gaps.push({ start, end: start + size });
    this.#gaps.sort((a, b) => a.start - b.start);
    for (let i = this.#gaps.length - 1; i > 0; i--) {
      const [before, own] = [this.#gaps[i - 1]!, this.#gaps[i]!];
      if (before.end !== own.start) continue;
      before.end = own.end;
      this.#gaps.splice(i, 1);
    }
  }
  get most(): number {
    return this.#most;
  }
}

export interface Layout {
  readonly places: ReadonlyMap<Value, Place>;
  /** Words of each buffer. */
  readonly words: ReadonlyMap<string, number>;
}

/** A value is too large for any buffer of this device. */
export class TooLarge extends Error {}

/**
 * Gives every stored value its place. Work is put into as few buffers as the device allows; what one kernel writes has to
 * lie in one of them, since tfjs gives a kernel one result.
 */
export function layOut({
  fed,
  kept,
  carried,
  joined,
  kernels,
  outputs,
  mostWords,
}: {
  readonly fed: readonly Value[];
  readonly kept: readonly Value[];
  /** input → output */
  readonly carried: ReadonlyMap<Value, Value>;
  /** Vectors whose parts lie side by side. */
  readonly joined: ReadonlyMap<Value, readonly Value[]>;
  readonly kernels: readonly { readonly stores: readonly Value[]; readonly loads: ReadonlySet<Value> }[];
  readonly outputs: ReadonlySet<Value>;
  readonly mostWords: number;
}): Layout {
  const places = new Map<Value, Place>();
  const words = new Map<string, number>();
  const state = new Room(mostWords);
  for (const [input, output] of carried) {
    const word = state.take(sizeOf(input));
    if (word === undefined) throw new TooLarge('what a step carries on');
    places.set(input, { arena: 'state', word });
    places.set(output, { arena: 'next', word });
  }
  if (carried.size > 0) for (const arena of ['state', 'next']) words.set(arena, state.words);

  const rooms: Room[] = [];
  const takeAll = (values: readonly Value[]): void => {
    for (let i = 0; ; i++) {
      rooms[i] ??= new Room(mostWords);
      const room = rooms[i]!;
      const taken: [Value, number][] = [];
      for (const value of values) {
        const word = room.take(sizeOf(value));
        if (word === undefined) break;
        taken.push([value, word]);
      }
      if (taken.length === values.length) {
        for (const [value, word] of taken) places.set(value, { arena: `work${i}`, word });
        return;
      }
      for (const [value, word] of taken) room.give(word, sizeOf(value));
      if (i === rooms.length - 1 && room.words === 0) throw new TooLarge('what one kernel writes');
    }
  };
  for (const value of [...kept, ...fed]) takeAll([value]);

  const whole = new Map([...joined].flatMap(([vector, parts]) => parts.map((part) => [part, vector] as const)));
  const takeVector = (vector: Value): void => {
    takeAll([vector]);
    const { arena, word } = places.get(vector)!;
    let at = word;
    for (const part of joined.get(vector)!) {
      places.set(part, { arena, word: at });
      at += countOf(part);
    }
  };
  const lastRead = new Map<Value, number>();
  kernels.forEach(({ loads }, i) => {
    for (const value of loads) lastRead.set(whole.get(value) ?? value, i);
  });
  const stays = new Set([...kept, ...[...outputs].map((value) => whole.get(value) ?? value)]);
  const freed: Value[][] = kernels.map(() => []);
  for (const [value, i] of lastRead) if (!stays.has(value)) freed[i]!.push(value);
  kernels.forEach(({ stores }, i) => {
    const vector = whole.get(stores[0]!);
    if (vector && !places.has(vector)) takeVector(vector);
    if (!places.has(stores[0]!)) takeAll(stores);
    for (const value of freed[i]!) {
      const place = places.get(value)!;
      if (!place.arena.startsWith('work')) continue;
      rooms[Number(place.arena.slice('work'.length))]!.give(place.word, sizeOf(value));
    }
  });
  rooms.forEach((room, i) => {
    words.set(`work${i}`, Math.max(ALIGNED, room.words));
  });
  return { places, words };
}

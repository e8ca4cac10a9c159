import type { RunEvent } from '../../graph/events.ts';

const SHORTEST_MS = 200;
const LONGEST_MS = 5_000;
/** The longer a run goes on, the longer its events are gathered: a night's training tells thousands, not millions. */
const pace = (elapsedMs: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, elapsedMs / 2_000));

/**
 * Events on their way to the server. While they wait, what says the same again becomes one: of progress the newest, of a
 * curve all points together, of a preview the newest. Numbers are given at the end, so that the series has no gaps.
 */
export class Outbox {
  readonly #began = Date.now();
  #waiting: RunEvent[] = [];
  #nextSeq: number;
  #sentAt = 0;

  constructor(nextSeq: number) {
    this.#nextSeq = nextSeq;
  }

  add(event: RunEvent): void {
    // only over other curves and progress: nothing moves past the begin or end of its step
    const at = this.#waiting.findLastIndex(
      (each) => says(each, event) || !(isGathered(each) || each.node !== event.node),
    );
    const before = this.#waiting[at];
    if (!before || !says(before, event)) this.#waiting.push(event);
    else if (before.kind === 'points' && event.kind === 'points') {
      const { series, steps, values } = before.data;
      const data = { series, steps: [...steps, ...event.data.steps], values: [...values, ...event.data.values] };
      this.#waiting[at] = { ...event, data };
    } else this.#waiting[at] = event;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** How long to wait before sending what is there. */
  get waitMs(): number {
    const ends = this.#waiting.some(({ kind }) => kind === 'finished');
    return ends ? 0 : Math.max(0, this.#sentAt + pace(Date.now() - this.#began) - Date.now());
  }

  /** Up to `most` events, numbered. They are on their way until `arrived` is told. */
  take(most = 200): RunEvent[] {
    this.#sentAt = Date.now();
    const taken = this.#waiting.slice(0, most);
    this.#waiting = this.#waiting.slice(most);
    return taken.map((event, i) => ({ ...event, seq: this.#nextSeq + i }));
  }
  arrived(events: readonly RunEvent[]): void {
    this.#nextSeq += events.length;
  }
  /** Forgets what waits and what is on its way. */
  clear(): void {
    this.#waiting = [];
  }
}

const isGathered = ({ kind }: RunEvent): boolean => kind === 'progress' || kind === 'points' || kind === 'preview';

/** Whether two events are of one curve, of one progress, or show the same output. */
const says = (a: RunEvent, b: RunEvent): boolean =>
  isGathered(a) &&
  a.node === b.node &&
  a.kind === b.kind &&
  (a.kind !== 'points' || b.kind !== 'points' || a.data.series === b.data.series) &&
  (a.kind !== 'preview' || b.kind !== 'preview' || a.data.port === b.data.port);

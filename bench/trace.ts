/** What Chromium's tracing tells: times in microseconds; `tdur` is the processor time of the thread alone. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
}

/** What the page marks in each of its frames. */
export const FRAME_MARK = 'patchbay-frame';

/**
 * Milliseconds that the page's main thread works from one frame to the next. Processor time, so that a busy machine
 * does not count as work.
 */
export function framesOf(events: readonly TraceEvent[]): number[] {
  const begins = events.filter(({ name }) => name === FRAME_MARK).sort((a, b) => a.ts - b.ts);
  const counts = new Map<string, number>();
  for (const { pid, tid } of begins) counts.set(`${pid}|${tid}`, (counts.get(`${pid}|${tid}`) ?? 0) + 1);
  const [main] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const ofMain = ({ pid, tid }: TraceEvent) => `${pid}|${tid}` === main;
  const starts = begins.filter(ofMain).map(({ ts }) => ts);
  const frames = new Array<number>(Math.max(0, starts.length - 1)).fill(0);
  // each task is told a second time, as what ran it
  const tasks = events.filter((event) => ofMain(event) && event.ph === 'X' && event.name === 'RunTask');
  for (const { ts, dur = 0, tdur } of tasks) {
    // a task that holds the begin of a frame belongs to that frame
    const frame = starts.findLastIndex((start) => start <= ts + dur);
    if (frame >= 0 && frame < frames.length) frames[frame]! += (tdur ?? dur) / 1000;
  }
  return frames;
}

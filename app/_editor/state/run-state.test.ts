import { describe, expect, test } from 'vitest';
import type { EventData, EventKind, RunEvent } from '../../../graph/events.ts';
import { reduceRun, runFraction, showMilliseconds, startRun } from './run-state.ts';

let seq = 0;
const event = <K extends EventKind>(kind: K, data: EventData<K>, node?: string): RunEvent =>
  ({ run: 'r', seq: ++seq, at: 1_000 + seq, kind, data, ...(node && { node }) }) as RunEvent;
const begin = () => {
  seq = 0;
  return reduceRun(startRun('r', 'page'), [
    event('started', {
      backend: 'wasm',
      device: 'Processor',
      reason: 'no graphics card',
      threads: 2,
      steps: [
        { id: 'data', node: 'data' },
        { id: 'train', node: 'train' },
      ],
    }),
  ]);
};

describe('run state', () => {
  test('curves hold exactly the numbers of the events, once, whatever comes twice', () => {
    const start = begin();
    const events = [
      event('running', { step: 'train' }, 'train'),
      event('points', { series: 'loss', steps: [1, 2], values: [2.4937106, null] }, 'train'),
      event('points', { series: 'loss', steps: [3], values: [0.1 + 0.2] }, 'train'),
    ];
    const once = reduceRun(start, events);
    expect(once.nodes.train!.curves.loss).toEqual({ steps: [1, 2, 3], values: [2.4937106, null, 0.1 + 0.2] });
    expect(reduceRun(once, events)).toEqual(once);
  });

  test('a resumed training replaces the points that it tells again', () => {
    const state = reduceRun(begin(), [
      event('points', { series: 'loss', steps: [1, 2, 3], values: [3, 2, 1] }, 'train'),
      event('points', { series: 'loss', steps: [1, 2], values: [3, 2.5] }, 'train'),
    ]);
    expect(state.nodes.train!.curves.loss).toEqual({ steps: [1, 2], values: [3, 2.5] });
  });

  test('a node goes from waiting to done or cached, with its outputs and key', () => {
    const state = begin();
    expect(state.nodes.train!.status).toBe('waiting');
    const reference = { kind: 'dataset', sha256: 'a'.repeat(64), bytes: 10 };
    const done = reduceRun(state, [
      event('done', { step: 'data', cached: true, key: 'k', ms: 3, outputs: { dataset: reference } }, 'data'),
      event('progress', { fraction: 0.5, note: 'step 1 of 2' }, 'train'),
    ]);
    expect(done.nodes.data).toMatchObject({ status: 'cached', key: 'k', outputs: { dataset: reference } });
    expect(runFraction(done)).toBe(0.75);
  });

  test('a failure names its node, and ends what was under way', () => {
    const problem = { code: 'training/not-finite', message: 'The loss became NaN at step 3.' };
    const state = reduceRun(begin(), [
      event('running', { step: 'train' }, 'train'),
      event('problem', { problem }, 'train'),
      event('finished', { status: 'failed', ms: 61_000 }),
    ]);
    expect(state.status).toBe('failed');
    expect(state.nodes.train).toMatchObject({ status: 'failed', problem });
    expect(state.log.map(({ message }) => message)).toEqual([
      'Runs on Processor: no graphics card.',
      'The loss became NaN at step 3.',
      'The run failed after 1 min 1 s',
    ]);
  });

  test('a run that was stopped leaves no node running', () => {
    const state = reduceRun(begin(), [
      event('running', { step: 'train' }, 'train'),
      event('finished', { status: 'cancelled', ms: 10 }),
    ]);
    expect(state.nodes.train!.status).toBe('waiting');
  });

  test('events of another run are not taken', () => {
    const state = begin();
    expect(reduceRun(state, [{ ...event('log', { message: 'no' }), run: 'other' }])).toBe(state);
  });

  test('times read well', () => {
    expect([4.4, 999, 1_500, 125_000].map(showMilliseconds)).toEqual(['4 ms', '999 ms', '1.5 s', '2 min 5 s']);
  });
});

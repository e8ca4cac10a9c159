import { type Curve, extendCurve, isTerminal, type RunStatus } from '../../../graph/curve.ts';
import type { RunEvent } from '../../../graph/events.ts';
import type { Figure, ValueReference } from '../../../graph/values.ts';
import type { Problem } from '../../../lib/problem.ts';

export type NodeRunStatus = 'waiting' | 'running' | 'done' | 'cached' | 'failed';

/** What a run told of one node. */
export interface NodeRun {
  readonly status: NodeRunStatus;
  /** From 0 to 1. */
  readonly fraction?: number;
  readonly note?: string;
  readonly ms?: number;
  readonly curves: Readonly<Record<string, Curve>>;
  readonly previews: Readonly<Record<string, Figure>>;
  readonly outputs: Readonly<Record<string, ValueReference>>;
  /** The cache key of its step: another one means that the node has changed since. */
  readonly key?: string;
  readonly problem?: Problem;
}

export interface LogLine {
  readonly seq: number;
  readonly at: number;
  readonly node?: string;
  readonly message: string;
  readonly tone: 'plain' | 'good' | 'bad';
}

/** A run as its events tell it: the same for a page run, a server run and one that is read again after a reload. */
export interface RunState {
  readonly id: string;
  readonly where: 'page' | 'server';
  readonly status: RunStatus;
  readonly backend?: string;
  readonly device?: string;
  readonly reason?: string;
  readonly threads?: number;
  readonly startedAt?: number;
  readonly ms?: number;
  readonly lastSeq: number;
  readonly nodes: Readonly<Record<string, NodeRun>>;
  readonly log: readonly LogLine[];
  readonly problem?: Problem;
}

/** Lines of the log that are kept. */
const MOST_LINES = 2_000;

export const startRun = (id: string, where: RunState['where']): RunState => ({
  id,
  where,
  status: 'queued',
  lastSeq: 0,
  nodes: {},
  log: [],
});

const fresh: NodeRun = { status: 'waiting', curves: {}, previews: {}, outputs: {} };

/** Events in order; those that were seen already are left out. */
export const reduceRun = (state: RunState, events: readonly RunEvent[]): RunState => events.reduce(reduceEvent, state);

function reduceEvent(state: RunState, event: RunEvent): RunState {
  if (event.run !== state.id || event.seq <= state.lastSeq) return state;
  const seen = { ...state, lastSeq: event.seq };
  const at = (change: Partial<NodeRun>): RunState => {
    if (event.node === undefined) return seen;
    const old = state.nodes[event.node] ?? fresh;
    return { ...seen, nodes: { ...state.nodes, [event.node]: { ...old, ...change } } };
  };
  const old = event.node === undefined ? fresh : (state.nodes[event.node] ?? fresh);
  switch (event.kind) {
    case 'started': {
      const { backend, device, reason, threads, steps } = event.data;
      const nodes = Object.fromEntries(steps.map(({ node }) => [node, state.nodes[node] ?? fresh]));
      return noted(
        { ...seen, status: 'running', backend, device, reason, threads, startedAt: event.at, nodes },
        event,
        {
          message: `Runs on ${device}: ${reason}.`,
        },
      );
    }
    case 'running':
      return at({ status: 'running' });
    case 'progress': {
      const { fraction, note } = event.data;
      return at({ status: 'running', fraction, ...(note !== undefined && { note }) });
    }
    case 'points':
      return at({
        curves: { ...old.curves, [event.data.series]: extendCurve(old.curves[event.data.series], event.data) },
      });
    case 'preview':
      return at({ previews: { ...old.previews, [event.data.port]: event.data.figure } });
    case 'log':
      return noted(seen, event, { message: event.data.message });
    case 'done': {
      const { cached, key, ms, outputs } = event.data;
      const status = cached ? 'cached' : 'done';
      return noted(
        at({
          status,
          fraction: 1,
          ms: (old.ms ?? 0) + ms,
          key,
          outputs: { ...old.outputs, ...outputs } as NodeRun['outputs'],
        }),
        event,
        { message: cached ? 'Taken from an earlier run' : `Done in ${showMilliseconds(ms)}`, tone: 'good' },
      );
    }
    case 'problem': {
      const { problem } = event.data;
      const failed =
        event.node === undefined ? { ...seen, problem } : { ...at({ status: 'failed', problem }), problem };
      return noted(failed, event, { message: [problem.message, problem.hint].filter(Boolean).join(' '), tone: 'bad' });
    }
    case 'finished': {
      const { status, ms } = event.data;
      // what was under way when a run ended is not under way any more
      const nodes = Object.fromEntries(
        Object.entries(state.nodes).map(([id, node]) => [
          id,
          node.status === 'running' ? { ...node, status: 'waiting' as const } : node,
        ]),
      );
      return noted({ ...seen, status, ms, nodes }, event, {
        message: `${finishedText[status]} after ${showMilliseconds(ms)}`,
        tone: status === 'succeeded' ? 'good' : status === 'failed' ? 'bad' : 'plain',
      });
    }
  }
}

const finishedText = { succeeded: 'The run finished', failed: 'The run failed', cancelled: 'The run was stopped' };

function noted(
  state: RunState,
  event: RunEvent,
  { message, tone = 'plain' }: { message: string; tone?: LogLine['tone'] },
): RunState {
  const line = { seq: event.seq, at: event.at, message, tone, ...(event.node !== undefined && { node: event.node }) };
  return { ...state, log: [...state.log.slice(1 - MOST_LINES), line] };
}

/** `38 ms`, `4.2 s`, `2 min 5 s` */
export function showMilliseconds(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const isRunning = (run: RunState | undefined): boolean => run !== undefined && !isTerminal(run.status);

/** A run of a page that has not come to its end can go on elsewhere. */
export const canMove = (run: RunState | undefined): boolean => run?.where === 'page' && run.status !== 'succeeded';

/** How far the whole run is, from 0 to 1: each step counts the same. */
export function runFraction({ nodes }: RunState): number {
  const all = Object.values(nodes);
  const sum = all.reduce(
    (so, { status, fraction }) => so + (status === 'done' || status === 'cached' ? 1 : (fraction ?? 0)),
    0,
  );
  return all.length === 0 ? 0 : sum / all.length;
}

import type { EditorState } from '../_editor/state/store.ts';
import { MISSING } from './tour-graph.ts';

export interface Step {
  readonly title: string;
  readonly text: string;
  /** Where to look: a selector, worked out anew as the graph changes. */
  at?(state: EditorState): string | undefined;
  /** What the visitor has to do; without it, a button goes on. */
  isDone?(state: EditorState): boolean;
}

const missing = ({ log }: EditorState) =>
  Object.entries(log.document.nodes).find(([, { type }]) => type === MISSING)?.[0];
const hasWire = ({ log }: EditorState, from: string | undefined, to: string | undefined) =>
  Object.values(log.document.edges).some((edge) => edge.from[0] === from && edge.to[0] === to);
const nodeAt = (id: string | undefined) => (id === undefined ? undefined : `.react-flow__node[data-id="${id}"]`);

/** From a graph with a hole to a model that writes. Each step ends when the visitor has done it, however they did it. */
export const steps: readonly Step[] = [
  {
    title: 'A language model, with a hole',
    text: 'Nodes compute, wires carry what they give: on top a book becomes tokens, below tokens become guesses. Between Positional encoding and Linear something is missing.',
    at: () => '#canvas',
  },
  {
    title: 'Put in the part that thinks',
    text: 'Drag Decoder block from the list into the gap. Or press A on the canvas, type its name, press Enter.',
    at: () => `[data-type="${MISSING}"]`,
    isDone: (state) => missing(state) !== undefined,
  },
  {
    title: 'Wire it in',
    text: 'Drag from the dot y of Positional encoding to the dot x of Decoder block. Where a wire does not fit, you are told why.',
    at: (state) => nodeAt(missing(state)) ?? nodeAt('positions'),
    isDone: (state) => hasWire(state, 'positions', missing(state)),
  },
  {
    title: 'And out again',
    text: 'Now from y of Decoder block to x of Linear. Shapes appear at once: B rows, 32 tokens each, 32 numbers a token. The units of Linear stay blank: the vocabulary solves them.',
    at: () => nodeAt('head'),
    isDone: (state) => hasWire(state, missing(state), 'head'),
  },
  {
    title: 'Run it',
    text: 'It trains in this page, on your own machine. Nothing is sent away.',
    at: () => '[data-tour="run"]',
    isDone: ({ run, starting }) => starting || (run !== undefined && run.status !== 'cancelled'),
  },
  {
    title: 'It learns',
    text: 'The curve in Train is the loss: how surprised the model is by the next character. It falls from 4.4, which is guessing.',
    at: () => nodeAt('train'),
    isDone: ({ run }) => run?.status === 'succeeded',
  },
  {
    title: 'You trained a model',
    text: 'Generate shows what it writes after 150 steps: not yet Melville, but no noise either. More steps, more blocks, another book: change anything and run again. Only what changed is computed.',
    at: () => nodeAt('generate'),
  },
];

/** What stands in the way of the last step. */
export const whyStuck = ({ run }: EditorState): string | undefined =>
  run?.status === 'failed' ? (run.problem?.message ?? 'The run failed.') : undefined;

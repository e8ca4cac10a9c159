import type { CheckResult, NodeCheck } from '../../../compiler/check.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { INSTANCE } from '../../../graph/subgraphs.ts';
import { showWire, type WireType } from '../../../graph/types.ts';
import { type Size, showSize } from '../../../ir/size.ts';
import { isError, type Problem } from '../../../lib/problem.ts';
import { mapRecord } from '../../../lib/record.ts';
import { conversionsOf } from './conversions.ts';
import { axesInWords } from './named-axes.ts';

/** What the checker found of a node, as the canvas shows it: texts, so that equal findings are equal. */
export interface NodeFacts {
  /** Type of each output, and of the first wire of each input, in words. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  /** The axes of tensors by name, by side and port: `out:y` → `batch B · features 10`. */
  readonly axes: Readonly<Record<string, string>>;
  /** What is made of a data set's rows by itself, by input. */
  readonly converts: Readonly<Record<string, string>>;
  /** Blanks that were solved. */
  readonly solved: Readonly<Record<string, string>>;
  /** Learned numbers; empty where there are none. */
  readonly parameters: string;
  /** Errors other than open inputs, which a node that was just dropped always has. */
  readonly errors: number;
  readonly warnings: number;
  /** Ports at either end of a wire that does not fit, as `in:x` and `out:y`. */
  readonly wrong: readonly string[];
  /** Inputs that something has to be wired to. */
  readonly open: readonly string[];
}

const grouped = new Intl.NumberFormat('en');

/** `801,536`, `128·vocabulary` */
export const showCount = (size: Size): string =>
  typeof size === 'number'
    ? grouped.format(size)
    : showSize(size).replace(/\d{4,}/g, (digits) => grouped.format(Number(digits)));

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
/** `802K`, or the size in words where a run still has to tell it. */
export const showShortCount = (size: Size): string => (typeof size === 'number' ? short.format(size) : showSize(size));

export type Facts = Readonly<Record<string, NodeFacts>>;

const OPEN = 'graph/missing-input';

/** Of nodes without problems, in which nothing lies: all that is shown of them follows from what was found of them. */
const clean = new WeakMap<NodeCheck, NodeFacts>();

/** The findings by node. A node of which nothing new was found keeps its object, so that nothing redraws it. */
export function factsOf(document: GraphDocument, check: CheckResult, previous: Facts = {}): Facts {
  const wrong = wrongEnds(document, check.problems);
  return Object.fromEntries(
    Object.entries(document.nodes).flatMap(([id, { type }]) => {
      const node = check.nodes.get(id);
      if (!node) return [];
      const isClean = node.problems.length === 0 && !wrong.has(id);
      const known = isClean ? clean.get(node) : undefined;
      if (known) return [[id, known]];
      // what is wrong in a subgraph is wrong with it
      const within = (path: string | undefined) =>
        path === id || (type === INSTANCE && path?.startsWith(`${id}/`) === true);
      const { problems } = node;
      const errors = problems.filter((problem) => isError(problem) && within(problem.at?.node));
      const facts: NodeFacts = {
        ...inWords(node),
        converts: type === INSTANCE ? nothing : conversionsOf(node),
        errors: errors.filter(({ code, at }) => code !== OPEN || at?.node !== id).length,
        warnings: problems.filter((problem) => !isError(problem) && within(problem.at?.node)).length,
        wrong: wrong.has(id) ? [...wrong.get(id)!].sort() : none,
        open:
          errors.length === 0
            ? none
            : errors.flatMap(({ code, at }) => (code === OPEN && at?.node === id && at.port ? [at.port] : [])),
      };
      const old = previous[id];
      const shown = old && isSame(old, facts) ? old : facts;
      if (isClean) clean.set(node, shown);
      return [[id, shown]];
    }),
  );
}

const none: readonly string[] = [];
const nothing: Readonly<Record<string, string>> = {};

type Words = Pick<NodeFacts, 'outputs' | 'inputs' | 'axes' | 'solved' | 'parameters'>;
/** By what was found of the outputs, which stays the same object while nothing new is found. */
const words = new WeakMap<object, { readonly of: NodeCheck; readonly words: Words }>();

function inWords(node: NodeCheck): Words {
  const known = words.get(node.outputs);
  const { of } = known ?? {};
  if (
    known &&
    of?.inputs === node.inputs &&
    of.solved === node.solved &&
    of.cost === node.cost &&
    of.axes === node.axes
  )
    return known.words;
  const made: Words = {
    outputs: mapRecord(node.outputs, showWire),
    inputs: Object.fromEntries(
      Object.entries(node.inputs).flatMap(([port, [type]]) => (type ? [[port, showWire(type)]] : [])),
    ),
    axes: Object.fromEntries([
      ...Object.entries(node.outputs).flatMap(([port, type]) => axesOf(`out:${port}`, type)),
      ...Object.entries(node.inputs).flatMap(([port, [type]]) => axesOf(`in:${port}`, type, node.axes?.repeated[port])),
    ]),
    solved: mapRecord(node.solved, showSize),
    parameters: node.cost.parameters === 0 ? '' : showShortCount(node.cost.parameters),
  };
  words.set(node.outputs, { of: node, words: made });
  return made;
}

function axesOf(key: string, type: WireType | undefined, repeated: readonly string[] = []): [string, string][] {
  const text = type?.kind === 'tensor' ? axesInWords(type) : '';
  if (text === '') return [];
  return [[key, repeated.length === 0 ? text : `${text}, repeated along ${repeated.join(' and ')}`]];
}

const isSame = (a: NodeFacts, b: NodeFacts): boolean =>
  (Object.keys(b) as (keyof NodeFacts)[]).every(
    (key) => a[key] === b[key] || JSON.stringify(a[key]) === JSON.stringify(b[key]),
  );

/** The ports at both ends of every wire that a problem is about. */
function wrongEnds(document: GraphDocument, problems: readonly Problem[]): Map<string, Set<string>> {
  const ends = new Map<string, Set<string>>();
  const mark = (node: string, port: string) => ends.set(node, (ends.get(node) ?? new Set()).add(port));
  for (const problem of problems) {
    const { at } = problem;
    if (!at || !isError(problem) || problem.code === OPEN || at.param) continue;
    // without a port, the inputs do not fit each other
    const whole = at.port === undefined && problem.notes !== undefined;
    for (const { from, to } of Object.values(document.edges)) {
      if (to[0] !== at.node || !(to[1] === at.port || whole)) continue;
      mark(to[0], `in:${to[1]}`);
      mark(from[0], `out:${from[1]}`);
    }
  }
  return ends;
}

import type { WireType } from '../graph/types.ts';
import type { AxisNames } from '../nodes/kit/define-node.ts';

/** An input whose axes are others than the layer works on, although their number and sizes may fit. */
export interface WrongAxes {
  readonly port: string;
  readonly needs: readonly string[];
  readonly got: readonly string[];
}

/** What the names of axes say about one layer. */
export interface AxesFound {
  readonly outputs: Readonly<Record<string, readonly string[]>>;
  readonly wrong: readonly WrongAxes[];
  /** By input: the axes along which its one entry stands for all of them. */
  readonly repeated: Readonly<Record<string, readonly string[]>>;
}

/** Stands for an axis whose name nobody has said. */
export const UNNAMED = '_';
const REST = '…';

const parsed = new Map<string, readonly string[]>();
function wordsOf(pattern: string): readonly string[] {
  const known = parsed.get(pattern);
  if (known) return known;
  const words = pattern.split(' ').filter(Boolean);
  parsed.set(pattern, words);
  return words;
}

/** A pattern as one word for each of so many axes; undefined where it needs another number of them. */
function spread(pattern: string, rank: number): readonly string[] | undefined {
  const words = wordsOf(pattern);
  const at = words.indexOf(REST);
  if (at < 0) return words.length === rank ? words : undefined;
  const rest = rank - words.length + 1;
  return rest < 0 ? undefined : [...words.slice(0, at), ...Array<string>(rest).fill(REST), ...words.slice(at + 1)];
}

/** What stands one after another: a layer that asks for positions takes any of them. */
const isPosition = (name: string): boolean => name === 'position' || name === 'time' || name === 'patch';
const isSame = (a: string, b: string): boolean =>
  a === b ||
  a === UNNAMED ||
  b === UNNAMED ||
  ((a === 'position' || b === 'position') && isPosition(a) && isPosition(b));

/** The names that an Input or another source of tensors gives its axes. */
export const axesFrom = (pattern: string, rank: number): readonly string[] | undefined => spread(pattern, rank);

/** Lays what arrives beside what a layer declares of its axes: what it gives is named after it. */
export function layerAxes(
  declared: AxisNames,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  results: Readonly<Record<string, { readonly shape: readonly unknown[] }>>,
): AxesFound {
  const wrong: WrongAxes[] = [];
  const repeated: Record<string, string[]> = {};
  /** What a word of the patterns stands for, from the first input that has it. */
  const bound = new Map<string, string>();
  let rest: { names: readonly string[]; sizes: readonly unknown[] } | undefined;

  for (const [port, types] of Object.entries(inputs))
    for (const type of types) {
      const words = type.kind === 'tensor' && declared[port] && spread(declared[port], type.shape.length);
      if (!words) continue;
      const got = type.axes ?? words.map(() => UNNAMED);
      const own = words.flatMap((word, i) => (word === REST ? [i] : []));
      const first = rest;
      const isRest = first?.names.length === own.length;
      const needs = words.map((word, i) => (word !== REST ? word : isRest ? first.names[own.indexOf(i)]! : got[i]!));
      if (needs.some((name, i) => !isSame(name, got[i]!))) wrong.push({ port, needs, got });
      words.forEach((word, i) => {
        if (word !== REST && !bound.has(word) && isSame(word, got[i]!))
          bound.set(word, got[i] === UNNAMED ? word : got[i]!);
      });
      if (isRest)
        own.forEach((i, place) => {
          const [here, there] = [type.shape[i], first.sizes[place]];
          if (here === 1 && there !== 1) repeated[port] = [...(repeated[port] ?? []), needs[i]!];
        });
      else if (!first && words.includes(REST))
        rest = { names: own.map((i) => got[i]!), sizes: own.map((i) => type.shape[i]) };
    }

  const outputs: Record<string, readonly string[]> = {};
  for (const [port, { shape }] of Object.entries(results)) {
    const words = declared[port] && spread(declared[port], shape.length);
    if (!words) continue;
    const isRest = rest?.names.length === words.filter((word) => word === REST).length;
    const start = words.indexOf(REST);
    const names = words.map((word, i) =>
      word !== REST ? (bound.get(word) ?? word) : isRest ? rest!.names[i - start]! : UNNAMED,
    );
    if (names.some((name) => name !== UNNAMED)) outputs[port] = names;
  }
  return { outputs, wrong, repeated };
}

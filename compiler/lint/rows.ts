import type { FlatNode } from '../flatten.ts';
import type { Scene } from './scene.ts';

/**
 * Where the rows of a data set come from: the node that made them, then each part that a split took of them. Two sets
 * share rows when one path begins the other, and share none when they part at a split.
 */
export type Path = readonly string[];

/** More ways than this are not told apart. */
const MOST = 16;

const kinds = (node: FlatNode, port: string): readonly string[] => node.definition.inputs[port]?.kinds ?? [];

export class Rows {
  readonly #scene: Scene;
  readonly #known = new Map<string, readonly Path[]>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Of an output. */
  of(node: FlatNode, port: string): readonly Path[] {
    const key = `${node.id}.${port}`;
    const known = this.#known.get(key);
    if (known) return known;
    this.#known.set(key, []);
    const above = Object.keys(node.definition.inputs)
      .filter((input) => kinds(node, input).includes('dataset') && !kinds(node, input).includes('model'))
      .flatMap((input) => this.at(node, input));
    const found =
      node.definition.id === 'data/split'
        ? above.map((path) => [...path, key])
        : above.length > 0
          ? above
          : [[node.id]];
    const rows = found.slice(0, MOST);
    this.#known.set(key, rows);
    return rows;
  }

  /** Of what arrives at an input. */
  at(node: FlatNode, port: string): Path[] {
    return this.#scene.wires(node, port).flatMap(({ from }) => {
      const source = this.#scene.node(from[0]);
      return source ? this.of(source, from[1]) : [];
    });
  }

  /** The rows that the models that arrive at an input have learned from. */
  learnedFrom(node: FlatNode, port: string, seen = new Set<string>()): Path[] {
    return this.#scene.wires(node, port).flatMap(({ from }) => {
      const source = this.#scene.node(from[0]);
      if (!source || seen.has(source.id)) return [];
      seen.add(source.id);
      return Object.keys(source.definition.inputs).flatMap((input) => {
        const of = kinds(source, input);
        if (of.includes('model')) return this.learnedFrom(source, input, seen);
        return input === 'dataset' && source.definition.outputs[from[1]]?.kinds.includes('model')
          ? this.at(source, input)
          : [];
      });
    });
  }
}

const begins = (short: Path, long: Path): boolean =>
  short.length <= long.length && short.every((part, i) => part === long[i]);

export const shareRows = (a: readonly Path[], b: readonly Path[]): boolean =>
  a.some((one) => b.some((other) => begins(one, other) || begins(other, one)));

/** Whether all rows of `b` are among those of `a`, and `a` has more. */
export const holds = (a: readonly Path[], b: readonly Path[]): boolean =>
  b.length > 0 && b.every((one) => a.some((other) => other.length < one.length && begins(other, one)));

/** The split that last cut these rows, and the part that it gave. */
export function lastSplit(paths: readonly Path[], scene: Scene): { split: FlatNode; part: string } | undefined {
  const [path] = paths;
  const last = path?.at(-1);
  if (paths.length !== 1 || last === undefined) return undefined;
  const at = last.lastIndexOf('.');
  const split = scene.node(last.slice(0, at));
  return split?.definition.id === 'data/split' ? { split, part: last.slice(at + 1) } : undefined;
}

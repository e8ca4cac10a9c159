/** A piece of words and the logarithm of how likely it is. */
export type Piece = readonly [piece: string, score: number];

/** The first six stand for the unknown, the ends of texts and spares: no text has them. */
const RESERVED = 6;
const UNKNOWN = 0;
const SPACE = '\u2581';

interface Node {
  readonly children: Map<string, Node>;
  piece?: { readonly id: number; readonly score: number };
}

/**
 * Texts as ids of pieces: the likeliest way to cut a text into pieces (Kudo, 2018), as the Universal Sentence Encoder's
 * own reader finds it. Of equally likely cuts it takes the one whose last piece begins latest.
 */
export function sentencePieces(vocabulary: readonly Piece[]): (text: string) => number[] {
  const root: Node = { children: new Map() };
  for (let id = RESERVED; id < vocabulary.length; id++) {
    const [piece, score] = vocabulary[id]!;
    let node = root;
    for (const symbol of piece) {
      let next = node.children.get(symbol);
      if (!next) {
        next = { children: new Map() };
        node.children.set(symbol, next);
      }
      node = next;
    }
    node.piece = { id, score };
  }
  return (text) => {
    const normal = text.normalize('NFKC');
    if (normal === '') return [];
    const symbols = [...`${SPACE}${normal.replaceAll(' ', SPACE)}`];
    // best[i]: the score of the best cut of what comes before i, 0 where none is known yet
    const best = new Float64Array(symbols.length + 1);
    const last: { id: number; from: number }[] = [];
    const reach = (from: number, to: number, id: number, score: number): void => {
      const total = best[from]! + score;
      if (last[to] && best[to] !== 0 && total < best[to]!) return;
      best[to] = total;
      last[to] = { id, from };
    };
    for (let from = 0; from < symbols.length; from++) {
      let node = root.children.get(symbols[from]!);
      let found = false;
      for (let to = from + 1; node; to++) {
        if (node.piece) {
          found = true;
          reach(from, to, node.piece.id, node.piece.score);
        }
        node = node.children.get(symbols[to]!);
      }
      if (!found) reach(from, from + 1, UNKNOWN, 0);
    }
    const ids: number[] = [];
    for (let at = symbols.length; at > 0; ) {
      // where no piece ends, the symbol before counts as unknown
      const { id, from } = last[at] ?? { id: UNKNOWN, from: at - 1 };
      // a run of unknown symbols is one
      if (id !== UNKNOWN || ids.at(-1) !== UNKNOWN) ids.push(id);
      at = from;
    }
    return ids.reverse();
  };
}

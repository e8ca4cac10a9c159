/** Where a chunk may end. */
export type Unit = 'words' | 'sentences' | 'headings';

export interface Chunk {
  readonly text: string;
  /** The headings above it, outermost first: "Install > Options". */
  readonly heading: string;
}

export interface ChunkOptions {
  readonly unit: Unit;
  /** What a chunk holds at most, and what two neighbours share, in units of `count`. */
  readonly size: number;
  readonly overlap: number;
  count(text: string): number;
}

/** Abbreviations of English whose point does not end a sentence. */
const abbreviations = new Set(
  'mr mrs ms dr prof sr jr st vs etc e.g i.e cf fig no vol p pp inc ltd co u.s u.k a.m p.m'.split(' '),
);

/** The sentences of a text, in order; white space between them is left out. A blank line ends one too. */
export function sentencesOf(text: string): string[] {
  const found: string[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    let from = 0;
    for (const match of block.matchAll(/[.!?]+["'”’)\]]*(?=\s+["'“‘([]?[\p{Lu}\p{N}])/gu)) {
      const end = match.index + match[0].length;
      const last = block.slice(from, match.index).match(/[\p{L}.]+$/u)?.[0] ?? '';
      // "Mr." and initials such as "J." go on
      if (match[0].startsWith('.') && (abbreviations.has(last.toLowerCase()) || /^\p{Lu}$/u.test(last))) continue;
      found.push(block.slice(from, end).trim());
      from = end;
    }
    found.push(block.slice(from).trim());
  }
  return found.filter((sentence) => sentence !== '');
}

/** Sections of Markdown: what stands under each heading. A text without headings is one section. */
export function sectionsOf(text: string): Chunk[] {
  const sections: { heading: string; lines: string[] }[] = [{ heading: '', lines: [] }];
  const path: string[] = [];
  let fenced = false;
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const hashes = fenced ? null : /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    const underline = !fenced && line.trim() !== '' && /^(=+|-{2,})\s*$/.exec(lines[i + 1] ?? '');
    if (hashes || underline) {
      const level = hashes ? hashes[1]!.length : underline && underline[1]!.startsWith('=') ? 1 : 2;
      path.length = Math.min(path.length, level - 1);
      path.push(hashes ? hashes[2]! : line.trim());
      sections.push({ heading: path.filter((part) => part !== undefined).join(' > '), lines: [] });
    } else if (fenced || !/^(=+|-{2,})\s*$/.test(line) || (lines[i - 1] ?? '').trim() === '')
      sections.at(-1)!.lines.push(line);
  }
  return sections
    .map(({ heading, lines: body }) => ({ heading, text: body.join('\n').trim() }))
    .filter(({ text: body }) => body !== '');
}

/** A text in chunks. Whole sentences where the unit allows it; one that is longer than a chunk is cut between words. */
export function chunksOf(text: string, { unit, size, overlap, count }: ChunkOptions): Chunk[] {
  if (unit === 'headings')
    return sectionsOf(text).flatMap(({ heading, text: body }) =>
      count(body) <= size
        ? [{ heading, text: body }]
        : chunksOf(body, { unit: 'sentences', size, overlap, count }).map((chunk) => ({ ...chunk, heading })),
    );
  const words = (part: string) => part.match(/\S+/g) ?? [];
  const pieces =
    unit === 'words'
      ? words(text)
      : sentencesOf(text).flatMap((sentence) => (count(sentence) <= size ? [sentence] : words(sentence)));
  return pack(pieces, { size, overlap, count }).map((each) => ({ heading: '', text: each }));
}

/** As many pieces in a row as fit; the next chunk begins with the last ones that fit into the overlap. */
function pack(pieces: readonly string[], { size, overlap, count }: Pick<ChunkOptions, 'size' | 'overlap' | 'count'>) {
  const sizes = pieces.map(count);
  const chunks: string[] = [];
  for (let from = 0; from < pieces.length; ) {
    let to = from;
    let held = 0;
    while (to < pieces.length && (to === from || held + sizes[to]! <= size)) held += sizes[to++]!;
    chunks.push(pieces.slice(from, to).join(' '));
    if (to === pieces.length) break;
    let next = to;
    let shared = 0;
    // what is repeated has to leave room for what comes
    while (next - 1 > from && shared + sizes[next - 1]! <= overlap && shared + sizes[next - 1]! + sizes[to]! <= size)
      shared += sizes[--next]!;
    from = next;
  }
  return chunks;
}

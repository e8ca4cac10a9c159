/** The words of English that say how others belong together: articles, pronouns, prepositions, auxiliaries. */
const stopWords: ReadonlySet<string> = new Set(
  `a about above after again against all am an and any are as at be because been before being below between both but by
  can could did do does doing down during each few for from further had has have having he her here hers herself him
  himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only or other
  our ours ourselves out over own same she should so some such than that the their theirs them themselves then there
  these they this those through to too under until up very was we were what when where which while who whom why will
  with would you your yours yourself yourselves`.split(/\s+/),
);

export const isStopWord = (word: string): boolean => stopWords.has(word);

/** Runs of letters and digits, in lower case: "Moby-Dick's 3 masts" is moby, dick, s, 3, masts. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

export interface WordOptions {
  readonly stopWords: boolean;
  readonly stem: boolean;
}

/** What texts and queries are compared by. `stopWords` leaves stop words out, `stem` cuts endings off (Snowball, English). */
export async function termReader(options: WordOptions): Promise<(text: string) => string[]> {
  const kept = (text: string) =>
    options.stopWords ? wordsOf(text).filter((word) => !stopWords.has(word)) : wordsOf(text);
  if (!options.stem) return kept;
  const loaded = await import('snowball-stemmers');
  const stemmer = (loaded.default ?? loaded).newStemmer('english');
  const known = new Map<string, string>();
  return (text) =>
    kept(text).map((word) => {
      let stem = known.get(word);
      if (stem === undefined) {
        stem = stemmer.stem(word);
        known.set(word, stem);
      }
      return stem;
    });
}

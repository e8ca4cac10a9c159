/** How often each word has each tag; says the most frequent one, the first of equal ones. */
export class MostFrequentTags {
  readonly #byWord = new Map<string, Map<string, number>>();
  readonly #all = new Map<string, number>();
  readonly #best = new Map<string, string>();

  count(word: string, tag: string): void {
    let own = this.#byWord.get(word);
    if (!own) {
      own = new Map();
      this.#byWord.set(word, own);
    }
    for (const counts of [own, this.#all]) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    this.#best.clear();
  }

  /** A word that was never counted gets the most frequent tag of all. */
  of(word: string): { readonly name: string; readonly seen: boolean } {
    const own = this.#byWord.get(word);
    // words may be any text, so what is known of all stands under a key that has a space in it
    const key = own ? word : ' ';
    let name = this.#best.get(key);
    if (name === undefined) {
      name = mostFrequent(own ?? this.#all);
      this.#best.set(key, name);
    }
    return { name, seen: own !== undefined };
  }
}

const mostFrequent = (counts: ReadonlyMap<string, number>): string =>
  [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0] as [string, number])[0];

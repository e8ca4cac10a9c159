/**
 * Porter's stemmer (1980) with the changes that NLTK makes to it, which is what rouge-score stems with. A word is consonants
 * and vowels, [C](VC)^m[V]; most endings go only where m, its measure, is large enough.
 */

/** Words that the rules get wrong, by NLTK's list. */
const irregular: Readonly<Record<string, string>> = {
  skies: 'sky',
  sky: 'sky',
  dying: 'die',
  lying: 'lie',
  tying: 'tie',
  news: 'news',
  innings: 'inning',
  inning: 'inning',
  outings: 'outing',
  outing: 'outing',
  cannings: 'canning',
  canning: 'canning',
  howe: 'howe',
  proceed: 'proceed',
  exceed: 'exceed',
  succeed: 'succeed',
};

/** y is a vowel after a consonant. */
function isConsonant(word: string, i: number): boolean {
  const letter = word[i]!;
  if ('aeiou'.includes(letter)) return false;
  return letter !== 'y' || i === 0 || !isConsonant(word, i - 1);
}

const pattern = (word: string): string => Array.from(word, (_, i) => (isConsonant(word, i) ? 'c' : 'v')).join('');
const measure = (stem: string): number => pattern(stem).match(/v+c/g)?.length ?? 0;
const hasVowel = (stem: string): boolean => pattern(stem).includes('v');
const endsDouble = (word: string): boolean =>
  word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
/** Ends as "hop" does; two letters count where they are as in "at". */
const endsShort = (word: string): boolean =>
  word.length === 2 ? pattern(word) === 'vc' : /cvc$/.test(pattern(word)) && !/[wxy]$/.test(word);

type Rule = readonly [ending: string, replacement: string, condition?: (stem: string) => boolean];

/** The first rule whose ending fits decides, whether its condition holds or not. */
function apply(word: string, rules: readonly Rule[]): string {
  for (const [ending, replacement, condition] of rules)
    if (word.endsWith(ending)) {
      const stem = word.slice(0, word.length - ending.length);
      return !condition || condition(stem) ? stem + replacement : word;
    }
  return word;
}

const some = (stem: string) => measure(stem) > 0;
const more = (stem: string) => measure(stem) > 1;
const rules = (condition: (stem: string) => boolean, table: Readonly<Record<string, string>>): Rule[] =>
  Object.entries(table).map(([ending, replacement]) => [ending, replacement, condition]);

const plurals = (word: string): string =>
  word.length === 4 && word.endsWith('ies')
    ? word.slice(0, -1)
    : apply(word, [
        ['sses', 'ss'],
        ['ies', 'i'],
        ['ss', 'ss'],
        ['s', ''],
      ]);

function pastAndProgressive(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return some(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const ending = ['ed', 'ing'].find((each) => word.endsWith(each));
  const stem = ending && word.slice(0, word.length - ending.length);
  if (!stem || !hasVowel(stem)) return word;
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

const finalY = (word: string): string =>
  apply(word, [['y', 'i', (stem) => stem.length > 1 && isConsonant(stem, stem.length - 1)]]);

const doubled: readonly Rule[] = [
  ...rules(some, {
    ational: 'ate',
    tional: 'tion',
    enci: 'ence',
    anci: 'ance',
    izer: 'ize',
    bli: 'ble',
    alli: 'al',
    entli: 'ent',
    eli: 'e',
    ousli: 'ous',
    ization: 'ize',
    ation: 'ate',
    ator: 'ate',
    alism: 'al',
    iveness: 'ive',
    fulness: 'ful',
    ousness: 'ous',
    aliti: 'al',
    iviti: 'ive',
    biliti: 'ble',
    fulli: 'ful',
  }),
  ['logi', 'log', (stem) => some(`${stem}l`)],
];
const doubleSuffixes = (word: string): string =>
  word.endsWith('alli') && some(word.slice(0, -4)) ? doubleSuffixes(word.slice(0, -2)) : apply(word, doubled);

const fulAndNess = rules(some, { icate: 'ic', ative: '', alize: 'al', iciti: 'ic', ical: 'ic', ful: '', ness: '' });

const lastSuffixes: readonly Rule[] = [
  ...rules(more, {
    al: '',
    ance: '',
    ence: '',
    er: '',
    ic: '',
    able: '',
    ible: '',
    ant: '',
    ement: '',
    ment: '',
    ent: '',
  }),
  ['ion', '', (stem) => more(stem) && /[st]$/.test(stem)],
  ...rules(more, { ou: '', ism: '', ate: '', iti: '', ous: '', ive: '', ize: '' }),
];

const finalE = (word: string): string =>
  apply(word, [['e', '', (stem) => more(stem) || (measure(stem) === 1 && !endsShort(stem))]]);
const finalL = (word: string): string => apply(word, [['ll', 'l', (stem) => more(`${stem}l`)]]);

export function porterStem(word: string): string {
  const lower = word.toLowerCase();
  if (Object.hasOwn(irregular, lower)) return irregular[lower]!;
  if (lower.length <= 2) return lower;
  const inflected = finalY(pastAndProgressive(plurals(lower)));
  return finalL(finalE(apply(apply(doubleSuffixes(inflected), fulAndNess), lastSuffixes)));
}

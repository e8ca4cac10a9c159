import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { Tokenizer } from '../../graph/values.ts';
import { type BytePairs, byteCharacters, byteLevelWords } from './byte-pairs.ts';

/** A tokenizer that is ready to use. */
export interface OpenTokenizer {
  readonly vocabulary: number;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** The token's text as it stands in the vocabulary. */
  tokenOf(id: number): string;
  idOf(token: string): number | undefined;
}

/** Opens a tokenizer.json with Hugging Face's reader. */
export async function openTokenizer({ json, vocabulary }: Tokenizer): Promise<OpenTokenizer> {
  const { Tokenizer: Reader } = await import('@huggingface/tokenizers');
  // the reader takes the unknown token of word lists from here, not from the model
  const { unk_token } = json.model as { readonly unk_token?: string | null };
  const reader = new Reader(json, unk_token ? { unk_token } : {});
  return {
    vocabulary,
    encode: (text) => (text === '' ? [] : reader.encode(text, { add_special_tokens: false }).ids),
    decode: (ids) =>
      ids.length === 0
        ? ''
        : reader.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    tokenOf: (id) => reader.id_to_token(id) ?? '',
    idOf: (token) => reader.token_to_id(token),
  };
}

/** A word as byte-level text: each of its bytes as a character of GPT-2's table. */
export const byteLevel = (word: string): string =>
  Array.from(utf8ToBytes(word), (byte) => byteCharacters[byte]!).join('');

/** How often each word stands in the texts. `cut` says what a word is. */
export function countWords(texts: Iterable<string>, cut: (text: string) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of cut(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * Runs of word characters, and runs of what is neither word nor space: Hugging Face's Whitespace pre-tokenizer, spelled out,
 * since its JavaScript reader takes only ASCII for word characters.
 */
const letters = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D`;
const wordPattern = `[${letters}]+|[^${letters}\\s]+`;
const wordRuns = new RegExp(wordPattern, 'gu');
export const plainWords = (text: string): string[] => text.match(wordRuns) ?? [];

/** What a word list is a list of. */
export const wordCuts = {
  characters: (text: string): string[] => [...text],
  words: plainWords,
  spaces: (text: string): string[] => text.split(/\s+/).filter(Boolean),
} as const;

export const byteWords = byteLevelWords;

const added = (special: readonly string[]) =>
  special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));

const lowercase = (on: boolean) => (on ? { type: 'Lowercase' } : null);
const vocabularyOf = (symbols: readonly string[]) => Object.fromEntries(symbols.map((symbol, id) => [symbol, id]));

/** tokenizer.json of a byte-level BPE. */
export const bytePairJson = (
  { symbols, merges }: BytePairs,
  special: readonly string[],
  lower: boolean,
): Tokenizer['json'] => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: added(special),
  normalizer: lowercase(lower),
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: vocabularyOf(symbols),
    merges: merges.map(([a, b]) => [a, b]),
  },
});

/** tokenizer.json of a list of words or characters; what is not in it becomes `unknown`. */
export const wordListJson = (
  symbols: readonly string[],
  {
    special,
    unknown,
    lower,
    cut,
  }: { special: readonly string[]; unknown: string; lower: boolean; cut: keyof typeof wordCuts },
): Tokenizer['json'] => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: added(special),
  normalizer: lowercase(lower),
  pre_tokenizer: {
    characters: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false },
    words: {
      type: 'Split',
      pattern: { Regex: wordPattern.replaceAll('\\u200C\\u200D', '\u200C\u200D') },
      behavior: 'Removed',
      invert: true,
    },
    spaces: { type: 'WhitespaceSplit' },
  }[cut],
  post_processor: null,
  decoder: cut === 'characters' ? { type: 'Fuse' } : null,
  model: { type: 'WordLevel', vocab: vocabularyOf(symbols), unk_token: unknown },
});

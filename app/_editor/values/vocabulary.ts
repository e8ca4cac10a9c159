import type { Tokenizer } from '../../../graph/values.ts';

export interface Token {
  readonly id: number;
  readonly token: string;
}

/** Every token by its id. A tokenizer.json lists them by token, or (Unigram) as pairs in order; added ones beside. */
export function vocabularyOf({ json }: Tokenizer): Token[] {
  const { vocab = {} } = (json.model ?? {}) as { vocab?: Record<string, number> | [string, number][] };
  const tokens = new Map<number, string>();
  if (Array.isArray(vocab)) for (const [id, [token]] of vocab.entries()) tokens.set(id, token);
  else for (const [token, id] of Object.entries(vocab)) tokens.set(id, token);
  const added = (json.added_tokens ?? []) as { readonly id: number; readonly content: string }[];
  for (const { id, content } of added) tokens.set(id, content);
  return [...tokens].map(([id, token]) => ({ id, token })).sort((a, b) => a.id - b.id);
}

/** GPT-2's byte alphabet and white space, so that one sees them: a space is ·, a line's end ⏎. */
export const visibleToken = (token: string): string =>
  token
    .replaceAll('Ġ', '·')
    .replaceAll('Ċ', '⏎')
    .replaceAll('ĉ', '⇥')
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replaceAll(' ', '·')
    .replaceAll('▁', '·');

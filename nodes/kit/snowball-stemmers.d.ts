/** The part of snowball-stemmers that we use. Loaders differ in whether its exports stand under `default`. */
declare module 'snowball-stemmers' {
  export interface Stemmer {
    stem(word: string): string;
  }
  export function newStemmer(language: string): Stemmer;
  const found: { readonly newStemmer: typeof newStemmer } | undefined;
  export default found;
}

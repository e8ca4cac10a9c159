/**
 * The part of papaparse that we use. The types of @types/papaparse would bring Node's globals into folders that have to
 * compile without them.
 */
declare module 'papaparse' {
  export interface ParseResult {
    readonly data: readonly string[];
    readonly errors: readonly { readonly type: string; readonly code: string }[];
    /** `cursor` is the index of the character after this row. */
    readonly meta: { readonly delimiter: string; readonly cursor: number };
  }
  export interface ParseConfig {
    readonly delimiter?: string;
    readonly delimitersToGuess?: readonly string[];
    readonly newline?: string;
    step?(row: ParseResult, parser: { abort(): void }): void;
  }
  const papaparse: { parse(text: string, config: ParseConfig): void };
  export default papaparse;
}

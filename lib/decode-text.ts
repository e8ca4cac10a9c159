/** There in every browser, worker and Node that we run in, though neither DOM nor Node types are loaded for this folder. */
declare const TextDecoder: new (
  label: string,
  options?: { readonly fatal?: boolean },
) => { decode(bytes: Uint8Array): string };

/** UTF-8, or UTF-16 where its mark says so; without the mark. Undefined where the bytes are no such text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const [a, b] = bytes;
  const label = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

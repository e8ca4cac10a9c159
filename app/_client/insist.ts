/** Longest wait between two tries. */
const MOST_MS = 8_000;

/**
 * Loads a part of the app, again and again while its code can't be had: a server that is away comes back, and the page
 * has what was not saved yet. Throws what the part itself throws.
 */
export async function insist<T>(load: () => Promise<T>): Promise<T> {
  for (let wait = 500; ; wait = Math.min(2 * wait, MOST_MS))
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ChunkLoadError')) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

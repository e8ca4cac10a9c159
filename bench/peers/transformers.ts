import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tensor } from '../../ir/tensor.ts';
import { encodeSafetensors } from '../../runtime/values/safetensors.ts';
import { findPython } from '../measure.ts';

/** What is used of Transformers.js, which whoever runs the bench may have or not. */
interface Library {
  readonly env: { version: string; allowRemoteModels: boolean; allowLocalModels: boolean };
  readonly AutoModelForCausalLM: { from_pretrained(folder: string, options: object): Promise<LanguageModel> };
  readonly Tensor: new (dtype: 'int64', data: BigInt64Array, shape: readonly number[]) => object;
}
interface LanguageModel {
  generate(options: object): Promise<{ readonly data: BigInt64Array }>;
  dispose(): Promise<unknown>;
}

export interface TransformersPeer {
  readonly title: string;
  /** The tokens that greedily follow, and the milliseconds that each but the first took. */
  generate(ids: readonly number[], tokens: number): Promise<{ ids: number[]; ms: number[] }>;
  close(): Promise<void>;
}

/**
 * The same network in Transformers.js with its cache, exported by PyTorch; a sentence where something is not there. It is no
 * dependency of ours: install it anywhere (`npm install --no-save @huggingface/transformers@4.3.1 --ignore-scripts`) and name the
 * folder in PATCHBAY_TRANSFORMERS.
 */
export async function openTransformers(
  tensors: Readonly<Record<string, Tensor>>,
  size: Readonly<Record<'blocks' | 'heads' | 'width' | 'vocabulary' | 'window', number>>,
): Promise<TransformersPeer | string> {
  const python = findPython('torch');
  if (!python) return 'no Python with torch to export the model (PATCHBAY_PYTHON)';
  let library: Library;
  try {
    const { resolve } = createRequire(join(process.env.PATCHBAY_TRANSFORMERS ?? process.cwd(), 'package.json'));
    library = (await import(pathToFileURL(resolve('@huggingface/transformers')).href)) as Library;
  } catch {
    return 'Transformers.js is not installed (PATCHBAY_TRANSFORMERS names the folder of its node_modules)';
  }
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  const weights = join(folder, 'weights.safetensors');
  writeFileSync(weights, encodeSafetensors(tensors));
  const script = join(import.meta.dirname, 'export_gpt.py');
  execFileSync(python.python, [script, weights, folder, JSON.stringify(size)], { stdio: ['ignore', 'pipe', 'pipe'] });
  library.env.allowRemoteModels = false;
  const model = await library.AutoModelForCausalLM.from_pretrained(folder, {
    local_files_only: true,
    dtype: 'fp32',
    device: 'cpu',
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' },
  });
  const tensorOf = (values: readonly number[]) =>
    new library.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  return {
    title: `Transformers.js ${library.env.version}`,
    async generate(ids, tokens) {
      const moments: number[] = [];
      const streamer = { put: () => moments.push(performance.now()), end: () => undefined };
      const { data } = await model.generate({
        inputs: tensorOf(ids),
        attention_mask: tensorOf(ids.map(() => 1)),
        max_new_tokens: tokens,
        do_sample: false,
        streamer,
      });
      // the prompt comes first, then each token; the first of them paid for the prompt
      const ms = moments.slice(2).map((moment, i) => moment - moments[i + 1]!);
      return { ids: Array.from(data, Number).slice(ids.length), ms };
    },
    async close() {
      await model.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphDocument } from '../graph/document.ts';
import { root } from './app.ts';

/** The small-GPT template, so small that a tab computes it in seconds without a GPU. Nothing else is different. */
export function tinyGpt(steps = 20): GraphDocument {
  const graph = JSON.parse(readFileSync(join(root, 'templates', 'small-gpt.json'), 'utf8')) as GraphDocument;
  const set = (node: string, params: Record<string, string | number | boolean>): void => {
    Object.assign(graph.nodes[node]!.params, params);
  };
  // the final look at the validation data takes all of it: here 150 windows
  set('split', { train: 0.1, validation: 0.002, test: 0.898 });
  set('tokenizer', { algorithm: 'character' });
  for (const windows of ['train-windows', 'validation-windows']) set(windows, { length: 16 });
  set('embedding', { width: 16 });
  set('block', { repeat: 1, heads: 2 });
  set('schedule', { warmup: 4 });
  set('optimizer', { learningRate: 0.01 });
  set('train', { steps, batch: 4, evaluateEvery: 10, evaluateRows: 8 });
  set('generate', { tokens: 20 });
  // a perplexity over the whole last tenth of the book takes longer than the training
  const { perplexity: _, ...nodes } = graph.nodes;
  const edges = Object.fromEntries(Object.entries(graph.edges).filter(([, { to }]) => to[0] !== 'perplexity'));
  return { ...graph, name: 'Tiny GPT', nodes, edges };
}

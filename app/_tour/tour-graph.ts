import type { GraphDocument, GraphNode } from '../../graph/document.ts';
import { emptyDocument } from '../../graph/plain-document.ts';

const node = (type: string, x: number, y: number, params: GraphNode['params'] = {}): GraphNode => ({
  type,
  version: 1,
  params,
  position: { x, y },
});

/** A small language model of characters from which the part that thinks is missing: the tour's visitor puts it in. */
export function tourGraph(): GraphDocument {
  const wires = [
    ['book.dataset', 'tokenizer.dataset'],
    ['book.dataset', 'windows.dataset'],
    ['tokenizer.tokenizer', 'windows.tokenizer'],
    ['windows.dataset', 'tokens.dataset'],
    ['tokens.y', 'embedding.x'],
    ['embedding.y', 'positions.x'],
    ['head.y', 'network.x'],
    ['network.model', 'train.model'],
    ['windows.dataset', 'train.dataset'],
    ['objective.objective', 'train.objective'],
    ['optimizer.optimizer', 'train.optimizer'],
    ['train.model', 'generate.model'],
    ['tokenizer.tokenizer', 'generate.tokenizer'],
  ] as const;
  const end = (place: string) => place.split('.') as [string, string];
  return {
    ...emptyDocument('My first model'),
    seed: 1,
    nodes: {
      book: node('data/dataset', 0, 0, { dataset: 'moby-dick' }),
      tokenizer: node('text/tokenizer', 280, 0, { algorithm: 'character' }),
      windows: node('text/language-model-windows', 560, 0, { length: 32 }),
      tokens: node('network/input', 0, 300),
      embedding: node('network/embedding', 280, 300, { width: 32, name: 'embedding' }),
      positions: node('network/positional-encoding', 560, 300, { kind: 'learned', name: 'positions' }),
      head: node('network/linear', 1120, 300, { name: 'head' }),
      network: node('network/network', 1400, 300, { task: 'causal-lm' }),
      objective: node('training/objective', 840, 0, { loss: 'causal-lm' }),
      optimizer: node('training/optimizer', 1120, 0, { method: 'adamw', learningRate: 0.01 }),
      train: node('training/train', 1400, 0, { steps: 150, batch: 8 }),
      generate: node('generation/generate', 1680, 0, { prompt: 'The whale ', tokens: 80 }),
    },
    edges: Object.fromEntries(wires.map(([from, to], i) => [`wire-${i + 1}`, { from: end(from), to: end(to) }])),
  };
}

/** Where the missing node belongs. */
export const GAP = { x: 840, y: 300 } as const;
export const MISSING = 'network/decoder-block';

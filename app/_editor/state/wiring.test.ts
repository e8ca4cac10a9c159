import { describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../../../graph/document.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { templateNamed } from '../../../templates/index.ts';
import { fittingPort, portForDrop, refuseWire } from './wiring.ts';

const gpt = templateNamed('small-gpt')!.document;
const two = (a: string, b: string): GraphDocument => ({
  ...emptyDocument(),
  nodes: Object.fromEntries(
    [a, b].map((type, i) => [`n${i}`, { type, version: 1, params: {}, position: { x: 0, y: 0 } }]),
  ),
});

describe('wiring', () => {
  test('kinds that do not fit are refused with who needs what, what came, what to do', () => {
    expect(
      refuseWire(two('data/dataset', 'network/linear'), { node: 'n0', port: 'dataset' }, { node: 'n1', port: 'x' }),
    ).toEqual({
      code: 'graph/kind',
      message: 'Linear needs a tensor on x, got a dataset from Data set.',
      hint: 'Connect an output that gives a tensor.',
    });
  });

  test('a wire that closes a cycle is refused with the nodes on it', () => {
    const problem = refuseWire(gpt, { node: 'norm', port: 'y' }, { node: 'positions', port: 'x' });
    expect(problem?.code).toBe('graph/cycle');
    expect(problem?.message).toBe(
      'These nodes would wait for each other: Positional encoding → 4 decoder blocks → Final norm → Positional encoding.',
    );
    expect(refuseWire(gpt, { node: 'norm', port: 'y' }, { node: 'norm', port: 'x' })?.code).toBe('graph/cycle');
  });

  test('a wire that fits is drawn, whatever the shapes', () => {
    expect(refuseWire(gpt, { node: 'embedding', port: 'table' }, { node: 'norm', port: 'x' })).toBeUndefined();
  });

  test('ports that do not exist are named', () => {
    expect(refuseWire(gpt, { node: 'norm', port: 'z' }, { node: 'head', port: 'x' })?.message).toBe(
      'Final norm has no port z.',
    );
  });

  test('a loose wire prefers an input that is needed and free', () => {
    expect(fittingPort(entryOf('training/train')!, { kinds: ['dataset'], seeks: 'inputs' })?.name).toBe('dataset');
    expect(fittingPort(entryOf('training/objective')!, { kinds: ['dataset'], seeks: 'inputs' })).toBeUndefined();
    expect(portForDrop(gpt, 'perplexity', { kinds: ['model'], seeks: 'inputs' })?.name).toBe('model');
    expect(portForDrop(gpt, 'generate', { kinds: ['text'], seeks: 'inputs' })?.name).toBe('text');
  });
});

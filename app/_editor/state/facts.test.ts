import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../../compiler/compile.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand, connect, disconnect, moveNodes, setParam } from '../../../graph/edit.ts';
import { templateNamed } from '../../../templates/index.ts';
import { factsOf, showCount } from './facts.ts';

const gpt = templateNamed('small-gpt')!.document;
const facts = async (document: GraphDocument) => factsOf(document, await checkDocument(document));

describe('facts', () => {
  test('types, solved blanks and parameters in words', async () => {
    const { embedding, head, block } = await facts(gpt);
    expect(embedding!.outputs.y).toBe('float32[B, 64, 128]');
    expect(embedding!.axes['out:y']).toBe('batch B · time 64 · features 128');
    expect(head!.axes['in:x']).toBe('batch B · time 64 · features 128');
    expect(head!.solved.units).toBe('vocabulary');
    expect(block!.parameters).toBe('793K');
    expect(showCount(801536)).toBe('801,536');
  });

  test('nodes of which nothing new was found keep their object', async () => {
    const before = factsOf(gpt, await checkDocument(gpt));
    const { document } = applyCommand(gpt, moveNodes({ head: { x: 5, y: 5 } }));
    const after = factsOf(document, await checkDocument(document), before);
    expect(Object.keys(after).every((id) => after[id] === before[id])).toBe(true);
  });

  test('what does not fit is marked on both ends of the wire', async () => {
    const command = connect(gpt, 'wrong', { from: ['embedding', 'table'], to: ['block', 'x'] }, false);
    const { embedding, block, positions } = await facts(applyCommand(gpt, command).document);
    expect(block!.errors).toBe(1);
    expect(block!.wrong).toEqual(['in:x']);
    expect(embedding!.wrong).toEqual(['out:table']);
    expect(positions!.wrong).toEqual([]);
  });

  test('an input left open is no error of the node yet', async () => {
    const { document } = applyCommand(gpt, disconnect(['wire-1']));
    const { split } = await facts(document);
    expect(split).toMatchObject({ errors: 0, open: ['dataset'], wrong: [] });
  });

  test('a param that does not fit is an error of its node, not of its wires', async () => {
    const { block } = await facts(applyCommand(gpt, setParam('block', 'heads', -1, 'Heads')).document);
    expect(block!.errors).toBe(1);
    expect(block!.wrong).toEqual([]);
  });
});

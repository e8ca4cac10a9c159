import { expect, test } from 'vitest';
import { checkDocument } from '../../../compiler/compile.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand } from '../../../graph/edit.ts';
import { isError } from '../../../lib/problem.ts';
import { templateNamed } from '../../../templates/index.ts';
import { factsOf } from './facts.ts';
import { materialise } from './materialise.ts';

const { document } = templateNamed('sentiment')!;
const converts = async (graph: GraphDocument) => factsOf(graph, await checkDocument(graph)).predict!.converts;
const wire = Object.entries(document.edges).find(([, { to }]) => to.join('.') === 'predict.dataset')![0];

test('a model that was trained on tokens makes them of text: the wire says so', async () =>
  expect(await converts(document)).toEqual({
    dataset: 'tokens and mask are made of text, as the model was trained',
  }));

test('made a node, it is written out: the same tokenizer, nothing left to convert, no problem', async () => {
  const { document: after, inverse } = applyCommand(document, materialise(document, wire)!);
  expect(await converts(after)).toEqual({});
  expect((await checkDocument(after)).problems.filter(isError)).toEqual([]);
  const [id] = Object.keys(after.nodes).filter((each) => !(each in document.nodes));
  const sourceOf = (node: string, port: string) =>
    Object.values(after.edges).find(({ to }) => to[0] === node && to[1] === port)!.from;
  expect(sourceOf('predict', 'dataset')).toEqual([id, 'dataset']);
  expect(sourceOf(id!, 'dataset')).toEqual(document.edges[wire]!.from);
  expect(document.nodes[sourceOf(id!, 'tokenizer')[0]]?.type).toBe('text/tokenizer');
  expect(applyCommand(after, inverse).document).toEqual(document);
});

test('where the graph does not say how the model was prepared, there is no such node', () => {
  const edges = Object.fromEntries(Object.entries(document.edges).filter(([, { to }]) => to[1] !== 'tokenizer'));
  expect(materialise({ ...document, edges }, wire)).toBeUndefined();
});

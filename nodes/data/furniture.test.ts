import { expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import { makePlan } from '../../compiler/plan.ts';
import { documentOf } from '../../runtime/testing/graphs.ts';
import { codeHash, entryOf } from '../catalogue.ts';

const chain = {
  nodes: { data: { type: 'data/dataset', params: { dataset: 'iris' } }, table: { type: 'data/view-table' } },
  edges: [['data.dataset', 'table.value']] as const,
};
const options = { device: { backend: 'reference', threads: 1 }, codeHash };

test.each(['data/note', 'data/group'])('%s changes nothing of what is computed', async (type) => {
  const plain = documentOf(chain);
  const furnished = documentOf({ ...chain, nodes: { ...chain.nodes, extra: { type } } });
  const [a, b] = [await checkDocument(plain), await checkDocument(furnished)];
  expect(b.problems).toEqual(a.problems);
  const keys = (document: typeof plain, check: typeof a) =>
    makePlan(document, check, options).plan?.steps.map(({ cacheKey }) => cacheKey);
  expect(keys(furnished, b)).toEqual(keys(plain, a));
  expect(entryOf(type)?.canvas).toBe(type.slice(5));
});

import { expect, test } from 'vitest';
import { loadChecker } from '../../compiler/compile.ts';
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
  const check = await loadChecker(furnished);
  expect(check(furnished).problems).toEqual(check(plain).problems);
  const keys = (document: typeof plain) =>
    makePlan(document, check(document), { ...options, check }).plan?.steps.map(({ cacheKey }) => cacheKey);
  expect(keys(furnished)).toEqual(keys(plain));
  expect(entryOf(type)?.canvas).toBe(type.slice(5));
});

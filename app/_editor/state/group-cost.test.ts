import { expect, test } from 'vitest';
import { checkDocument } from '../../../compiler/compile.ts';
import { graphOf } from '../testing.tsx';
import { costInWords, costOf } from './group-cost.ts';
import { nodesInside } from './inside-frame.ts';

const at = (x: number, y: number) => ({ position: { x, y } });
const graph = graphOf(
  {
    frame: { type: 'data/group', params: { width: 500, height: 300 }, ...at(0, 0) },
    data: { type: 'data/dataset', params: { dataset: 'iris' }, ...at(-600, 0) },
    input: { type: 'network/input', params: { column: 'petal length' }, ...at(20, 40) },
    hidden: { type: 'network/linear', params: { name: 'hidden', units: 8 }, ...at(240, 40) },
    head: { type: 'network/linear', params: { name: 'head', units: 3 }, ...at(460, 40) },
    network: { type: 'network/network', params: { task: 'classification' }, ...at(800, 0) },
  },
  [
    ['data.dataset', 'input.dataset'],
    ['input.y', 'hidden.x'],
    ['hidden.y', 'head.x'],
    ['head.y', 'network.x'],
  ],
);
const boxesOf = (ids: readonly string[]) =>
  Object.fromEntries(
    ids.map((id) => {
      const { position, params } = graph.nodes[id]!;
      return [id, { ...position, width: Number(params.width ?? 200), height: Number(params.height ?? 100) }];
    }),
  );

test('what lies in a frame is what has its middle there', () =>
  expect(nodesInside(graph, 'frame', boxesOf)).toEqual(['input', 'hidden']));

test('layers are summed up: one feature into 8 units, 8 into 3', async () => {
  const check = await checkDocument(graph);
  const both = costOf(graph, check, ['input', 'hidden', 'head', 'data']);
  expect(both.parameters).toBe(8 + 8 + 8 * 3 + 3);
  expect(costInWords(both)).toMatch(/^43 parameters · .*FLOPs a row · .*B a row$/);
  expect(costInWords(costOf(graph, check, ['data']))).toBe('');
});

// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { graphOf, mount, unmount } from '../testing.tsx';
import { expose } from './expose.ts';

afterEach(unmount);

const inner = graphOf(
  {
    emb: { type: 'network/embedding', params: { name: 'emb' } },
    lin: { type: 'network/linear', params: { name: 'lin' } },
  },
  [['emb.y', 'lin.x']],
);
const graph = {
  ...graphOf({ sub: { type: 'graph/instance', params: { definition: 'd', name: 'sub' } } }),
  definitions: {
    d: {
      title: 'Encoder',
      inputs: [{ name: 'x', node: 'emb', port: 'x' }],
      outputs: [{ name: 'y', node: 'lin', port: 'y' }],
      params: [],
      nodes: inner.nodes,
      edges: inner.edges,
    },
  },
};

test('a wire that is drawn to the edge of an open subgraph makes its port one of the subgraph', () => {
  const { session, store } = mount(graph, null);
  session.enter('sub');
  expect(expose(session, { node: 'emb', port: 'table' }, 'outputs')).toBeUndefined();
  expect(session.whole.definitions.d!.outputs.at(-1)).toEqual({ name: 'table', node: 'emb', port: 'table' });
  expect(store.getState().said).toBe('table is an output of the subgraph');
  session.undo();
  expect(session.whole.definitions.d!.outputs).toHaveLength(1);
});

test('one that is there already is refused, and outside of a subgraph nothing happens', () => {
  const { session } = mount(graph, null);
  expect(expose(session, { node: 'sub', port: 'y' }, 'outputs')).toBeUndefined();
  session.enter('sub');
  expect(expose(session, { node: 'lin', port: 'y' }, 'outputs')?.message).toBe(
    'y of Linear is the subgraph’s output y already.',
  );
  expect(session.whole.definitions.d).toEqual(graph.definitions.d);
});

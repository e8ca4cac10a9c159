import { expect, test } from 'vitest';
import { compile } from '../compiler/compile.ts';
import { readParams } from '../compiler/flatten.ts';
import type { GraphDocument } from '../graph/document.ts';
import { applyCommand, type Command } from '../graph/edit.ts';
import { makeSubgraph, type NewIds, unpack } from '../graph/subgraph-edits.ts';
import { settled } from '../graph/subgraphs.ts';
import { printProgram } from '../ir/program.ts';
import { loadNodes, lookup } from '../nodes/catalogue.ts';
import { expandComposite } from '../nodes/expand-composite.ts';
import { predictionProgram } from '../nodes/kit/training-step.ts';
import { documentOf, openNetwork, runDocument, temporaryFolder } from './testing/graphs.ts';

const folder = temporaryFolder();
let made = 0;
const ids: NewIds = { wire: () => `made-${++made}`, definition: () => `definition-${++made}` };
const done = (document: GraphDocument, command: Command): GraphDocument =>
  applyCommand(document, settled(document, command)).document;
const titleOf = (node: string) => node;

/** All composites of a network in the place of which their layers come. */
async function expanded(document: GraphDocument): Promise<GraphDocument> {
  let current = document;
  for (const [id, node] of Object.entries(document.nodes)) {
    await loadNodes([node.type]);
    const definition = lookup(node.type)!;
    if (definition.level !== 'composite') continue;
    const { params } = readParams(definition, node, definition.title, id);
    current = done(current, expandComposite(current, id, { definition, params, ids }));
  }
  return current;
}

test('blocks that are expanded into their layers begin with the same weights and compute the same', async () => {
  for (const params of [{ repeat: 2 }, { dropout: 0.2, order: 'post', positions: 'rotary', bias: false }]) {
    const whole = documentOf(
      {
        nodes: {
          input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
          embedding: { type: 'network/embedding', params: { width: 8, name: 'embedding' } },
          block: { type: 'network/decoder-block', params: { heads: 2, name: 'block', ...params } },
          network: { type: 'network/network', params: { task: 'none' } },
        },
        edges: [
          ['input.y', 'embedding.x'],
          ['embedding.y', 'block.x'],
          ['block.y', 'network.x'],
        ],
      },
      5,
    );
    const layers = await expanded(whole);
    expect(layers.nodes.block!.type).toBe('graph/instance');
    const [a, b] = [await openNetwork(whole), await openNetwork(layers)];
    expect(b.initialize()).toEqual(a.initialize());
    const program = (network: typeof a) =>
      printProgram(predictionProgram(network, 2, (_, y) => ({ y })).program).split('\n');
    // the same operations over the same weights, whatever the order in which branches are written
    expect(program(b).length).toBe(program(a).length);
    expect(program(b)).toEqual(program(a));
  }
});

/** Irises are split, learned and scored. */
const irises = documentOf(
  {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split' },
      forest: { type: 'classical/decision-tree' },
      predict: { type: 'models/predict' },
      score: { type: 'metrics/classification-metrics' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'forest.dataset'],
      ['forest.model', 'predict.model'],
      ['split.validation', 'predict.dataset'],
      ['predict.dataset', 'score.dataset'],
    ],
  },
  3,
);

test('a graph whose steps lie in subgraphs runs to the same numbers, each step under its path, and so does the unpacked one', async () => {
  // the split is random and its seed follows from its path: it stays outside
  const { id, command } = makeSubgraph(irises, ['forest', 'predict'], { title: 'Learner', ids, titleOf });
  const document = done(irises, command);
  const plain = await runDocument(irises, { folder });
  const inside = await runDocument(document, { folder });
  expect(inside.outcome.status).toBe('succeeded');
  expect(inside.outcome.steps.map(({ step }) => step.id).sort()).toEqual(
    ['data', `${id}/forest`, `${id}/predict`, 'score', 'split'].sort(),
  );
  expect(await inside.metric('score', 'accuracy')).toBe(await plain.metric('score', 'accuracy'));
  expect(inside.events.some(({ node, kind }) => node === `${id}/forest` && kind === 'done')).toBe(true);

  const { command: out } = unpack(document, id, { ids, title: 'Learner' });
  const { plan } = await compile(done(document, out), { device: { backend: 'onnx', threads: 1 } });
  const { plan: first } = await compile(irises, { device: { backend: 'onnx', threads: 1 } });
  expect(plan!.steps.map(({ cacheKey }) => cacheKey).sort()).toEqual(
    first!.steps.map(({ cacheKey }) => cacheKey).sort(),
  );
});

import { Checker } from '../compiler/check.ts';
import { compile } from '../compiler/compile.ts';
import { makePlan } from '../compiler/plan.ts';
import { emptyDocument, type GraphDocument } from '../graph/document.ts';
import { codeHash, loadNodes, lookup } from '../nodes/catalogue.ts';
import { onnxNodeCompute } from '../runtime/onnx/node.ts';
import { optimising } from '../runtime/optimising.ts';
import { type Case, interleaved, type SuiteOptions, timed } from './measure.ts';
import { documentOf, gpt, openNetwork, stepOf } from './models.ts';

const NODES = 500;

/** A chain of 500 nodes: an input, an embedding, linear layers and activations in turn, a network. */
function longDocument(): GraphDocument {
  const nodes: Record<string, { type: string; params?: Record<string, unknown> }> = {
    input: { type: 'network/input', params: { length: 8, vocabulary: 16 } },
    embedding: { type: 'network/embedding', params: { width: 16, name: 'embedding' } },
  };
  const edges: [string, string][] = [['input.y', 'embedding.x']];
  let last = 'embedding';
  for (let i = 0; i < NODES - 3; i++) {
    const id = `layer${i}`;
    nodes[id] = i % 2 ? { type: 'network/activation' } : { type: 'network/linear', params: { units: 16, name: id } };
    edges.push([`${last}.y`, `${id}.x`]);
    last = id;
  }
  nodes.network = { type: 'network/network' };
  edges.push([`${last}.y`, 'network.x']);
  return { ...emptyDocument('Long'), ...documentOf({ nodes, edges }) };
}

const changed = (document: GraphDocument, units: number): GraphDocument => {
  const [id] = ['layer480'];
  const node = document.nodes[id!]!;
  return { ...document, nodes: { ...document.nodes, [id!]: { ...node, params: { ...node.params, units } } } };
};

/** What stands between an edit and a run: checking 500 nodes after one change, planning them, the first session. */
export async function compileCases({ rounds, say }: SuiteOptions): Promise<Case[]> {
  const document = longDocument();
  await loadNodes(Object.values(document.nodes).map(({ type }) => type));
  const checker = new Checker(lookup);
  checker.check(document);
  const device = { backend: 'onnx', threads: 1 };
  const alone = { threads: 1, peer: 'none' };
  let edits = 0;
  const edit = (): Promise<number[]> =>
    timed(20, async () => void checker.check(changed(document, 16 + (edits++ % 2 ? 0 : 8))));
  const cases = [await interleaved({ name: 'check after one edit, 500 nodes', ...alone }, { ours: edit }, rounds)];
  const check = checker.check(document);
  const plan = (): Promise<number[]> =>
    timed(5, async () => void makePlan(document, check, { device, codeHash, check: (each) => checker.check(each) }));
  cases.push(await interleaved({ name: 'plan, 500 nodes', ...alone }, { ours: plan }, rounds));
  await compile(document, { device });
  const model = gpt('L');
  const network = await openNetwork(model);
  const session = (): Promise<number[]> =>
    timed(1, async () => {
      const step = stepOf(model, network);
      const compute = optimising(onnxNodeCompute({ threads: 1 }));
      await (await compute.compile(step.program, { carry: step.carry, keep: step.frozen })).dispose();
    });
  cases.push(
    await interleaved({ name: 'training step of GPT L: program and session', ...alone }, { ours: session }, 3),
  );
  for (const { name, oursMs, oursMinMs } of cases) say(`${name}: ${oursMs} ms, least ${oursMinMs} ms`);
  return cases;
}

import type { FlatNode } from '../flatten.ts';
import type { Finding, Rule } from './scene.ts';

/** What is looked at when it is done, so that nothing has to follow it. */
const isAim = ({ definition }: FlatNode): boolean =>
  Object.values(definition.outputs).some(({ kinds }) =>
    kinds.some((kind) => ['metrics', 'figure', 'text', 'number', 'model', 'policy'].includes(kind)),
  ) || /^(data\/view-|files\/)/.test(definition.id);

const remove = (node: FlatNode) => ({
  label: `Delete ${node.title}`,
  edits: [{ path: ['nodes', node.origin] }],
});

/** Rules about the graph as such. */
export const graphRules: readonly Rule[] = [
  {
    code: 'lint/unused',
    title: 'A node that nothing uses',
    reason: 'What it makes goes nowhere. It is either forgotten or not wired yet.',
    *find(scene): Iterable<Finding> {
      // what a subgraph gives may be used at one of its instances and not at another
      const given = new Set([...scene.check.graph.outputs.values()].map(([id]) => id));
      for (const node of scene.nodes) {
        if (node.id !== node.origin || isAim(node) || scene.leaving(node).length > 0 || given.has(node.id)) continue;
        const wired = Object.keys(node.definition.inputs).some((port) => scene.wires(node, port).length > 0);
        const loose = Object.keys(node.definition.inputs).length > 0 && !wired;
        // a node that was just dropped is on its way to be wired: its open inputs say so already
        if (loose || scene.nodes.length < 3) continue;
        const edges = Object.entries(scene.document.edges).filter(([, { to }]) => to[0] === node.origin);
        const gone = remove(node);
        yield {
          at: node,
          message: `Nothing uses what ${node.title} makes.`,
          hint: 'Wire it on, or delete it.',
          fixes:
            node.origin in scene.document.nodes
              ? [{ ...gone, edits: [...edges.map(([id]) => ({ path: ['edges', id] })), ...gone.edits] }]
              : [],
        };
      }
    },
  },
  {
    code: 'lint/muted-source',
    title: 'A muted node that others need',
    reason: 'A muted node gives nothing, so those after it wait for an input that never comes.',
    *find(scene): Iterable<Finding> {
      // most graphs have none, and all of them are looked at after each edit
      if (!Object.values(scene.document.nodes).some(({ muted }) => muted)) return;
      for (const [id, { to, from }] of Object.entries(scene.document.edges)) {
        const source = scene.document.nodes[from[0]];
        const reader = scene.node(to[0]);
        if (!source?.muted || !reader || scene.document.nodes[to[0]]?.muted) continue;
        yield {
          at: reader,
          port: to[1],
          message: `${reader.title} reads from a node that is muted.`,
          hint: 'Unmute it, or take the wire away.',
          fixes: [
            { label: 'Unmute it', edits: [{ path: ['nodes', from[0], 'muted'] }] },
            { label: 'Take the wire away', edits: [{ path: ['edges', id] }] },
          ],
        };
      }
    },
  },
  {
    code: 'lint/temperature',
    title: 'Temperature that makes noise',
    reason: 'Above 2 all tokens become about equally likely, whatever the model has learned.',
    *find(scene): Iterable<Finding> {
      for (const node of scene.of('generation/generate')) {
        const temperature = Number(node.params.temperature);
        if (node.params.strategy !== 'sample' || temperature <= 2) continue;
        yield {
          at: node,
          param: 'temperature',
          message: `${node.title} samples at a temperature of ${temperature}, which is close to noise.`,
          hint: 'Use 0.7 to 1.2.',
          fixes: scene.setParam(node, 'temperature', 1, 'Set the temperature to 1'),
        };
      }
    },
  },
  {
    code: 'lint/one-token-vocabulary',
    title: 'A vocabulary of hardly any tokens',
    reason:
      'With fewer than 260 tokens byte pairs are hardly merged: texts become long, and there is nothing to learn in words.',
    *find(scene): Iterable<Finding> {
      for (const node of scene.of('text/tokenizer')) {
        const size = Number(node.params.size);
        if (node.params.algorithm !== 'bpe' || size >= 260) continue;
        yield {
          at: node,
          param: 'size',
          message: `${node.title} may have ${size} tokens, and 256 of a byte-level vocabulary are the bytes.`,
          hint: 'Use 512 or more.',
          fixes: scene.setParam(node, 'size', 512, 'Use 512 tokens'),
        };
      }
    },
  },
];

import { UNNAMED } from '../axes.ts';
import type { FlatNode } from '../flatten.ts';
import type { Finding, Rule, Scene } from './scene.ts';

const trainers = ['training/train', 'training/distill'] as const;

interface Trained {
  readonly train: FlatNode;
  readonly loss: string | undefined;
  readonly head: FlatNode;
  readonly layers: readonly FlatNode[];
}

/** Every training whose network and loss are known. */
function* trained(scene: Scene): Iterable<Trained> {
  for (const train of scene.of(...trainers)) {
    const network = scene.network(train, train.definition.id === 'training/distill' ? 'student' : 'model');
    if (network) yield { train, loss: scene.input(train, 'objective', 'objective')?.objective, ...network };
  }
}

const bypass = ({ id, origin, title }: FlatNode) =>
  id === origin ? [{ label: `Bypass ${title}`, edits: [{ path: ['nodes', origin, 'bypassed'], value: true }] }] : [];

/** What is right before the end of a network, past dropout. */
function lastLayer(scene: Scene, head: FlatNode): FlatNode {
  let at = head;
  for (let i = 0; i < 8 && at.definition.id === 'network/dropout'; i++) {
    const before = scene.source(at, 'x');
    if (!before) break;
    at = before;
  }
  return at;
}

const isActivation = (node: FlatNode, ...functions: readonly string[]): boolean =>
  node.definition.id === 'network/activation' && functions.includes(String(node.params.function));

const axesInWords = (names: readonly string[]): string =>
  names.map((name, i) => (name === UNNAMED ? `axis ${i}` : name)).join(', ');

/** Rules about the layers of a network. */
export const networkRules: readonly Rule[] = [
  {
    code: 'lint/axes',
    title: 'Axes that stand for something else',
    reason:
      'A layer works along axes that mean something: attention mixes positions, a linear layer features. With others in their place the sizes may fit, but it mixes numbers that do not belong together.',
    *find(scene): Iterable<Finding> {
      for (const [id, { axes }] of scene.check.flat)
        for (const { port, needs, got } of axes?.wrong ?? []) {
          const at = scene.node(id)!;
          const source = scene.source(at, port);
          yield {
            at,
            port,
            message: `${at.title} works on ${axesInWords(needs)} at ${port}, ${source?.title ?? 'what is wired'} gives ${axesInWords(got)}.`,
            hint: got.includes('height')
              ? 'Pool the pictures, embed patches of them, or reshape them before it.'
              : 'Wire what has these axes, or put a Reshape between the two.',
            ...(source && { other: source }),
          };
        }
    },
  },
  {
    code: 'lint/softmax-before-cross-entropy',
    title: 'Softmax before cross-entropy',
    reason:
      'Cross-entropy takes raw scores and makes probabilities of them itself. With a softmax before it that happens twice: gradients get small and training slow.',
    *find(scene): Iterable<Finding> {
      for (const { train, loss, head } of trained(scene)) {
        const last = lastLayer(scene, head);
        const twice =
          (loss === 'binary-cross-entropy' && isActivation(last, 'sigmoid')) ||
          ((loss === 'cross-entropy' || loss === 'causal-lm') && isActivation(last, 'softmax', 'sigmoid'));
        if (!twice) continue;
        yield {
          at: last,
          param: 'function',
          message: `${last.title} ends the network with ${last.params.function}, and the loss of ${train.title} applies one again.`,
          hint: 'End the network with the linear layer.',
          other: train,
          fixes: bypass(last),
        };
      }
    },
  },
  {
    code: 'lint/bounded-output',
    title: 'An activation cuts the output off',
    reason:
      'After a ReLU scores are never negative, after tanh or sigmoid never large: whatever lies outside can not be said.',
    *find(scene): Iterable<Finding> {
      for (const { train, loss, head } of trained(scene)) {
        const last = lastLayer(scene, head);
        const cuts =
          isActivation(last, 'relu', 'gelu', 'gelu-tanh', 'silu') ||
          (loss === 'mean-squared-error' && isActivation(last, 'tanh', 'sigmoid', 'softmax'));
        if (!cuts || loss === undefined) continue;
        yield {
          at: last,
          param: 'function',
          message: `${last.title} ends the network that ${train.title} trains with ${last.params.function}, which cuts off what it can say.`,
          hint: 'End the network with the linear layer.',
          other: train,
          fixes: bypass(last),
        };
      }
    },
  },
  {
    code: 'lint/sees-the-future',
    title: 'A language model that sees the next token',
    reason:
      'Attention in both directions lets each position look at the token that it has to predict. The loss falls to nothing, and the text that it generates is nonsense.',
    *find(scene): Iterable<Finding> {
      for (const { train, loss, layers } of trained(scene)) {
        if (loss !== 'causal-lm') continue;
        for (const layer of layers) {
          const both = layer.params.direction === 'bidirectional' || layer.params.bidirectional === true;
          if (!both) continue;
          const isAttention = layer.params.direction === 'bidirectional';
          yield {
            at: layer,
            param: isAttention ? 'direction' : 'bidirectional',
            message: `${layer.title} looks at later positions, and ${train.title} teaches to predict the next one.`,
            hint: 'Let it look back only.',
            other: train,
            fixes: isAttention
              ? scene.setParam(layer, 'direction', 'causal', 'Look back only')
              : scene.setParam(layer, 'bidirectional', false, 'One direction'),
          };
        }
      }
    },
  },
  {
    code: 'lint/no-positions',
    title: 'Attention without positions',
    reason:
      'Attention alone takes its inputs as a set: without positions it cannot tell “dog bites man” from “man bites dog”.',
    *find(scene): Iterable<Finding> {
      const told = new Set<string>();
      for (const { layers } of trained(scene)) {
        const attends = layers.filter(({ definition }) => definition.id === 'network/attention');
        const placed = layers.some(
          ({ definition, params }) =>
            /positional-encoding|rnn|lstm|gru|conv/.test(definition.id) || params.positions === 'rotary',
        );
        const [first] = attends;
        if (!first || placed || told.has(first.origin)) continue;
        told.add(first.origin);
        yield {
          at: first,
          message: `Nothing tells ${first.title} where in the sequence a token stands.`,
          hint: 'Put a positional encoding after the embedding, or turn rotary positions on.',
          fixes: rotary(scene, first),
        };
      }
    },
  },
  {
    code: 'lint/linear-after-linear',
    title: 'Two linear layers without an activation between them',
    reason:
      'Two linear maps after one another are one linear map: the second adds parameters, but nothing that the first could not do.',
    *find(scene): Iterable<Finding> {
      for (const second of scene.of('network/linear')) {
        const first = scene.source(second, 'x');
        if (first?.definition.id !== 'network/linear' || scene.leaving(first).length > 1) continue;
        yield {
          at: second,
          port: 'x',
          message: `${second.title} comes right after ${first.title}: together they are one linear map.`,
          hint: 'Put an activation between them.',
          other: first,
          fixes: between(scene, first, second),
        };
      }
    },
  },
  {
    code: 'lint/dropout-too-high',
    title: 'Dropout takes most of the signal away',
    reason: 'Above 0.7 too little is left to learn from; 0.1 to 0.5 is usual.',
    *find(scene): Iterable<Finding> {
      const told = new Set<string>();
      for (const node of scene.nodes) {
        const param = node.definition.id === 'network/dropout' ? 'rate' : 'dropout';
        const rate = node.params[param];
        if (typeof rate !== 'number' || rate <= 0.7 || told.has(node.origin)) continue;
        told.add(node.origin);
        yield {
          at: node,
          param,
          message: `${node.title} drops ${Math.round(rate * 100)} % of what goes through it.`,
          hint: 'Use 0.1 to 0.5.',
          fixes: scene.setParam(node, param, 0.2, 'Set it to 0.2'),
        };
      }
    },
  },
  {
    code: 'lint/dropout-after-output',
    title: 'Dropout on the output',
    reason:
      'Dropping scores themselves makes the loss of a row jump about and teaches nothing: what is dropped was the answer.',
    *find(scene): Iterable<Finding> {
      for (const { head, train } of trained(scene)) {
        if (head.definition.id !== 'network/dropout' || Number(head.params.rate) === 0) continue;
        yield {
          at: head,
          message: `${head.title} drops parts of the answer that ${train.title} compares.`,
          hint: 'Put it before the last linear layer.',
          other: train,
          fixes: bypass(head),
        };
      }
    },
  },
];

/** Rotary positions, on the node that a person sees: a block or the attention itself. */
function rotary(scene: Scene, { origin }: FlatNode) {
  const node = scene.document.nodes[origin];
  return node
    ? [
        {
          label: 'Turn rotary positions on',
          edits: [{ path: ['nodes', origin, 'params', 'positions'], value: 'rotary' }],
        },
      ]
    : [];
}

/** A GELU on the wire between two layers. */
function between(scene: Scene, first: FlatNode, second: FlatNode) {
  const [wire] = scene.wires(second, 'x');
  const a = scene.document.nodes[first.id];
  const b = scene.document.nodes[second.id];
  if (!wire || !a || !b || !(wire.id in scene.document.edges)) return [];
  const taken = (id: string) => id in scene.document.nodes;
  let n = 1;
  while (taken(`activation-${n}`)) n++;
  const id = `activation-${n}`;
  const position = {
    x: Math.round((a.position.x + b.position.x) / 2),
    y: Math.round(Math.max(a.position.y, b.position.y) + 160),
  };
  return [
    {
      label: 'Put an activation between them',
      edits: [
        { path: ['nodes', id], value: { type: 'network/activation', version: 1, params: { name: id }, position } },
        { path: ['edges', wire.id, 'to'], value: [id, 'x'] },
        { path: ['edges', `wire-${id}-${second.id}`], value: { from: [id, 'y'], to: [second.id, 'x'] } },
      ],
    },
  ];
}

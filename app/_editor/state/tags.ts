import type { GraphDocument } from '../../../graph/document.ts';

/** What stands at a port instead of its wires. */
export interface Tag {
  readonly name: string;
  readonly wires: readonly string[];
}
interface NodeTags {
  readonly inputs: ReadonlyMap<string, Tag>;
  readonly outputs: ReadonlyMap<string, Tag>;
}

const none: NodeTags = { inputs: new Map(), outputs: new Map() };
const known = new WeakMap<GraphDocument['edges'], ReadonlyMap<string, NodeTags>>();

/** The tags at a node. Worked out once for all nodes after each change of wires. */
export function tagsAt(edges: GraphDocument['edges'], node: string): NodeTags {
  let all = known.get(edges);
  if (!all) {
    const made = new Map<string, { inputs: Map<string, Tag>; outputs: Map<string, Tag> }>();
    const add = ([id, port]: readonly [string, string], side: 'inputs' | 'outputs', wire: string) => {
      const own = made.get(id) ?? { inputs: new Map<string, Tag>(), outputs: new Map<string, Tag>() };
      made.set(id, own);
      const wires = [...(own[side].get(port)?.wires ?? []), wire];
      // an input that takes many may have tags of several outputs
      own[side].set(port, { name: [...new Set(wires.map((each) => edges[each]!.name))].join(', '), wires });
    };
    for (const [id, { from, to, name }] of Object.entries(edges)) {
      if (name === undefined) continue;
      add(from, 'outputs', id);
      add(to, 'inputs', id);
    }
    all = made;
    known.set(edges, all);
  }
  return all.get(node) ?? none;
}

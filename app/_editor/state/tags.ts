import { ofWires } from './ports.ts';

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

/** The tags at a node. */
export const tagsAt = ofWires<NodeTags>(none, (wires, node) => {
  const inputs = new Map<string, Tag>();
  const outputs = new Map<string, Tag>();
  const add = (side: Map<string, Tag>, port: string, id: string, name: string) => {
    const known = side.get(port);
    // an input that takes many may have tags of several outputs
    const names = new Set([...(known?.name.split(', ') ?? []), name]);
    side.set(port, { name: [...names].join(', '), wires: [...(known?.wires ?? []), id] });
  };
  for (const [id, { from, to, name }] of wires) {
    if (name === undefined) continue;
    if (from[0] === node) add(outputs, from[1], id, name);
    if (to[0] === node) add(inputs, to[1], id, name);
  }
  return inputs.size + outputs.size > 0 ? { inputs, outputs } : none;
});

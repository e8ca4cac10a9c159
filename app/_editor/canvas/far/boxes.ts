import type { GraphDocument, GraphNode } from '../../../../graph/document.ts';
import { type Definitions, INSTANCE } from '../../../../graph/subgraphs.ts';
import type { PaletteEntry } from '../../../../nodes/catalogue.ts';
import { entryOfNode } from '../../../../nodes/subgraphs.ts';
import type { Facts, NodeFacts } from '../../state/facts.ts';
import { keyParams } from '../../state/params.ts';
import { shortType } from '../../state/short-type.ts';
import type { NodeBox } from '../../state/store.ts';
import { furnitureSize } from '../elements.ts';
import { kindOf } from '../ports.tsx';

export const NODE_WIDTH = 216;
const HEADER = 36;
const ROW = 22;
const TYPE_LINE = 16;
const PARAM = 20;

type Size = Omit<NodeBox, 'x' | 'y'>;

/** How large a node will be that is not in the document yet: as its styles make it, to a few pixels. */
function sizeOf(node: GraphNode, entry: PaletteEntry | undefined, facts: NodeFacts | undefined): Size {
  const own = furnitureSize(node);
  if (own) return { ...own, ports: [] };
  const [inputs, outputs] = [entry?.inputs ?? [], entry?.outputs ?? []];
  const ports: NodeBox['ports'][number][] = [];
  const port = (name: string | undefined, side: 'in' | 'out', y: number) => name && ports.push({ name, side, y });
  if (node.collapsed) {
    for (const { name } of inputs) port(name, 'in', HEADER / 2);
    for (const { name } of outputs) port(name, 'out', HEADER / 2);
    return { width: NODE_WIDTH, height: HEADER + 2, ports };
  }
  let y = HEADER + 7;
  for (let i = 0; i < Math.max(inputs.length, outputs.length); i++) {
    port(inputs[i]?.name, 'in', y + ROW / 2);
    port(outputs[i]?.name, 'out', y + ROW / 2);
    y += ROW;
    const output = outputs[i];
    const type = output && facts?.outputs[output.name];
    if (output && type && shortType(type) !== kindOf(output)) y += TYPE_LINE;
  }
  y += 6;
  const params = entry ? keyParams(entry, node).length : 0;
  if (params > 0) y += 13 + params * PARAM;
  if (facts?.parameters) y += 24;
  return { width: NODE_WIDTH, height: y + 1, ports };
}

/** Where nodes lie and how large they are: as measured where they have been on the screen, else as they will be. */
export class Boxes {
  readonly #known = new WeakMap<
    GraphNode,
    { readonly facts: NodeFacts | undefined; readonly entry: PaletteEntry | undefined; readonly size: Size }
  >();

  of(document: GraphDocument, facts: Facts, id: string): NodeBox | undefined {
    const node = document.nodes[id];
    if (!node) return undefined;
    let known = this.#known.get(node);
    // an instance has other ports once its definition has
    const entry = entryOfNode(node, document.definitions);
    if (!known || known.facts !== facts[id] || (node.type === INSTANCE && known.entry !== entry)) {
      known = { facts: facts[id], entry, size: sizeOf(node, entry, facts[id]) };
      this.#known.set(node, known);
    }
    const { x, y } = node.position;
    return { x, y, ...known.size };
  }

  measured(
    node: GraphNode,
    { facts, definitions }: { readonly facts: NodeFacts | undefined; readonly definitions: Definitions },
    { width, height, ports }: Size,
  ): void {
    this.#known.set(node, { facts, entry: entryOfNode(node, definitions), size: { width, height, ports } });
  }
}

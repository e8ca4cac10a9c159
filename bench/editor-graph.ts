import { emptyDocument, type GraphDocument, type GraphEdge, type GraphNode } from '../graph/document.ts';
import { entryOf } from '../nodes/catalogue.ts';

export const NODES = 2_000;
export const WIRES = 4_000;

const COLUMNS = 80;
const WIDTH = 16;

/** The last layer before the network: what the bench edits. */
export const EDITED = 'head';

/**
 * A network of 2,000 layers and 4,000 wires, as large as a document may be: blocks of norm, attention and two residual
 * additions, in rows of eighty as a person might lay them out.
 */
export function largeGraph(): GraphDocument {
  const nodes: Record<string, GraphNode> = {};
  const edges: Record<string, GraphEdge> = {};
  const add = (
    id: string,
    type: string,
    params: GraphNode['params'],
    inputs: readonly (readonly [string, string])[],
  ) => {
    const at = Object.keys(nodes).length;
    const position = { x: (at % COLUMNS) * 300, y: Math.floor(at / COLUMNS) * 260 };
    nodes[id] = { type, version: entryOf(type)!.version, params, position };
    for (const [from, port] of inputs) edges[`w${Object.keys(edges).length}`] = { from: [from, 'y'], to: [id, port] };
    return id;
  };
  let last = add('input', 'network/input', { length: 8, vocabulary: 16 }, []);
  last = add('embedding', 'network/embedding', { width: WIDTH, name: 'embedding' }, [[last, 'x']]);
  let before = last;
  for (let i = 0; Object.keys(nodes).length < NODES - 2; i++) {
    const left = NODES - 2 - Object.keys(nodes).length;
    // what is missing to 4,000 at the end is put in by additions in place of norms
    const sum = WIRES - 2 - Object.keys(edges).length > 2 * left;
    const norm = sum
      ? add(`sum${i}`, 'network/residual', {}, [
          [last, 'a'],
          [before, 'b'],
        ])
      : add(`norm${i}`, 'network/normalization', { name: `norm${i}` }, [[last, 'x']]);
    if (left < 4) {
      last = norm;
      continue;
    }
    const attention = add(`attention${i}`, 'network/attention', { name: `attention${i}` }, [
      [norm, 'query'],
      [norm, 'key'],
      [norm, 'value'],
    ]);
    const inner = add(`inner${i}`, 'network/residual', {}, [
      [last, 'a'],
      [attention, 'b'],
    ]);
    const outer = add(`outer${i}`, 'network/residual', {}, [
      [inner, 'a'],
      [before, 'b'],
    ]);
    [before, last] = [last, outer];
  }
  last = add(EDITED, 'network/linear', { units: 10, name: 'head' }, [[last, 'x']]);
  add('network', 'network/network', { task: 'none' }, [[last, 'x']]);
  return { ...emptyDocument('Large'), nodes, edges };
}

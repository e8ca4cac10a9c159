import type { WireType } from '../graph/types.ts';
import { addSizes } from '../ir/size.ts';
import type { Problem } from '../lib/problem.ts';
import type { Cost } from '../nodes/kit/define-node.ts';
import type { NodeCheck } from './check.ts';
import { type FlatGraph, instancesAround } from './flatten.ts';

/** What the editor shows of each node: what lies in an instance or a composite is summed up in it. */
export function summarize(
  graph: FlatGraph,
  flat: ReadonlyMap<string, NodeCheck>,
  problems: readonly Problem[],
): Map<string, NodeCheck> {
  const { places } = graph;
  const around = (path: string) => [...instancesAround(places, path), path];
  const byNode = new Map<string, Problem[]>();
  for (const problem of problems)
    for (const place of [problem.at, ...(problem.notes ?? []).map((note) => note.at)])
      for (const path of place ? around(place.node) : []) {
        const list = byNode.get(path);
        if (list) list.push(problem);
        else byNode.set(path, [problem]);
      }
  const parts = new Map<string, string[]>();
  for (const node of graph.nodes.values())
    for (const path of around(node.origin)) {
      const list = parts.get(path);
      if (list) list.push(node.id);
      else parts.set(path, [node.id]);
    }
  const split = (key: string) => {
    const at = key.lastIndexOf('|');
    return [key.slice(0, at), key.slice(at + 1)] as const;
  };
  const outputs = new Map<string, Record<string, WireType>>();
  for (const [key, [node, port]] of graph.outputs) {
    const type = flat.get(node)?.outputs[port];
    const [path, name] = split(key);
    if (type) outputs.set(path, { ...outputs.get(path), [name]: type });
  }
  const inputs = new Map<string, Record<string, readonly WireType[]>>();
  for (const [key, [first]] of graph.inputs) {
    const types = first && flat.get(first[0])?.inputs[first[1]];
    const [path, name] = split(key);
    if (types) inputs.set(path, { ...inputs.get(path), [name]: types });
  }

  const nodes = new Map<string, NodeCheck>();
  for (const path of places.keys()) {
    const own = flat.get(path);
    // one node that stands for itself, as almost all do: what was found of it is the same object at the next check
    const isPlain = own && parts.get(path)?.length === 1 && !outputs.has(path) && !inputs.has(path);
    if (isPlain && own.problems.length === 0 && !byNode.has(path)) {
      nodes.set(path, own);
      continue;
    }
    const inner = (parts.get(path) ?? []).flatMap((part) => flat.get(part) ?? []);
    const total = (field: keyof Cost) => addSizes(0, ...inner.map((check) => check.cost[field]));
    nodes.set(path, {
      inputs: own?.inputs ?? inputs.get(path) ?? {},
      outputs: { ...own?.outputs, ...outputs.get(path) },
      solved: own?.solved ?? {},
      cost: { parameters: total('parameters'), flops: total('flops'), memory: total('memory') },
      problems: [...new Set(byNode.get(path) ?? [])],
    });
  }
  return nodes;
}

import { showWire, type WireType } from '../graph/types.ts';
import type { SizeSolver } from '../ir/size.ts';
import type { Problem, ProblemPlace } from '../lib/problem.ts';
import type { Place } from '../nodes/kit/define-node.ts';
import { isBlank } from '../nodes/kit/params.ts';
import { solvedBlanks } from './blanks.ts';
import type { Found } from './check-node.ts';
import { type FlatEdge, type FlatGraph, type FlatNode, inputKey } from './flatten.ts';
import type { Gathered } from './gather.ts';

/** Problems that only a whole network shows: blanks that nothing solves, two parameters with one name. */
export function networkProblems(
  gathered: Gathered,
  graph: FlatGraph,
  flat: ReadonlyMap<string, { found: Found; blocked: boolean }>,
  solver: SizeSolver,
): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, FlatNode>();
  for (const id of gathered.nodes) {
    const node = graph.nodes.get(id)!;
    if (flat.get(id)?.blocked) continue;
    const solved = solvedBlanks(node, solver);
    for (const [param, value] of Object.entries(node.params)) {
      const schema = node.definition.params.shape[param];
      if (value !== null || param in solved || !schema || !isBlank(schema as never)) continue;
      const label = (schema as { meta(): { title?: string } | undefined }).meta()?.title ?? param;
      problems.push({
        code: 'size/unsolved',
        message: `${label} of ${node.title} is blank, and nothing that it is wired to tells its size.`,
        hint: 'Type a number, or wire the network on to what decides it.',
        at: placeOf(node, { param }),
      });
    }
    for (const { name } of flat.get(id)?.found.sites.weights ?? []) {
      const owner = owners.get(name);
      if (owner && owner !== node)
        problems.push({
          code: 'network/same-name',
          message: `${node.title} and ${owner.title} both have a parameter ${name}.`,
          hint: 'Give one of the two another name.',
          at: placeOf(node, { param: 'name' }),
          notes: [{ message: `${owner.title} has it too.`, at: placeOf(owner, { param: 'name' }) }],
        });
      owners.set(name, node);
    }
  }
  return problems;
}

export function kindProblem(node: FlatNode, port: string, source: FlatNode, wire: FlatEdge): Problem {
  const gives = source.definition.outputs[wire.from[1]]!.kinds[0]!;
  const needs = node.definition.inputs[port]!.kinds;
  return {
    code: 'graph/kind',
    message: `${port} of ${node.title} needs ${needs.map(article).join(' or ')}, got ${article(gives)} from ${source.title}.`,
    hint: `Take this wire away and connect an output that gives ${article(needs[0]!)}.`,
    at: placeOf(node, { port }),
    notes: [{ message: `${source.title} gives ${article(gives)} here.`, at: placeOf(source, { port: wire.from[1] }) }],
  };
}

/** The other ends: where each input of a node comes from, and what it carries. */
export function notes(node: FlatNode, graph: FlatGraph, inputs: Readonly<Record<string, readonly WireType[]>>) {
  return Object.entries(inputs).flatMap(([port, types]) =>
    types.map((type, i) => {
      const wire = graph.wires.get(inputKey(node.id, port))![i]!;
      const source = graph.nodes.get(wire.from[0])!;
      return {
        message: `${port} comes from ${source.title}: ${showWire(type)}.`,
        at: placeOf(source, { port: wire.from[1] }),
      };
    }),
  );
}

/** A problem inside a composite is a problem of the composite as a whole: its ports and params are not the user's. */
export const placeOf = (node: FlatNode, { port, param }: Place = {}): ProblemPlace =>
  node.id === node.origin
    ? { node: node.origin, ...(port && { port }), ...(param && { param }) }
    : { node: node.origin };

export const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;

/** Where an input has to be wired: at the node, or at the instance whose port leads to it. */
export function outermost(graph: FlatGraph, node: FlatNode, port: string) {
  const ports = graph.outside.ports;
  let at = ports.get(inputKey(node.id, port));
  if (!at) return { title: node.title, port, at: placeOf(node, { port }) };
  for (let next = ports.get(inputKey(...at)); next; next = ports.get(inputKey(...at))) at = next;
  return { title: graph.titles.get(at[0]) ?? at[0], port: at[1], at: { node: at[0], port: at[1] } };
}

/** A param inside that an instance has given its value is mended at the instance. */
export function seenFromOutside({ outside }: FlatGraph, problem: Problem): Problem {
  if (problem.at?.param === undefined) return problem;
  let end: readonly [string, string] = [problem.at.node, problem.at.param];
  for (let next = outside.params.get(inputKey(...end)); next; next = outside.params.get(inputKey(...end))) end = next;
  return end[0] === problem.at.node ? problem : { ...problem, at: { node: end[0], param: end[1] } };
}

export function cycleProblem(graph: FlatGraph, cycle: readonly string[]): Problem {
  const nodes = cycle.map((id) => graph.nodes.get(id)!);
  const titles = nodes.map((node) => node.title);
  return {
    code: 'graph/cycle',
    message: `These nodes wait for each other: ${[...titles, titles[0]].join(' → ')}.`,
    hint: 'Take away one of the wires between them.',
    at: { node: nodes[0]!.origin },
    notes: nodes
      .slice(1)
      .map((node) => ({ message: `${node.title} is part of the cycle.`, at: { node: node.origin } })),
  };
}

export const dedupe = (problems: readonly Problem[]): Problem[] => {
  const seen = new Set<string>();
  const place = ({ at }: Problem): string => `${at?.node}|${at?.param}`;
  const invalid = new Set(problems.flatMap((problem) => (problem.code === 'param/invalid' ? [place(problem)] : [])));
  return problems.filter((problem) => {
    // a size that can't be read stands as a blank: that nothing solves it is no second problem
    if (problem.code === 'size/unsolved' && invalid.has(place(problem))) return false;
    const key = `${problem.code}|${problem.at?.node}|${problem.at?.port}|${problem.at?.param}|${problem.message}`;
    return !seen.has(key) && seen.add(key);
  });
};

import type { GraphDocument } from '../../graph/document.ts';
import { editsAtPaths } from '../../graph/subgraphs.ts';
import type { Fix, Problem } from '../../lib/problem.ts';
import type { CheckResult, NodeCheck } from '../check.ts';
import { instancesAround } from '../flatten.ts';
import { dataRules } from './data.ts';
import { graphRules } from './graph.ts';
import { networkRules } from './network.ts';
import { type Finding, type Rule, Scene } from './scene.ts';
import { trainingRules } from './training.ts';
import { wireRules } from './wires.ts';

/** Mistakes that a graph can make although every wire fits. */
export const rules: readonly Rule[] = [...dataRules, ...trainingRules, ...networkRules, ...graphRules, ...wireRules];

export const ruleOf = (code: string): Rule | undefined => rules.find((rule) => rule.code === code);

function problemOfFinding(
  { code, reason }: Rule,
  { at, port, param, message, hint, other, notes, fixes }: Finding,
): Problem {
  // inside a composite, ports and params are not the user's
  const own = at.id === at.origin;
  return {
    code,
    severity: 'warning',
    message,
    hint,
    reason,
    at: { node: at.origin, ...(own && port && { port }), ...(own && param && { param }) },
    ...(notes && { notes }),
    ...(other && { notes: [{ message: `The other end is ${other.title}.`, at: { node: other.origin } }] }),
    ...(fixes && fixes.length > 0 && { fixes }),
  };
}

/** What the rules find, without what a node's author has silenced. */
export function lint(document: GraphDocument, check: CheckResult): Problem[] {
  const scene = new Scene(document, check);
  return rules.flatMap((rule) =>
    [...rule.find(scene)]
      .filter(({ at }) => !check.graph.places.get(at.origin)?.silenced?.includes(rule.code))
      .map((finding) => problemOfFinding(rule, { ...finding, fixes: inDefinitions(document, finding.fixes) })),
  );
}

/** Fixes of what lies in a subgraph change its definition. */
const inDefinitions = (document: GraphDocument, fixes: readonly Fix[] = []): Fix[] =>
  fixes.flatMap((fix) => {
    const edits = editsAtPaths(document, fix.edits);
    return edits ? [{ ...fix, edits }] : [];
  });

const replaced = new Set(rules.map(({ replaces }) => replaces));

/** A check with the findings of lint among its problems. */
export function withLint(document: GraphDocument, check: CheckResult): CheckResult {
  const found = lint(document, check);
  const stays = ({ code }: Problem): boolean => !replaced.has(code);
  if (found.length === 0 && check.problems.every(stays)) return check;
  const byNode = new Map<string, Problem[]>();
  for (const problem of found)
    for (const id of new Set(
      [problem.at!.node, ...(problem.notes ?? []).map((note) => note.at!.node)].flatMap((path) => [
        ...instancesAround(check.graph.places, path),
        path,
      ]),
    ))
      byNode.set(id, [...(byNode.get(id) ?? []), problem]);
  const nodes = new Map<string, NodeCheck>(
    [...check.nodes].map(([id, node]) => {
      const more = byNode.get(id);
      return !more && node.problems.every(stays)
        ? [id, node]
        : [id, { ...node, problems: [...node.problems.filter(stays), ...(more ?? [])] }];
    }),
  );
  return { ...check, nodes, problems: [...check.problems.filter(stays), ...found] };
}

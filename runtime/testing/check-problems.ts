import { expect, test } from 'vitest';
import { z } from 'zod';
import { Checker, type CheckResult } from '../../compiler/check.ts';
import { emptyDocument, type GraphDocument } from '../../graph/document.ts';
import type { PortKind, WireType } from '../../graph/types.ts';
import { type Size, sizeFromJson } from '../../ir/size.ts';
import type { Problem } from '../../lib/problem.ts';
import { loadNodes, lookup } from '../../nodes/catalogue.ts';
import type { NodeDefinition, Port } from '../../nodes/kit/define-node.ts';

/** What arrives at a port: one wire's type, or several where the port takes many. */
export type Arriving = Readonly<Record<string, WireType | readonly WireType[] | undefined>>;

const sizeOf = (size: number | string): Size => (typeof size === 'number' ? size : sizeFromJson(size));

/** `floats('B', 4, 8)` is float32[B, 4, 8]. */
export const floats = (...shape: readonly (number | string)[]): WireType => ({
  kind: 'tensor',
  dtype: 'float32',
  shape: shape.map(sizeOf),
});

/** `ids(10, 'B', 4)` is int32[B, 4] with ids below 10. */
export const ids = (below: number | undefined, ...shape: readonly (number | string)[]): WireType => ({
  kind: 'tensor',
  dtype: 'int32',
  shape: shape.map(sizeOf),
  ...(below !== undefined && { below }),
});

/** Any definition, however narrow its ports and params are typed. */
export type Tested<P extends z.ZodObject = z.ZodObject> = Pick<NodeDefinition, 'id' | 'level' | 'version'> & {
  readonly params: P;
};

/** The node under test is called this in the graph that the kit puts around it. */
export const NODE = 'node';
const sourceId = (port: string, i: number): string => `${port}-${i}`;

/**
 * A graph with the node and, for each of its inputs, a source that gives just this type. Sources are definitions of the
 * test's own, so the real checker runs on the real node.
 */
export async function graphAround(
  tested: Tested,
  params: Readonly<Record<string, unknown>>,
  arriving: Arriving,
): Promise<{ document: GraphDocument; check: CheckResult; lookup: (type: string) => NodeDefinition | undefined }> {
  const definition = tested as NodeDefinition;
  await loadNodes([definition.id]);
  const sources = new Map<string, NodeDefinition>();
  const node = (type: string, own: Readonly<Record<string, unknown>> = {}) => ({
    type,
    version: definition.id === type ? definition.version : 1,
    params: own as GraphDocument['nodes'][string]['params'],
    position: { x: 0, y: 0 },
  });
  const nodes: Record<string, ReturnType<typeof node>> = {};
  const edges: Record<string, { from: [string, string]; to: [string, string]; order: number }> = {};
  for (const [port, given] of Object.entries(arriving))
    (given === undefined ? [] : Array.isArray(given) ? (given as WireType[]) : [given as WireType]).forEach(
      (wire, i) => {
        const id = sourceId(port, i);
        const type = `testing/${id}`;
        sources.set(type, sourceOf(type, `Source of ${port}`, wire));
        nodes[id] = node(type);
        edges[id] = { from: [id, 'given'], to: [NODE, port], order: i };
      },
    );
  nodes[NODE] = node(definition.id, params);
  const find = (type: string) => sources.get(type) ?? (type === definition.id ? definition : lookup(type));
  const document: GraphDocument = { ...emptyDocument('Test'), nodes, edges };
  return { document, check: new Checker(find).check(document), lookup: find };
}

function sourceOf(id: string, title: string, wire: WireType): NodeDefinition {
  const given: Port = { kinds: [wire.kind as PortKind], doc: '', optional: false, many: false };
  const head = {
    id,
    title,
    version: 1,
    keywords: [],
    inputs: {},
    outputs: { given },
    params: z.object({}),
    docs: { summary: '', sources: [] },
    example: { nodes: {}, edges: [] },
  };
  if (wire.kind === 'tensor')
    return { ...head, level: 'input', reads: () => ({ column: id, type: wire, axes: (wire.axes ?? []).join(' ') }) };
  return {
    ...head,
    level: 'step',
    types: () => ({ given: wire }),
    run: () => Promise.reject(new Error('a source is never run: its value is stored')),
  } as NodeDefinition;
}

export interface ProblemCase<P extends z.ZodObject> {
  readonly name: string;
  readonly params?: Partial<z.input<P>> | Readonly<Record<string, unknown>>;
  readonly inputs: Arriving;
  /** Message and hint whole: what a person reads. */
  readonly problem: Pick<Problem, 'code' | 'message' | 'hint'> & { readonly at?: { port?: string; param?: string } };
}

/** The problems that the checker finds at a node, for given inputs. */
export async function problemsOf(
  definition: Tested,
  params: Readonly<Record<string, unknown>>,
  inputs: Arriving,
): Promise<readonly Problem[]> {
  return (await graphAround(definition, params, inputs)).check.problems;
}

/** Wrong inputs and params, each with the one clear sentence that it gives. */
export function checkProblems<P extends z.ZodObject>(definition: Tested<P>, cases: readonly ProblemCase<P>[]): void {
  test.each(cases.map((each) => [each.name, each] as const))('problem: %s', async (_, { params, inputs, problem }) => {
    const found = await problemsOf(definition, { ...params }, inputs);
    expect(found.map(({ code, message, hint }) => ({ code, message, ...(hint && { hint }) }))).toEqual([
      { code: problem.code, message: problem.message, ...(problem.hint && { hint: problem.hint }) },
    ]);
    expect(problem.message, 'a sentence').toMatch(/^\S.*[^.]\.$/s);
    expect(found[0]!.at?.node).toBe(NODE);
    if (problem.at) expect(found[0]!.at).toMatchObject(problem.at);
  });
}

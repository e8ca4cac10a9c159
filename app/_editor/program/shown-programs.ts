import { Checker } from '../../../compiler/check.ts';
import { type InspectedProgram, type Inspection, inspectPrograms } from '../../../compiler/inspect.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { typesOf } from '../../../graph/subgraphs.ts';
import { type WireTypeJson, wireFromJson } from '../../../graph/types.ts';
import { type Problem, problemOf } from '../../../lib/problem.ts';
import { loadNodes, lookup } from '../../../nodes/catalogue.ts';

export interface ProgramsRequest {
  readonly document: GraphDocument;
  /** Its path. */
  readonly node: string;
  /** The exact types of values of the shown run, by `step|port`. */
  readonly told: readonly (readonly [place: string, type: WireTypeJson])[];
}

/** A program as a worker hands it over: its text and what it takes. */
export type ShownProgram = Omit<InspectedProgram, 'program'> & { readonly operations: number };
export type ProgramsAnswer =
  | { readonly programs: readonly ShownProgram[]; readonly assumed: Inspection['assumed'] }
  | { readonly problem: Problem };

const checker = new Checker(lookup);

/** Compiles the programs of a node, from the document alone. */
export async function shownPrograms({ document, node, told }: ProgramsRequest): Promise<ProgramsAnswer> {
  try {
    await loadNodes(typesOf(document));
    const known = new Map(told.map(([place, type]) => [place, wireFromJson(type)]));
    const graph = { document, check: checker.check(document) };
    const { programs, assumed } = inspectPrograms(graph, node, { lookup, told: known });
    return {
      programs: programs.map(({ program, ...rest }) => ({
        ...rest,
        operations: program.values.length - program.inputs.length,
      })),
      assumed,
    };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

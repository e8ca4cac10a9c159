import { Checker } from '../../../compiler/check.ts';
import { type InspectedProgram, type Inspection, inspectPrograms } from '../../../compiler/inspect.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { typesOf } from '../../../graph/subgraphs.ts';
import { type WireTypeJson, wireFromJson } from '../../../graph/types.ts';
import { type Calibration, secondsOf } from '../../../ir/roofline.ts';
import { type Problem, problemOf } from '../../../lib/problem.ts';
import { loadNodes, lookup } from '../../../nodes/catalogue.ts';

export interface ProgramsRequest {
  readonly document: GraphDocument;
  /** Its path. */
  readonly node: string;
  /** The exact types of values of the shown run, by `step|port`. */
  readonly told: readonly (readonly [place: string, type: WireTypeJson])[];
  /** What the page's device was measured to do, where it was. */
  readonly calibration?: Calibration | undefined;
}

/** A program as a worker hands it over: its text and what it takes. */
export type ShownProgram = Omit<InspectedProgram, 'program'> & {
  readonly operations: number;
  /** Of one run, estimated; absent until the device was measured. */
  readonly seconds?: number;
};
export type ProgramsAnswer =
  | { readonly programs: readonly ShownProgram[]; readonly assumed: Inspection['assumed'] }
  | { readonly problem: Problem };

const checker = new Checker(lookup);

/** Compiles the programs of a node, from the document alone. */
export async function shownPrograms({ document, node, told, calibration }: ProgramsRequest): Promise<ProgramsAnswer> {
  try {
    await loadNodes(typesOf(document));
    const known = new Map(told.map(([place, type]) => [place, wireFromJson(type)]));
    const graph = { document, check: checker.check(document) };
    const { programs, assumed } = inspectPrograms(graph, node, { lookup, told: known });
    return {
      programs: programs.map(({ program, ...rest }) => ({
        ...rest,
        operations: program.values.length - program.inputs.length,
        ...(calibration && { seconds: secondsOf(program, calibration) }),
      })),
      assumed,
    };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

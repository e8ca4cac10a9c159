import { Checker } from '../../../compiler/check.ts';
import {
  type InspectedProgram,
  type Inspection,
  inspectPrograms,
  nodeWithPrograms,
} from '../../../compiler/inspect.ts';
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
export type ShownProgram = Omit<InspectedProgram, 'program' | 'runs'> & {
  readonly operations: number;
  /** How often one run of the node runs it, where that is known. */
  readonly runs?: number;
  /** Of one run, estimated; absent until the device was measured. */
  readonly seconds?: number;
};
export type ProgramsAnswer =
  | { readonly programs: readonly ShownProgram[]; readonly assumed: Inspection['assumed'] }
  | { readonly problem: Problem };

/** Seconds that a run of each node computes, by its path: of its programs that run as often as is known. */
export interface TimesAnswer {
  readonly seconds: Readonly<Record<string, number>>;
  /** Nodes that take more: a program can't be compiled yet, or runs as often as only a run can tell. */
  readonly open: readonly string[];
}

const checker = new Checker(lookup);

/** Compiles the programs of a node, from the document alone. */
export async function shownPrograms({ document, node, told, calibration }: ProgramsRequest): Promise<ProgramsAnswer> {
  try {
    await loadNodes(typesOf(document));
    const known = new Map(told.map(([place, type]) => [place, wireFromJson(type)]));
    const graph = { document, check: checker.check(document) };
    const { programs, assumed } = inspectPrograms(graph, node, { lookup, told: known });
    return {
      programs: programs.map(({ program, runs, ...rest }) => ({
        ...rest,
        ...(typeof runs === 'number' && { runs }),
        operations: program.values.length - program.inputs.length,
        ...(calibration && { seconds: secondsOf(program, calibration) }),
      })),
      assumed,
    };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** What all nodes of a graph take on a device, without what they show. */
export async function timesOfNodes({
  document,
  told,
  calibration,
}: Omit<ProgramsRequest, 'node'> & { readonly calibration: Calibration }): Promise<TimesAnswer> {
  await loadNodes(typesOf(document));
  const known = new Map(told.map(([place, type]) => [place, wireFromJson(type)]));
  const graph = { document, check: checker.check(document) };
  const seconds: Record<string, number> = {};
  const open: string[] = [];
  for (const path of graph.check.graph.nodes.keys()) {
    if (nodeWithPrograms(graph.check, path) === undefined) continue;
    try {
      const { programs } = inspectPrograms(graph, path, { lookup, told: known });
      for (const { program, runs } of programs)
        if (typeof runs === 'number') seconds[path] = (seconds[path] ?? 0) + runs * secondsOf(program, calibration);
        else if (runs !== undefined) open.push(path);
    } catch {
      open.push(path);
    }
  }
  return { seconds, open };
}

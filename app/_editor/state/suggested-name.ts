import type { GraphDocument } from '../../../graph/document.ts';
import { freeName, outputOf } from '../../../graph/wire-names.ts';
import { titleOf } from './wiring.ts';

/** The names of all other outputs of the graph that is seen. */
export const namesBut = ({ edges }: GraphDocument, ids: readonly string[]): Set<string> => {
  const own = new Set(ids.flatMap((id) => (edges[id] ? [outputOf(edges[id])] : [])));
  return new Set(
    Object.values(edges).flatMap((edge) => (edge.name === undefined || own.has(outputOf(edge)) ? [] : [edge.name])),
  );
};

/** The wires of the output that one starts at, itself included. */
export const wiresOfOutput = ({ edges }: GraphDocument, id: string): string[] => {
  const output = edges[id] && outputOf(edges[id]);
  return Object.keys(edges).filter((each) => outputOf(edges[each]!) === output);
};

/** The name that their output has, else what it would be called: as its port, or as its node where that says nothing. */
export function suggestedName(document: GraphDocument, wire: string): string {
  const old = wiresOfOutput(document, wire).find((id) => document.edges[id]!.name !== undefined);
  if (old !== undefined) return document.edges[old]!.name!;
  const [node, port] = document.edges[wire]?.from ?? ['', ''];
  return freeName(namesBut(document, [wire]), port.length > 1 ? port : titleOf(document, node).toLowerCase());
}

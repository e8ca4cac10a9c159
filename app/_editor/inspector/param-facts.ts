import type { CheckResult } from '../../../compiler/check.ts';
import type { FlatGraph } from '../../../compiler/flatten.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import type { Column, DatasetType, WireType } from '../../../graph/types.ts';
import type { Problem } from '../../../lib/problem.ts';
import type { ParamSchema } from '../state/params.ts';

/** The problems that are about one param of a node. */
export const problemsOfParam = (problems: readonly Problem[], node: string, param: string): Problem[] =>
  problems.filter(({ at }) => at?.node === node && at.param === param);

/** The problems of a node that no param shows. */
export const problemsBeside = (problems: readonly Problem[], node: string, shown: readonly string[]): Problem[] =>
  problems.filter(
    // what is wrong inside of an instance is told beside its settings
    ({ at }) =>
      (at?.node === node && !(at.param !== undefined && shown.includes(at.param))) || at?.node.startsWith(`${node}/`),
  );

/**
 * The type that arrives at a port, even where the node could not be checked: an upstream problem or a missing input must
 * not take the columns away that are known.
 */
export function typeAt(check: CheckResult | undefined, document: GraphDocument, node: string, port: string) {
  const known = check?.nodes.get(node)?.inputs[port]?.[0];
  if (known) return known;
  const wire = Object.values(document.edges).find(({ to }) => to[0] === node && to[1] === port);
  return wire && check?.nodes.get(wire.from[0])?.outputs[wire.from[1]];
}

/** Where the columns of a column param come from: the port that it names, or whatever dataset arrives. */
export function datasetFor(
  check: CheckResult | undefined,
  document: GraphDocument,
  node: string,
  port: string | undefined,
): DatasetType | undefined {
  const isDataset = (type: WireType | undefined): type is DatasetType => type?.kind === 'dataset';
  if (port !== undefined) {
    const type = typeAt(check, document, node, port);
    return isDataset(type) ? type : undefined;
  }
  return datasetsDownstream(document, node)
    .map(([other, at]) => typeAt(check, document, other, at))
    .find(isDataset);
}

/** Ports of the nodes that read this one: an objective names a column of the data set that its training gets. */
const datasetsDownstream = (document: GraphDocument, node: string): (readonly [string, string])[] =>
  Object.values(document.edges)
    .filter(({ from }) => from[0] === node)
    .flatMap(({ to }) =>
      Object.values(document.edges).flatMap((edge) => (edge.to[0] === to[0] ? [[to[0], edge.to[1]] as const] : [])),
    );

export interface ColumnChoice {
  readonly column: Column;
  /** Its kind is one that the param takes. */
  readonly fits: boolean;
}

/** The columns to choose from, those that fit first. */
export function columnChoices(type: DatasetType | undefined, { kinds }: ParamSchema): ColumnChoice[] {
  const all = (type?.columns ?? []).map((column) => ({ column, fits: !kinds || kinds.includes(column.kind) }));
  return [...all.filter(({ fits }) => fits), ...all.filter(({ fits }) => !fits)];
}

/** The column that stands for an empty choice: the one in the role, else the only one that fits. */
export function automaticColumn(type: DatasetType | undefined, schema: ParamSchema): Column | undefined {
  const fitting = columnChoices(type, schema).filter(({ fits }) => fits);
  const inRole = fitting.find(({ column }) => schema.role !== undefined && column.role === schema.role);
  if (inRole) return inRole.column;
  return fitting.length === 1 || schema.role === undefined ? fitting[0]?.column : undefined;
}

/** Whether a node of the document is a layer: its flat form says it. */
export const isLayer = (graph: FlatGraph | undefined, node: string): boolean => {
  const level = graph?.nodes.get(node)?.definition.level;
  return level === 'layer' || level === 'input';
};

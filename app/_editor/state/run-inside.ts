import { prefixOf } from '../../../compiler/scope.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { definitionOf, innerEnd, inside, locate, portNames } from '../../../graph/subgraphs.ts';
import type { ValueReference } from '../../../graph/values.ts';
import type { NodeRun, NodeRunStatus, RunState } from './run-state.ts';

/** A run as it looks from inside an instance: nodes by their own ids, and each instance as what runs in it. */
export function runInside(run: RunState, whole: GraphDocument, scope: readonly string[]): RunState {
  const place = inside(whole, scope);
  if (!place) return run;
  const prefix = prefixOf(scope);
  const nodes: Record<string, NodeRun> = {};
  for (const [id, node] of Object.entries(place.document.nodes)) {
    const path = prefix + id;
    const definition = definitionOf(whole.definitions, node);
    const seen = definition
      ? together(run, path, (port) => innerEnd(whole, node, [path, port]), portNames(definition, 'outputs'))
      : run.nodes[path];
    if (seen) nodes[id] = seen;
  }
  return { ...run, nodes };
}

/** The first of these that any node in an instance has is how the instance stands. */
const order: readonly NodeRunStatus[] = ['failed', 'running'];

/** All that runs in an instance as one node: its curves and previews, and of its outputs those that are its ports. */
function together(
  run: RunState,
  path: string,
  endOf: (port: string) => readonly [string, string] | undefined,
  ports: readonly string[],
): NodeRun | undefined {
  const own = run.nodes[path];
  const parts = Object.entries(run.nodes).flatMap(([at, part]) => (at.startsWith(`${path}/`) ? [part] : []));
  if (parts.length === 0) return own;
  const has = (status: NodeRunStatus) => parts.some((part) => part.status === status);
  const ended = parts.filter(({ status }) => status === 'done' || status === 'cached').length;
  const begun = has('running') || (ended > 0 && ended < parts.length && run.status === 'running');
  const rest: NodeRunStatus = ended < parts.length ? (begun ? 'running' : 'waiting') : has('done') ? 'done' : 'cached';
  const running = parts.find(({ status }) => status === 'running');
  const problem = parts.find((part) => part.problem)?.problem;
  const times = parts.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  return {
    status: order.find(has) ?? rest,
    fraction: parts.reduce((sum, part) => sum + (part.fraction ?? 0), 0) / parts.length,
    ...(running?.note !== undefined && { note: running.note }),
    ...(times.length > 0 && { ms: times.reduce((a, b) => a + b, 0) }),
    ...(problem && { problem }),
    curves: Object.assign({}, ...parts.map(({ curves }) => curves)),
    previews: Object.assign({}, own?.previews, ...parts.map(({ previews }) => previews)),
    outputs: {
      ...own?.outputs,
      ...Object.fromEntries(
        ports.flatMap((port): [string, ValueReference][] => {
          const [node, name] = endOf(port) ?? ['', ''];
          const reference = run.nodes[node]?.outputs[name];
          return reference ? [[port, reference]] : [];
        }),
      ),
    },
  };
}

/** A value of a run: of a node at a path, or what an instance gives. */
export function runValue(
  run: RunState | undefined,
  whole: GraphDocument,
  { node, port }: { readonly node: string; readonly port: string },
): ValueReference | undefined {
  const own = run?.nodes[node]?.outputs[port];
  const inner = own ? undefined : innerEnd(whole, locate(whole, node)?.node, [node, port]);
  return own ?? (inner && run?.nodes[inner[0]]?.outputs[inner[1]]);
}

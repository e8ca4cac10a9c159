import type { GraphDocument } from '../../graph/document.ts';
import { makeIndependent, makeSubgraph, unpack } from '../../graph/subgraph-edits.ts';
import { definitionId, definitionOf, INSTANCE } from '../../graph/subgraphs.ts';
import { problemOf } from '../../lib/problem.ts';
import { entryOf } from '../../nodes/catalogue.ts';
import { newIds } from './state/definitions.ts';
import { complain, type EditorSession } from './state/session.ts';
import type { EditorState } from './state/store.ts';
import { titleOf } from './state/wiring.ts';

/** The one selected node, where it is an instance. */
export function selectedInstance({ selection, log }: EditorState): string | undefined {
  const [id] = selection.nodes;
  return selection.nodes.size === 1 && log.document.nodes[id!]?.type === INSTANCE ? id : undefined;
}

/** The one selected node, where it is made of layers. */
export function selectedComposite({ selection, log }: EditorState): string | undefined {
  const [id] = selection.nodes;
  const entry = selection.nodes.size === 1 ? entryOf(log.document.nodes[id!]?.type ?? '') : undefined;
  return entry?.level === 'composite' && !entry.canvas ? id : undefined;
}

/** How many nodes of the document show a definition. */
export const instancesOf = ({ nodes, definitions }: GraphDocument, id: string): number =>
  [nodes, ...Object.values(definitions).map((each) => each.nodes)]
    .flatMap((level) => Object.values(level))
    .filter((node) => definitionId(node) === id).length;

const say = ({ store }: EditorSession, said: string) => store.setState({ said });

/** The selected nodes become one, which is selected and waits for a name. */
export function makeOfSelection(session: EditorSession): void {
  const { store, document } = session;
  const ids = [...store.getState().selection.nodes];
  if (session.readOnly || ids.length === 0) return;
  const titles = Object.values(document.definitions).map(({ title }) => title);
  let title = 'Subgraph';
  for (let n = 2; titles.includes(title); n++) title = `Subgraph ${n}`;
  try {
    const titled = (node: string) => titleOf(document, node);
    const { id, command } = makeSubgraph(document, ids, {
      title,
      ids: newIds,
      isWhole: store.getState().scope.length === 0,
      titleOf: titled,
    });
    session.do(command);
    session.select([id]);
    store.setState({ renaming: id });
    say(session, `Made ${title} of ${ids.length === 1 ? 'one node' : `${ids.length} nodes`}`);
  } catch (error) {
    complain(problemOf(error));
  }
}

/** Looks into an instance. One that shows nothing stays closed: the checker says why. */
export function openInstance(session: EditorSession, id: string): boolean {
  if (!definitionOf(session.whole.definitions, session.document.nodes[id])) return false;
  const title = titleOf(session.document, id);
  session.enter(id);
  say(session, `Opened ${title}`);
  return true;
}

export function leaveInstance(session: EditorSession): void {
  const { scope } = session.store.getState();
  if (scope.length === 0) return;
  session.goTo(scope.slice(0, -1));
  say(session, scope.length === 1 ? 'Back in the whole graph' : 'Back in the subgraph around it');
}

export function unpackInstance(session: EditorSession, id: string): void {
  if (session.readOnly) return;
  try {
    const title = titleOf(session.document, id);
    const { made, command } = unpack(session.document, id, {
      ids: newIds,
      title,
      isWhole: session.store.getState().scope.length === 0,
    });
    session.do(command);
    session.select(made);
    say(session, `Unpacked ${title}: ${made.length} nodes`);
  } catch (error) {
    complain(problemOf(error));
  }
}

export function separate(session: EditorSession, id: string): void {
  if (session.readOnly || !definitionOf(session.document.definitions, session.document.nodes[id])) return;
  session.do(makeIndependent(session.document, id, newIds));
  say(session, `${titleOf(session.document, id)} has a graph of its own now`);
}

/** A ready-made node becomes a subgraph of its layers, which computes the same. */
export async function expandNode(session: EditorSession, id: string): Promise<void> {
  const node = session.document.nodes[id];
  if (session.readOnly || !node) return;
  const [{ expandComposite }, { readParams }, { loadNodes, lookup }] = await Promise.all([
    import('../../nodes/expand-composite.ts'),
    import('../../compiler/flatten.ts'),
    import('../../nodes/catalogue.ts'),
  ]);
  await loadNodes([node.type]);
  const definition = lookup(node.type);
  if (!definition || session.document.nodes[id] !== node) return;
  try {
    const { params } = readParams(definition, node, definition.title, id);
    session.do(expandComposite(session.document, id, { definition, params, ids: newIds }));
    say(session, `${definition.title} is a subgraph of its layers now`);
  } catch (error) {
    complain(problemOf(error));
  }
}

import type { GraphNode } from '../../graph/document.ts';
import { applyCommand, connect, disconnect, type Edit, removeNodes, setNodeField } from '../../graph/edit.ts';
import { FORMAT } from '../../graph/plain-document.ts';
import { type Problem, problemOf } from '../../lib/problem.ts';
import type { PaletteEntry } from '../../nodes/catalogue.ts';
import { readGraphFile, saveGraphFile } from '../_client/graph-file.ts';
import { toast } from '../_ui/toast.ts';
import { openDefinition, refuseInside } from './state/definitions.ts';
import { addConnected, excerpt, insertNodes, newWireId } from './state/new-node.ts';
import { swap } from './state/rewire.ts';
import { viaIf } from './state/routes.ts';
import { complain, type EditorSession } from './state/session.ts';
import type { Point, QuickAdd } from './state/store.ts';
import { type End, fittingPort, portOf, refuseWire, titleOf } from './state/wiring.ts';

const selectedNodes = (session: EditorSession): string[] => [...session.store.getState().selection.nodes];

/** Adds a node at a place of the canvas, or in its middle, and selects it. */
export function addEntry(session: EditorSession, entry: PaletteEntry, at?: Point, group?: string): string | undefined {
  if (session.readOnly) return undefined;
  const middle = at ?? freeSpot(session, session.view?.middle() ?? { x: 0, y: 0 });
  const { id, command } = addConnected(session.document, entry, middle);
  session.do(command, group);
  session.select([id]);
  if (!at) reveal(session, middle);
  return id;
}

/** What a node takes up with the air around it, and how many go side by side before the next row. */
const ROOM = { x: 280, y: 240 };
const ROW = 4;

/** The place nearest to a point, along a row and then below, where a node lies on no other. */
function freeSpot(session: EditorSession, { x, y }: Point): Point {
  const taken = Object.values(session.document.nodes).map(({ position }) => position);
  for (let i = 0; ; i++) {
    const spot = { x: x - 108 + (i % ROW) * ROOM.x, y: y - 48 + Math.floor(i / ROW) * ROOM.y };
    if (!taken.some((each) => Math.abs(each.x - spot.x) < ROOM.x - 40 && Math.abs(each.y - spot.y) < ROOM.y - 40))
      return spot;
  }
}

/** Shows the whole graph where a node came to lie outside of what is seen. */
function reveal({ view }: EditorSession, { x, y }: Point): void {
  const seen = document.getElementById('canvas')?.getBoundingClientRect();
  if (!view || !seen) return;
  const first = view.toCanvas({ x: seen.left, y: seen.top });
  const last = view.toCanvas({ x: seen.right, y: seen.bottom });
  // once it has been drawn and measured
  if (x < first.x || y < first.y || x + ROOM.x > last.x || y + ROOM.y > last.y) setTimeout(() => view.fit(), 50);
}

/** What was chosen in the quick search: the node comes where the search was opened, wired where a wire was dropped. */
export function addFromSearch(
  session: EditorSession,
  entry: PaletteEntry,
  { position, wire, swap: old }: QuickAdd,
): void {
  if (old !== undefined) {
    if (old in session.document.nodes) session.do(swap(session.document, old, entry));
    return;
  }
  const port = wire && fittingPort(entry, wire.loose);
  if (!wire || !port) {
    const spot = freeSpot(session, position);
    addEntry(session, entry, spot);
    reveal(session, spot);
    return;
  }
  const { seeks } = wire.loose;
  const many = seeks === 'inputs' ? port.many === true : portOf(session.document, wire.end, 'inputs')?.many === true;
  const offset = seeks === 'inputs' ? position : { x: position.x - 216, y: position.y };
  const { id, command } = addConnected(session.document, entry, offset, {
    end: wire.end,
    port: port.name,
    seeks,
    many,
    via: wire.via,
  });
  session.do(command);
  session.select([id]);
}

/** Draws a wire, through points if there are any, or says why not. */
export function drawWire(session: EditorSession, from: End, to: End, via?: readonly Point[]) {
  const problem = refuseWire(session.document, from, to);
  if (problem) return problem;
  const there = Object.values(session.document.edges).some(
    (edge) =>
      edge.from[0] === from.node && edge.from[1] === from.port && edge.to[0] === to.node && edge.to[1] === to.port,
  );
  const many = portOf(session.document, to, 'inputs')?.many === true;
  const edge = {
    from: [from.node, from.port] as [string, string],
    to: [to.node, to.port] as [string, string],
    ...viaIf(via),
  };
  if (!there) session.do(connect(session.document, newWireId(), edge, many));
  return undefined;
}

export function deleteSelection(session: EditorSession): void {
  if (session.readOnly) return;
  const { nodes, edges } = session.store.getState().selection;
  const ids = [...nodes];
  if (ids.length > 0) {
    const label = ids.length === 1 ? `Delete ${titleOf(session.document, ids[0]!)}` : `Delete ${ids.length} nodes`;
    const command = removeNodes(session.document, ids, label);
    const more = disconnect([...edges]).edits.filter(
      ({ path }) => !command.edits.some((edit) => edit.path[0] === 'edges' && edit.path[1] === path[1]),
    );
    session.do({ ...command, edits: [...more, ...command.edits] });
  } else if (edges.size > 0) session.do(disconnect([...edges]));
}

export function duplicateSelection(session: EditorSession): void {
  const ids = selectedNodes(session);
  if (session.readOnly || ids.length === 0) return;
  const label = ids.length === 1 ? `Duplicate ${titleOf(session.document, ids[0]!)}` : `Duplicate ${ids.length} nodes`;
  const source = excerpt(session.document, new Set(ids), true);
  const { ids: made, command } = insertNodes(session.document, source, { label, keepInputs: true });
  session.do(command);
  session.select(made);
}

/** The selected nodes as text, or undefined where nothing is selected. */
export function copiedText(session: EditorSession): string | undefined {
  const ids = selectedNodes(session);
  return ids.length === 0 ? undefined : JSON.stringify(excerpt(session.document, new Set(ids)), undefined, 1);
}

/** Opens the search for a node where the pointer last was, or in the middle of the canvas. */
export function openSearch({ store, view }: EditorSession, at?: Point): void {
  const { left, top, width, height } = document.getElementById('canvas')?.getBoundingClientRect() ?? new DOMRect();
  const place = at ?? { x: left + width / 2 - 160, y: top + height / 3 };
  store.setState({ quickAdd: { at: place, position: view?.toCanvas(place) ?? place }, menu: undefined });
}

/** Opens the search for a type that takes the selected node's place. */
export function openSwap({ store, view }: EditorSession): void {
  const [id] = store.getState().selection.nodes;
  if (id === undefined) return;
  const box = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  const at = { x: box?.left ?? innerWidth / 2, y: (box?.top ?? innerHeight / 3) + 24 };
  store.setState({ quickAdd: { at, position: view?.toCanvas(at) ?? at, swap: id }, menu: undefined });
}

export async function cutSelection(session: EditorSession): Promise<void> {
  await copySelection(session);
  deleteSelection(session);
}

export async function pasteFromClipboard(session: EditorSession): Promise<void> {
  try {
    const text = await navigator.clipboard.readText();
    if (holdsGraph(text)) await pasteText(session, text);
    else toast('The clipboard holds no nodes');
  } catch {
    toast.error('This browser does not let a page read the clipboard.', { description: 'Use the keyboard shortcut.' });
  }
}

export async function copySelection(session: EditorSession): Promise<void> {
  const text = copiedText(session);
  if (text === undefined) return;
  await navigator.clipboard.writeText(text).then(
    () =>
      toast(`Copied ${selectedNodes(session).length === 1 ? 'one node' : `${selectedNodes(session).length} nodes`}`),
    () => toast.error('This browser does not let a page copy.', { description: 'Use the keyboard shortcut.' }),
  );
}

/** Whether text may be a graph. */
export const holdsGraph = (text: string): boolean => text.includes(`"${FORMAT}"`);

/** Puts the nodes of a graph that came as text on the canvas. */
export async function pasteText(session: EditorSession, text: string, at?: Point): Promise<void> {
  if (session.readOnly) return;
  try {
    const { parseDocument } = await import('../../graph/document.ts');
    const { document } = parseDocument(text);
    const count = Object.keys(document.nodes).length;
    if (count === 0) return;
    const label = count === 1 ? 'Paste one node' : `Paste ${count} nodes`;
    const { ids, command } = insertNodes(session.document, document, { label, ...(at && { at }) });
    const refused = refusePaste(session, command.edits);
    if (refused) {
      complain(refused);
      return;
    }
    session.do(command);
    session.select(ids);
  } catch (error) {
    complain(problemOf(error));
  }
}

/** A subgraph that is open takes no instance of itself. */
function refusePaste({ store, document }: EditorSession, edits: readonly Edit[]): Problem | undefined {
  const open = openDefinition(store.getState());
  if (!open) return undefined;
  const { definitions } = applyCommand(document, { label: '', edits }).document;
  const nodes = Object.fromEntries(
    edits.flatMap(({ path: [root, id], value }) => (root === 'nodes' && id ? [[id, value as GraphNode]] : [])),
  );
  return refuseInside(definitions, open.id, nodes);
}

/** Puts the nodes of a graph's file on the canvas: JSON, or a picture that holds a graph. */
export async function dropFile(session: EditorSession, file: File, at: Point): Promise<void> {
  try {
    const { document } = await readGraphFile(file);
    await pasteText(session, JSON.stringify(document), at);
  } catch (error) {
    complain(problemOf(error));
  }
}

export const selectAll = (session: EditorSession): void => session.select(Object.keys(session.document.nodes));

/** Switches a mark of all selected nodes on, or off where all have it. */
export function toggleMark(session: EditorSession, mark: 'muted' | 'bypassed' | 'collapsed', label: string): void {
  const ids = selectedNodes(session);
  if (session.readOnly || ids.length === 0) return;
  const nodes = ids.map((id) => session.document.nodes[id] as GraphNode);
  const value = nodes.every((node) => node[mark]) ? undefined : true;
  session.do({
    label: value ? label : `Un${label[0]!.toLowerCase()}${label.slice(1)}`,
    edits: ids.flatMap((id) => setNodeField(id, mark, value, label).edits),
  });
}

/** The graph as a file. */
export const downloadGraph = ({ whole }: EditorSession): void => saveGraphFile(whole);

'use client';

import '@xyflow/react/dist/base.css';
import './canvas.css';
import {
  type Connection,
  type EdgeChange,
  type EdgeTypes,
  type NodeChange,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStoreApi,
  ViewportPortal,
} from '@xyflow/react';
import { type DragEvent, type MouseEvent, useLayoutEffect, useRef, useState } from 'react';
import { moveNodes } from '../../../graph/edit.ts';
import { addEntry, drawWire, dropFile } from '../actions.ts';
import { useEditor, useSession } from '../context.tsx';
import { Later, part } from '../later.tsx';
import { entryNamed } from '../state/definitions.ts';
import { nothingHidden } from '../state/hidden-wires.ts';
import { canSplice, splice } from '../state/rewire.ts';
import { carryPoints } from '../state/routes.ts';
import type { Point } from '../state/store.ts';
import { refuseWire } from '../state/wiring.ts';
import { CanvasTools } from './canvas-tools.tsx';
import { canvasView, fit } from './canvas-view.ts';
import { Carrying } from './carrying.ts';
import { Connecting, moveWire } from './connecting.ts';
import { draggedType } from './dragged-type.ts';
import { type CanvasWire, canvasNodes, canvasWires } from './elements.ts';
import { EmptyCanvas } from './empty-canvas.tsx';
import { Eye } from './eye.ts';
import { areaOf } from './far/far-picture.ts';
import { Nearness, WHOLE } from './far/nearness.ts';
import type { Area } from './far/scene.ts';
import { FurnitureView } from './furniture.tsx';
import { type CanvasNode, NodeView } from './node-view.tsx';
import { Refusal } from './refusal.tsx';
import { Splicing, wireAt } from './splicing.ts';
import { SubgraphEdges } from './subgraph-edges.tsx';
import { useLongPress } from './use-long-press.ts';
import { WireView } from './wire-view.tsx';

const knife = part(
  ({ slicing }) => slicing,
  async () => (await import('./knife.tsx')).Knife,
);
const hiddenNotice = part(
  ({ hiding }) => hiding !== nothingHidden,
  async () => (await import('./hidden-notice.tsx')).HiddenNotice,
);
const nodeTypes: NodeTypes = { patch: NodeView, furniture: FurnitureView };
const edgeTypes: EdgeTypes = { wire: WireView };
const GRID: [number, number] = [8, 8];
/** The canvas library is told where the eye is (eye.ts); this only says that it does not move it by itself. */
const start = { x: 0, y: 0, zoom: 1 };

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

const pointOf = (event: globalThis.MouseEvent | TouchEvent): Point => {
  const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0]! : event;
  return { x: clientX, y: clientY };
};

/**
 * The canvas. Positions while dragging live in React Flow alone; what is dropped becomes a command. So neither panning
 * nor dragging draws anything of ours.
 */
function Flow() {
  const session = useSession();
  const { store, readOnly } = session;
  // its object changes once, when the canvas is ready; what it does stays the same
  const latest = useReactFlow<CanvasNode, CanvasWire>();
  const [flow] = useState(latest);
  const flowStore = useStoreApi();
  const [first] = useState(() => {
    const state = store.getState();
    const { log, selection } = state;
    const isLarge = Object.keys(log.document.nodes).length > WHOLE;
    return isLarge
      ? { nodes: [], wires: [], isLarge }
      : { nodes: canvasNodes(log.document, selection), wires: canvasWires(state), isLarge };
  });
  const root = useRef<HTMLElement>(null);
  const eye = useRef<Eye>(undefined);
  const nearness = useRef<Nearness>(undefined);
  const connecting = useRef<Connecting>(undefined);
  const splicing = useRef<Splicing>(undefined);
  const carrying = useRef<Carrying>(undefined);
  const isDragging = useRef(false);
  /** The box that is drawn around what is to be selected: of what is far away the canvas library knows nothing. */
  const boxing = useRef<{ readonly stop: () => void; box?: Area }>(undefined);
  /** What one drop does is one step of undo. */
  const drops = useRef(0);
  const dropGroup = () => `drop ${drops.current}`;
  const isChecked = useEditor(({ check }) => check !== undefined);
  const isEmpty = useEditor(({ log }) => Object.keys(log.document.nodes).length === 0);

  // before the effects of what stands on the canvas: that asks for the view
  useLayoutEffect(() => {
    connecting.current = new Connecting(session, root.current!);
    const seen = new Eye(root.current!, flowStore);
    const near = new Nearness(session, flow, root.current!, seen);
    splicing.current = new Splicing(session, near);
    eye.current = seen;
    nearness.current = near;
    session.view = canvasView({ near, eye: seen, flow, flowStore, root: root.current! });
    const unsubscribe = store.subscribe(({ log, selection, facts, hiding, traced }, before) => {
      if (
        hiding !== before.hiding ||
        log.document.nodes !== before.log.document.nodes ||
        log.document.edges !== before.log.document.edges ||
        selection !== before.selection
      )
        near.changed(before.log);
      else {
        if (facts !== before.facts) near.redrawSoon();
        if (traced !== before.traced) near.traced();
      }
    });
    return () => {
      unsubscribe();
      near.stop();
      seen.stop();
      session.view = undefined;
    };
  }, [session, store, flow, flowStore]);

  /** Dragging tells positions with `dragging: true` and ends without; arrow keys only ever do the latter. */
  const moved = (changes: readonly NodeChange<CanvasNode>[]) => {
    const { nodes } = session.document;
    // a frame that is made larger to the left moves too; its own command tells of both at the end
    const resizing = changes.some((change) => change.type === 'dimensions' && change.resizing);
    const positions = changes.flatMap((change) => {
      if (change.type !== 'position' || change.dragging || resizing || !change.position) return [];
      const at = { x: Math.round(change.position.x), y: Math.round(change.position.y) };
      const old = nodes[change.id]?.position;
      return old && (old.x !== at.x || old.y !== at.y) ? [[change.id, at] as const] : [];
    });
    const [one] = positions;
    // what is selected too and so far away that the canvas library does not know of it goes along
    if (one && !nearness.current?.isWhole && store.getState().selection.nodes.has(one[0])) {
      const [dx, dy] = [one[1].x - nodes[one[0]]!.position.x, one[1].y - nodes[one[0]]!.position.y];
      for (const id of store.getState().selection.nodes) {
        const { x, y } = nodes[id]!.position;
        if (!flow.getNode(id) || flow.getNode(id)?.hidden) positions.push([id, { x: x + dx, y: y + dy }]);
      }
    }
    if (positions.length === 0) return;
    const places = Object.fromEntries(positions);
    const command = moveNodes(places);
    const edits = [...command.edits, ...carryPoints(session.document, places)];
    session.do({ ...command, edits }, isDragging.current ? dropGroup() : 'nudge');
  };

  /**
   * What a person picks on the canvas. React Flow's onSelectionChange would tell of selections that we made ourselves too,
   * a moment late: two that disagree would then chase each other for ever.
   */
  const picked = (what: 'nodes' | 'edges', changes: readonly (NodeChange<CanvasNode> | EdgeChange<CanvasWire>)[]) => {
    const picks = changes.filter((change) => change.type === 'select');
    if (picks.length === 0) return;
    const { selection } = store.getState();
    const now = new Set(selection[what]);
    for (const { id, selected } of picks)
      if (selected) now.add(id);
      else now.delete(id);
    if (what === 'nodes') session.select(now, selection.edges);
    else session.select(selection.nodes, now);
  };

  /** A node of a large graph that is under a point as part of the picture only. */
  const farNode = (at: Point) => (nearness.current?.isWhole === false ? nearness.current.nodeAt(at) : undefined);
  const farWire = (at: Point) => nearness.current?.wireAt(at);
  const hold = (isHeld: boolean) => {
    if (!nearness.current) return;
    nearness.current.isHeld = isHeld;
    if (!isHeld) nearness.current.redrawSoon();
  };

  const openMenu = (at: Point, on: 'node' | 'wire' | 'canvas', id?: string) => {
    const { selection } = store.getState();
    if (on === 'node' && id && !selection.nodes.has(id)) session.select([id]);
    if (on === 'wire' && id && !selection.edges.has(id)) session.select([], [id]);
    store.setState({ menu: { at, on }, quickAdd: undefined, refusal: undefined });
  };
  const onContextMenu = (event: MouseEvent | globalThis.MouseEvent, on: 'node' | 'wire' | 'canvas', id?: string) => {
    event.preventDefault();
    openMenu({ x: event.clientX, y: event.clientY }, on, id);
  };
  const longPress = useLongPress((at, target) => {
    const tag = target.closest<HTMLElement>('.wire-tag')?.dataset.wires;
    if (tag !== undefined) {
      session.select([], tag.split(' '));
      return openMenu(at, 'wire');
    }
    const wire = target.closest<SVGElement>('.react-flow__edge')?.dataset.id;
    const near = target.closest<HTMLElement>('.react-flow__node')?.dataset.id;
    const node = near ?? (wire ? undefined : farNode(at));
    const line = node ? undefined : (wire ?? farWire(at));
    openMenu(at, node ? 'node' : line ? 'wire' : 'canvas', node ?? line);
  });

  const onDrop = (event: DragEvent) => {
    const [file] = event.dataTransfer.files;
    if (file && !readOnly) {
      event.preventDefault();
      void dropFile(session, file, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
      return;
    }
    const entry = entryNamed(store.getState(), event.dataTransfer.getData(draggedType));
    if (!entry) return;
    event.preventDefault();
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    drops.current++;
    const at = { x: event.clientX, y: event.clientY };
    const wire = wireAt(at) ?? farWire(at);
    const id = addEntry(session, entry, { x: x - 104, y: y - 16 }, dropGroup());
    const onWire = id && wire && canSplice(session.document, wire, id) && splice(session.document, wire, id);
    if (onWire) session.do(onWire, dropGroup());
    root.current?.focus({ preventScroll: true });
  };

  const ends = ({ source, sourceHandle, target, targetHandle }: Connection | CanvasWire) =>
    [
      { node: source, port: sourceHandle ?? '' },
      { node: target, port: targetHandle ?? '' },
    ] as const;

  return (
    <section
      ref={root}
      tabIndex={-1}
      id="canvas"
      aria-label="Canvas"
      data-checked={isChecked || undefined}
      className="canvas relative min-h-0 flex-1 bg-canvas outline-none"
      onPointerMove={({ buttons, clientX, clientY }) => {
        if (buttons === 0) nearness.current?.pointAt({ x: clientX, y: clientY });
      }}
      {...longPress}
    >
      <ReactFlow<CanvasNode, CanvasWire>
        defaultNodes={first.nodes}
        defaultEdges={first.wires}
        viewport={start}
        onViewportChange={(view) => eye.current?.moved(view)}
        onInit={() => {
          // ports can be taken hold of when they have been drawn
          const ready = () => requestAnimationFrame(() => setTimeout(() => session.canvasIsReady()));
          if (first.isLarge && nearness.current) {
            nearness.current.onFirstPicture = ready;
            session.view?.fit();
            nearness.current.update();
          } else ready();
        }}
        onMoveEnd={() => {
          eye.current?.rest();
          nearness.current?.update();
        }}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={(changes) => {
          moved(changes);
          picked('nodes', changes);
        }}
        onEdgesChange={(changes) => picked('edges', changes)}
        onNodeDragStart={(_, node, dragged) => {
          isDragging.current = true;
          drops.current++;
          hold(true);
          carrying.current = Carrying.start(session, flow, dragged, node);
        }}
        onNodeDrag={(_, node, dragged) => {
          carrying.current?.move(node);
          if (dragged.length === 1) splicing.current?.over(node.id);
        }}
        onNodeDragStop={(_, node) => {
          isDragging.current = false;
          hold(false);
          carrying.current?.drop(dropGroup());
          carrying.current = undefined;
          splicing.current?.drop(node.id, dropGroup());
        }}
        onSelectionStart={() => {
          const drawn: NonNullable<typeof boxing.current> = {
            stop: flowStore.subscribe(({ userSelectionRect: box }) => {
              if (box) drawn.box = box;
            }),
          };
          boxing.current = drawn;
        }}
        onSelectionEnd={() => {
          const { stop, box } = boxing.current ?? {};
          stop?.();
          if (!box || nearness.current?.isWhole !== false) return;
          const { x, y, zoom } = eye.current!.view;
          const area = areaOf({ x: x - box.x, y: y - box.y, zoom }, box, 0);
          session.select(nearness.current.inside(area, false));
        }}
        onSelectionDragStart={() => {
          isDragging.current = true;
          hold(true);
          drops.current++;
        }}
        onSelectionDragStop={() => {
          isDragging.current = false;
          hold(false);
        }}
        onConnectStart={(_, params) => connecting.current?.start(params)}
        onConnect={(connection) => {
          if (!connecting.current?.picked) drawWire(session, ...ends(connection), store.getState().drawnAlong);
        }}
        onConnectEnd={(event, state) => connecting.current?.end(pointOf(event), state)}
        onReconnectStart={(_, wire) => {
          if (connecting.current) connecting.current.picked = wire.id;
        }}
        onReconnect={(wire, connection) => moveWire(session, wire.id, ...ends(connection))}
        isValidConnection={(connection) => {
          const [from, to] = ends(connection);
          const { current } = connecting;
          // one of the two is where the wire hangs, the other is what was found to fit or not
          const fits = current?.fits(from);
          return fits === undefined ? !refuseWire(session.document, from, to) : fits || current?.fits(to) === true;
        }}
        onPaneClick={(event) => {
          store.setState({ refusal: undefined, menu: undefined });
          const at = { x: event.clientX, y: event.clientY };
          const far = farNode(at);
          const wire = far ? undefined : farWire(at);
          if (far) queueMicrotask(() => session.select([far]));
          else if (wire && event.detail === 1) queueMicrotask(() => session.select([], [wire]));
          else if (event.detail === 2 && !readOnly) {
            store.setState({ quickAdd: { at, position: flow.screenToFlowPosition(at) } });
          }
        }}
        onNodeContextMenu={(event, { id }) => onContextMenu(event, 'node', id)}
        onSelectionContextMenu={(event) => onContextMenu(event, 'node')}
        onEdgeContextMenu={(event, { id }) => onContextMenu(event, 'wire', id)}
        onEdgeDoubleClick={({ clientX: x, clientY: y }, { id }) => {
          if (!readOnly) void import('./route-actions.ts').then(({ addPoint }) => addPoint(session, id, { x, y }));
        }}
        onPaneContextMenu={(event) => {
          const at = { x: event.clientX, y: event.clientY };
          const far = farNode(at);
          const wire = far ? undefined : farWire(at);
          onContextMenu(event, far ? 'node' : wire ? 'wire' : 'canvas', far ?? wire);
        }}
        onMoveStart={(event) => {
          eye.current?.start(event);
          const { refusal, menu } = store.getState();
          if (refusal || menu) store.setState({ refusal: undefined, menu: undefined });
        }}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.some((type) => type === draggedType || type === 'Files')) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        }}
        onDrop={onDrop}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        edgesReconnectable={!readOnly}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        snapToGrid
        snapGrid={GRID}
        minZoom={fit.minZoom}
        maxZoom={2}
        connectionRadius={28}
        // in a subgraph the edges are where wires are dropped that leave it
        autoPanOnConnect={store.getState().scope.length === 0}
        reconnectRadius={8}
        elevateEdgesOnSelect
        attributionPosition="bottom-left"
        // the first node of an empty canvas stays where it was dropped
        fitView={first.nodes.length > 0}
        fitViewOptions={fit}
      >
        <ViewportPortal>
          <div className="canvas-far-host" />
        </ViewportPortal>
        <CanvasTools />
      </ReactFlow>
      {isEmpty && <EmptyCanvas />}
      <Later part={knife} />
      <Later part={hiddenNotice} />
      <SubgraphEdges />
      <Refusal />
    </section>
  );
}

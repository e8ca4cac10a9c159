'use client';

import '@xyflow/react/dist/base.css';
import './canvas.css';
import {
  Background,
  type Connection,
  type EdgeChange,
  type EdgeTypes,
  type NodeChange,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { moveNodes } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { addEntry, drawWire, dropFile } from '../actions.ts';
import { useEditor, useSession } from '../context.tsx';
import { canSplice, splice } from '../state/rewire.ts';
import type { Point } from '../state/store.ts';
import { refuseWire } from '../state/wiring.ts';
import { CanvasTools } from './canvas-tools.tsx';
import { Carrying } from './carrying.ts';
import { Connecting, moveWire } from './connecting.ts';
import { draggedType } from './dragged-type.ts';
import { type CanvasWire, canvasNodes, canvasWires } from './elements.ts';
import { EmptyCanvas } from './empty-canvas.tsx';
import { FurnitureView } from './furniture.tsx';
import { Knife } from './knife.tsx';
import { type CanvasNode, NODE_WIDTH, NodeView } from './node-view.tsx';
import { Refusal } from './refusal.tsx';
import { Splicing, wireAt } from './splicing.ts';
import { useLongPress } from './use-long-press.ts';
import { WireView } from './wire-view.tsx';

const nodeTypes: NodeTypes = { patch: NodeView, furniture: FurnitureView };
const edgeTypes: EdgeTypes = { wire: WireView };
const GRID: [number, number] = [8, 8];
const fit = { padding: 0.12, maxZoom: 1, minZoom: 0.05 } as const;

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
  const flow = useReactFlow<CanvasNode, CanvasWire>();
  const [start] = useState(() => {
    const { log, selection } = store.getState();
    return { nodes: canvasNodes(log.document, selection), wires: canvasWires(log.document, selection) };
  });
  const root = useRef<HTMLElement>(null);
  const connecting = useRef<Connecting>(undefined);
  const splicing = useRef<Splicing>(undefined);
  const carrying = useRef<Carrying>(undefined);
  const isDragging = useRef(false);
  /** What one drop does is one step of undo. */
  const drops = useRef(0);
  const dropGroup = () => `drop ${drops.current}`;
  const isEmpty = useEditor(({ log }) => Object.keys(log.document.nodes).length === 0);

  useEffect(() => {
    splicing.current = new Splicing(session);
    connecting.current = root.current ? new Connecting(session, root.current) : undefined;
    session.view = {
      middle() {
        const { left, top, width, height } = root.current!.getBoundingClientRect();
        return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
      },
      toCanvas: (point) => flow.screenToFlowPosition(point, { snapToGrid: false }),
      show: (nodes) => void flow.fitView({ ...fit, duration: 200, nodes: nodes.map((id) => ({ id })) }),
      fit: () => void flow.fitView({ ...fit, duration: 200 }),
      boxes: (ids) =>
        Object.fromEntries(
          ids.flatMap((id) => {
            const node = flow.getInternalNode(id);
            if (!node) return [];
            const { source, target } = node.internals.handleBounds ?? {};
            const side = (handles: typeof source, which: 'in' | 'out') =>
              (handles ?? []).flatMap(({ id: name, y, height }) =>
                name ? [{ name, side: which, y: y + height / 2 }] : [],
              );
            const { width = NODE_WIDTH, height = 120 } = node.measured;
            const ports = [...side(target, 'in'), ...side(source, 'out')];
            return [[id, { ...node.position, width, height, ports }]];
          }),
        ),
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: 120 }),
    };
    return () => {
      session.view = undefined;
    };
  }, [session, flow]);

  useEffect(
    () =>
      store.subscribe(({ log, selection }, before) => {
        if (log.document.nodes !== before.log.document.nodes || selection.nodes !== before.selection.nodes)
          flow.setNodes((nodes) => canvasNodes(log.document, selection, nodes));
        if (
          log.document.nodes !== before.log.document.nodes ||
          log.document.edges !== before.log.document.edges ||
          selection.edges !== before.selection.edges
        )
          flow.setEdges((wires) => canvasWires(log.document, selection, wires));
      }),
    [store, flow],
  );

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
    if (positions.length > 0)
      session.do(moveNodes(Object.fromEntries(positions)), isDragging.current ? dropGroup() : 'nudge');
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
    const node = target.closest<HTMLElement>('.react-flow__node')?.dataset.id;
    openMenu(at, node ? 'node' : 'canvas', node);
  });

  const onDrop = (event: DragEvent) => {
    const [file] = event.dataTransfer.files;
    if (file && !readOnly) {
      event.preventDefault();
      void dropFile(session, file, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
      return;
    }
    const entry = entryOf(event.dataTransfer.getData(draggedType));
    if (!entry) return;
    event.preventDefault();
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    drops.current++;
    const wire = wireAt({ x: event.clientX, y: event.clientY });
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
      className="canvas relative min-h-0 flex-1 bg-canvas outline-none"
      {...longPress}
    >
      <ReactFlow<CanvasNode, CanvasWire>
        defaultNodes={start.nodes}
        defaultEdges={start.wires}
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
          carrying.current = Carrying.start(session, flow, dragged, node);
        }}
        onNodeDrag={(_, node, dragged) => {
          carrying.current?.move(node);
          if (dragged.length === 1) splicing.current?.over(node.id);
        }}
        onNodeDragStop={(_, node) => {
          isDragging.current = false;
          carrying.current?.drop(dropGroup());
          carrying.current = undefined;
          splicing.current?.drop(node.id, dropGroup());
        }}
        onSelectionDragStart={() => {
          isDragging.current = true;
          drops.current++;
        }}
        onSelectionDragStop={() => {
          isDragging.current = false;
        }}
        onConnectStart={(_, params) => connecting.current?.start(params)}
        onConnect={(connection) => {
          if (!connecting.current?.picked) drawWire(session, ...ends(connection));
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
          if (event.detail === 2 && !readOnly) {
            const at = { x: event.clientX, y: event.clientY };
            store.setState({ quickAdd: { at, position: flow.screenToFlowPosition(at) } });
          }
        }}
        onNodeContextMenu={(event, { id }) => onContextMenu(event, 'node', id)}
        onSelectionContextMenu={(event) => onContextMenu(event, 'node')}
        onEdgeContextMenu={(event, { id }) => onContextMenu(event, 'wire', id)}
        onPaneContextMenu={(event) => onContextMenu(event, 'canvas')}
        onMoveStart={() => {
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
        minZoom={0.05}
        maxZoom={2}
        connectionRadius={28}
        reconnectRadius={8}
        elevateEdgesOnSelect
        attributionPosition="bottom-left"
        // the first node of an empty canvas stays where it was dropped
        fitView={start.nodes.length > 0}
        fitViewOptions={fit}
      >
        <Background gap={16} size={1.25} color="var(--canvas-dot)" />
        <CanvasTools />
      </ReactFlow>
      {isEmpty && <EmptyCanvas />}
      <Knife />
      <Refusal />
    </section>
  );
}

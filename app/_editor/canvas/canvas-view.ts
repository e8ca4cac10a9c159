import { getViewportForBounds, type ReactFlowInstance, type useStoreApi } from '@xyflow/react';
import { moving } from '../../_ui/motion.ts';
import { isNarrow } from '../../_ui/narrow.ts';
import type { CanvasView } from '../state/session.ts';
import type { CanvasWire } from './elements.ts';
import type { Eye } from './eye.ts';
import { areaOf } from './far/far-picture.ts';
import type { Nearness } from './far/nearness.ts';
import type { CanvasNode } from './node-view.tsx';

/** How the whole graph is shown: what lies in the canvas's lower corner covers little of it. */
export const fit = { padding: { x: 0.12, top: 0.08, bottom: '20%' }, maxZoom: 1, minZoom: 0.02 } as const;
/** On a narrow screen a sheet tells of what is selected: what is shown lies above it. */
const aboveSheet = { x: 0.12, top: '6%', bottom: '64%' } as const;

interface Parts {
  readonly near: Nearness;
  readonly eye: Eye;
  readonly flow: ReactFlowInstance<CanvasNode, CanvasWire>;
  readonly flowStore: ReturnType<typeof useStoreApi>;
  readonly root: HTMLElement;
}

/** What the canvas lets others do. */
export function canvasView({ near, eye, flow, flowStore, root }: Parts): CanvasView {
  /** Large graphs have few nodes that the library knows of: where all lie is known here. */
  const show = (nodes: readonly string[]) => {
    const duration = moving(200);
    const padding = isNarrow() && nodes.length > 0 ? aboveSheet : fit.padding;
    if (near.isWhole) return void flow.fitView({ ...fit, padding, duration, nodes: nodes.map((id) => ({ id })) });
    const bounds = near.bounds(nodes);
    const { width, height } = flowStore.getState();
    if (bounds)
      void flow.setViewport(
        getViewportForBounds(bounds, width, height, fit.minZoom, fit.maxZoom, padding),
        duration > 0 ? { duration } : {},
      );
  };
  return {
    middle() {
      const { left, top, width, height } = root.getBoundingClientRect();
      return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
    },
    toCanvas: (point) => flow.screenToFlowPosition(point, { snapToGrid: false }),
    show,
    fit: () => (near.isWhole ? void flow.fitView({ ...fit, duration: moving(200) }) : show([])),
    boxes: (ids) =>
      Object.fromEntries(
        ids.flatMap((id) => {
          const box = near.boxOf(id);
          return box ? [[id, box]] : [];
        }),
      ),
    zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: moving(120) }),
    seen: () => areaOf(eye.view, flowStore.getState(), 0),
    watch: (watcher) => eye.watch((view) => watcher(areaOf(view, flowStore.getState(), 0))),
    wiresAcross: (line) => near.wiresAcross(line),
    centre({ x, y }) {
      const { width, height } = flowStore.getState();
      const { zoom } = eye.view;
      void flow.setViewport({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom });
    },
  };
}

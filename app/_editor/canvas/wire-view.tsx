'use client';

import { type EdgeProps, ViewportPortal } from '@xyflow/react';
import { lazy, memo, Suspense, useState } from 'react';
import { insist } from '../../_client/insist.ts';
import { useEditor } from '../context.tsx';
import { isLine } from '../state/hidden-wires.ts';
import { shortType } from '../state/short-type.ts';
import type { Point } from '../state/store.ts';
import { type Curve, curvesOf, longest, nearEnd, pathOf } from '../state/wire-path.ts';
import { kindOfPort, portOf } from '../state/wiring.ts';
import type { CanvasWire } from './elements.ts';

/** Width of a letter of a wire's label. */
const LETTER = 6;

const widthOf = (label: string): number => label.length * LETTER + 12;
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export type Wire = EdgeProps<CanvasWire>;

// few wires are led through points
const RoutedWire = lazy(() => insist(() => import('./routed-wire.tsx')));

/** A wire, straight from port to port or through points. */
export const WireView = memo(function WireView(wire: Wire) {
  const via = useEditor((state) => state.log.document.edges[wire.id]?.via);
  const light = useEditor((state) => {
    const edge = state.log.document.edges[wire.id];
    return edge !== undefined && !isLine(state, wire.id, edge);
  });
  if (light) return <LightWire wire={wire} path={pathOf(lineOf(wire, via))} />;
  if (!via) return <WireLine wire={wire} curves={lineOf(wire)} />;
  return (
    <Suspense fallback={<WireLine wire={wire} curves={lineOf(wire, via)} />}>
      <RoutedWire wire={wire} via={via} />
    </Suspense>
  );
});

export const lineOf = ({ sourceX, sourceY, targetX, targetY }: Wire, via?: readonly Point[]): Curve[] =>
  curvesOf({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, via);

/** Where a wire leads that is no line: seen while it is selected or its tag pointed at, and nothing to take hold of. */
function LightWire({ wire, path }: { readonly wire: Wire; readonly path: string }) {
  const { source, sourceHandleId } = wire;
  const kind = useEditor((state) =>
    kindOfPort(portOf(state.log.document, { node: source, port: sourceHandleId ?? '' }, 'outputs')),
  );
  return <path data-kind={kind} d={path} className="react-flow__edge-path wire-light" />;
}

/** The colour of what flows in a wire, and what that is where there is room to say so. */
export function WireLine({ wire, curves }: { readonly wire: Wire; readonly curves: readonly Curve[] }) {
  const { id, source, sourceHandleId, target, targetHandleId, selected } = wire;
  const kind = useEditor((state) =>
    kindOfPort(portOf(state.log.document, { node: source, port: sourceHandleId ?? '' }, 'outputs')),
  );
  const type = useEditor((state) => state.facts[source]?.outputs[sourceHandleId ?? '']);
  const isWrong = useEditor((state) => state.facts[target]?.wrong.includes(`in:${targetHandleId}`) ?? false);
  const isFlowing = useEditor((state) => state.run?.nodes[target]?.status === 'running');
  const converts = useEditor((state) => state.facts[target]?.converts[targetHandleId ?? '']);
  const path = pathOf(curves);
  const piece = longest(curves);
  const axes = useEditor((state) => state.facts[source]?.axes[`out:${sourceHandleId}`]);
  const text = type === undefined ? '' : shortType(type);
  const short = text === kind ? '' : cut(text, 40);
  // `float32 · batch B · features 10`
  const full = axes === undefined ? short : cut(`${text.replace(/\[.*/, '')} · ${axes}`, 72);
  // a wire that goes back, or lies between close nodes, has no room: what flows in it is said on hover
  const fits = (label: string): boolean => piece.width > widthOf(label) + 28;
  const [pointedAt, setPointedAt] = useState(false);
  // a selected wire lies above the nodes, any other one below: there its label would be cut off
  const above = pointedAt && selected !== true && !fits(full);
  return (
    <g
      className="wire"
      data-kind={kind}
      data-wrong={isWrong}
      data-selected={selected === true}
      data-flowing={isFlowing}
      onPointerEnter={({ buttons }) => setPointedAt(buttons === 0)}
      onPointerLeave={() => setPointedAt(false)}
    >
      <path id={id} d={path} className="react-flow__edge-path wire-line" />
      <path d={path} className="react-flow__edge-interaction" fill="none" strokeOpacity={0} strokeWidth={18} />
      {full && !above && <Label text={full} at={piece.middle} room={fits(full)} />}
      {full && above && (
        <ViewportPortal>
          <p
            aria-hidden="true"
            data-kind={kind}
            className="wire-tip"
            style={{
              transform: `translate(${piece.middle.x}px, ${piece.middle.y}px) translate(-50%, calc(-100% - 8px))`,
            }}
          >
            {full}
          </p>
        </ViewportPortal>
      )}
      {converts !== undefined && <Conversion at={nearEnd(curves)} reason={converts} />}
      {short !== full && fits(short) && !fits(full) && <Label text={short} at={piece.middle} room brief />}
    </g>
  );
}

/** What flows in a wire is made into something else where it ends. */
function Conversion({ at, reason }: { readonly at: Point; readonly reason: string }) {
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a part of a drawing is nothing to press
    <g role="img" aria-label={reason} className="wire-conversion" transform={`translate(${at.x} ${at.y})`}>
      <title>{reason}</title>
      <circle r={8} />
      <path d="M-4 -1.5H3.5L1 -4M4 1.5H-3.5L-1 4" />
    </g>
  );
}

function Label({
  text,
  at,
  room,
  brief,
}: {
  readonly text: string;
  readonly at: Point;
  readonly room: boolean;
  /** Stands there until the wire is pointed at, and more can be said. */
  readonly brief?: boolean;
}) {
  const width = widthOf(text);
  return (
    <g className="wire-label" data-room={room} data-brief={brief} transform={`translate(${at.x} ${at.y})`}>
      <rect x={-width / 2} y={-8} width={width} height={16} rx={8} />
      <text textAnchor="middle" dy="0.34em">
        {text}
      </text>
    </g>
  );
}

'use client';

import { type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { useEditor } from '../context.tsx';
import { shortType } from '../state/short-type.ts';
import { kindOfPort, portOf } from '../state/wiring.ts';
import type { CanvasWire } from './elements.ts';

/** Width of a letter of a wire's label. */
const LETTER = 6;

/** A wire: the colour of what flows in it, and what that is where there is room to say so. */
export const WireView = memo(function WireView(props: EdgeProps<CanvasWire>) {
  const { id, source, sourceHandleId, target, targetHandleId, sourceX, targetX, selected } = props;
  const kind = useEditor((state) =>
    kindOfPort(portOf(state.log.document, { node: source, port: sourceHandleId ?? '' }, 'outputs')),
  );
  const type = useEditor((state) => state.facts[source]?.outputs[sourceHandleId ?? '']);
  const isWrong = useEditor((state) => state.facts[target]?.wrong.includes(`in:${targetHandleId}`) ?? false);
  const isFlowing = useEditor((state) => state.run?.nodes[target]?.status === 'running');
  const [path, labelX, labelY] = getBezierPath(props);
  const text = type === undefined ? '' : shortType(type);
  const label = text === kind ? '' : text.length > 40 ? `${text.slice(0, 39)}…` : text;
  const width = label.length * LETTER + 12;
  // a wire that goes back, or lies between close nodes, has no room: its label comes on hover
  const room = targetX - sourceX > width + 28;
  return (
    <g
      className="wire"
      data-kind={kind}
      data-wrong={isWrong}
      data-selected={selected === true}
      data-flowing={isFlowing}
    >
      <path id={id} d={path} className="react-flow__edge-path wire-line" />
      <path d={path} className="react-flow__edge-interaction" fill="none" strokeOpacity={0} strokeWidth={18} />
      {label && (
        <g className="wire-label" data-room={room} transform={`translate(${labelX} ${labelY})`}>
          <rect x={-width / 2} y={-8} width={width} height={16} rx={8} />
          <text textAnchor="middle" dy="0.34em">
            {label}
          </text>
        </g>
      )}
    </g>
  );
});

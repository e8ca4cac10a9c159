'use client';

import { useStore } from '@xyflow/react';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { routeWire } from '../../../graph/edit.ts';
import { useEditor, useSession } from '../context.tsx';
import { movedBy, onGrid } from '../state/routes.ts';
import type { Point } from '../state/store.ts';
import { kindOfPort, portOf, titleOf } from '../state/wiring.ts';
import { lineOf, type Wire, WireLine } from './wire-view.tsx';

/** How far an arrow key moves a point; with Shift four times as far, as nodes move. */
const STEP = 8;
const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

interface Held {
  readonly index: number;
  readonly at: Point;
  /** From the point to the pointer. */
  readonly by: Point;
}

/** A wire that is led through points, each of which can be dragged, walked to and taken away. */
export default function RoutedWire({ wire, via }: { readonly wire: Wire; readonly via: readonly Point[] }) {
  const session = useSession();
  const { id, source, target, sourceHandleId, targetHandleId } = wire;
  const [held, setHeld] = useState<Held>();
  const title = useEditor(({ log }) => `${titleOf(log.document, target)} ${targetHandleId}`);
  const kind = useEditor(({ log }) =>
    kindOfPort(portOf(log.document, { node: source, port: sourceHandleId ?? '' }, 'outputs')),
  );
  // while both ends are dragged, what is dropped then is shown: the points go along
  const shift = useStore(({ nodeLookup }) => {
    const { nodes } = session.document;
    const [a, b] = [source, target].map((node) => {
      const [now, rest] = [nodeLookup.get(node)?.position, nodes[node]?.position];
      return now && rest ? `${now.x - rest.x},${now.y - rest.y}` : '';
    });
    return a === b && a !== '0,0' ? a : '';
  });
  const [x = 0, y = 0] = shift ? shift!.split(',').map(Number) : [];
  const points = held ? via.toSpliced(held.index, 1, held.at) : movedBy(via, { x, y });

  const put = (index: number, at: Point, group?: string) =>
    session.do(routeWire(id, via.toSpliced(index, 1, at), 'Move a point of a wire'), group);
  const take = (index: number) => {
    session.do(routeWire(id, via.toSpliced(index, 1), 'Take a point of a wire away'));
    const next = via.length > 1 ? { wire: id, index: Math.max(0, index - 1) } : undefined;
    session.store.setState({ point: next, said: 'The point is gone' });
    if (!next) document.getElementById('canvas')?.focus({ preventScroll: true });
  };
  const drag = ({ clientX, clientY }: PointerEvent) => {
    const at = session.view?.toCanvas({ x: clientX, y: clientY });
    if (held && at) setHeld({ ...held, at: onGrid({ x: at.x - held.by.x, y: at.y - held.by.y }) });
  };
  const drop = () => {
    const old = held && via[held.index];
    if (held && old && (old.x !== held.at.x || old.y !== held.at.y)) put(held.index, held.at);
    setHeld(undefined);
  };
  const press = (event: KeyboardEvent, index: number) => {
    const by = arrows[event.key];
    const at = via[index]!;
    const times = event.shiftKey ? 4 : 1;
    if (by) put(index, { x: at.x + by.x * times, y: at.y + by.y * times }, 'nudge');
    else if (event.key === 'Delete' || event.key === 'Backspace') take(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <WireLine wire={wire} curves={lineOf(wire, points)} />
      {points.map((at, index) => (
        <PointView
          // biome-ignore lint/suspicious/noArrayIndexKey: the points of a wire, in their order
          key={index}
          at={at}
          kind={kind}
          wire={id}
          index={index}
          label={`Point ${index + 1} of ${points.length} on the wire to ${title}`}
          isHeld={held?.index === index}
          {...(!session.readOnly && {
            onPointerDown: (event: PointerEvent<SVGGElement>) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              event.currentTarget.focus({ preventScroll: true });
              const from = session.view?.toCanvas({ x: event.clientX, y: event.clientY }) ?? at;
              setHeld({ index, at, by: { x: from.x - at.x, y: from.y - at.y } });
            },
            onPointerMove: drag,
            onPointerUp: drop,
            onPointerCancel: () => setHeld(undefined),
            onDoubleClick: () => take(index),
            onKeyDown: (event: KeyboardEvent) => press(event, index),
          })}
        />
      ))}
    </>
  );
}

function PointView({
  at,
  kind,
  wire,
  index,
  label,
  isHeld,
  onDoubleClick,
  ...listeners
}: {
  readonly at: Point;
  readonly kind: string;
  readonly wire: string;
  readonly index: number;
  readonly label: string;
  readonly isHeld: boolean;
  readonly onPointerDown?: (event: PointerEvent<SVGGElement>) => void;
  readonly onPointerMove?: (event: PointerEvent<SVGGElement>) => void;
  readonly onPointerUp?: () => void;
  readonly onPointerCancel?: () => void;
  readonly onDoubleClick?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}) {
  const { store } = useSession();
  const element = useRef<SVGGElement>(null);
  const isWanted = useEditor(({ point }) => point?.wire === wire && point.index === index);
  useEffect(() => {
    if (!isWanted) return;
    element.current?.focus({ preventScroll: true });
    store.setState({ point: undefined });
  }, [isWanted, store]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing has no buttons of its own
    <g
      ref={element}
      role="button"
      tabIndex={0}
      aria-label={label}
      data-kind={kind}
      data-held={isHeld || undefined}
      className="wire-point nopan nodrag"
      transform={`translate(${at.x} ${at.y})`}
      onDoubleClick={(event) => {
        event.stopPropagation();
        onDoubleClick?.();
      }}
      {...listeners}
    >
      <circle r={12} className="wire-point-room" />
      <circle r={4.5} className="wire-point-dot" />
    </g>
  );
}

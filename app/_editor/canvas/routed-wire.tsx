'use client';

import { useConnection, useStore, ViewportPortal } from '@xyflow/react';
import {
  type KeyboardEvent,
  lazy,
  type PointerEvent,
  type ReactNode,
  Suspense,
  type SyntheticEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { useStore as useZustand } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { GraphDocument } from '../../../graph/document.ts';
import { outputOf } from '../../../graph/wire-names.ts';
import { insist } from '../../_client/insist.ts';
import { useEditor, useSession } from '../context.tsx';
import { movedBy, onGrid } from '../state/routes.ts';
import { forksOf, isAt, movePoint, sharersOf, takePoint, wiresBeside } from '../state/shared-points.ts';
import type { Point } from '../state/store.ts';
import { curvesOf, pathOf } from '../state/wire-path.ts';
import { kindOfPort, portOf, titleOf } from '../state/wiring.ts';
import { type Wire, WireLine } from './wire-view.tsx';

const ConnectTo = lazy(async () => ({ default: (await insist(() => import('../panel/connect-to.tsx'))).ConnectTo }));

/** How far an arrow key moves a point; with Shift four times as far, as nodes move. */
const STEP = 8;
const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};
/** From a point to the handle that another wire is drawn from. */
const BESIDE: Point = { x: 17, y: -17 };

/** A point that the pointer holds: every wire that shares it is drawn through where it is. */
interface Held {
  readonly output: string;
  readonly old: Point;
  readonly at: Point;
  /** From the point to the pointer. */
  readonly by: Point;
}
const holding = createStore<{ readonly held?: Held | undefined }>(() => ({}));

/** A wire that is led through points, each of which can be dragged, walked to, taken away, and begin another wire. */
export default function RoutedWire({ wire, via }: { readonly wire: Wire; readonly via: readonly Point[] }) {
  const session = useSession();
  const { id, source, target, sourceX, sourceY, targetX, targetY, sourceHandleId, targetHandleId } = wire;
  const edges = useEditor(({ log }) => log.document.edges);
  const title = useEditor(({ log }) => `${titleOf(log.document, target)} ${targetHandleId}`);
  const kind = useEditor(({ log }) =>
    kindOfPort(portOf(log.document, { node: source, port: sourceHandleId ?? '' }, 'outputs')),
  );
  const output = outputOf({ from: [source, sourceHandleId ?? ''] });
  const held = useZustand(holding, (state) => (state.held?.output === output ? state.held : undefined));
  const carried = useCarried(wire, edges);
  const points = via.map((point) => (held && isAt(point, held.old) ? held.at : carried(point)));
  /** The point at which another wire begins: it is drawn, or asked where it goes. */
  const [drawn, setDrawn] = useState<number>();
  const [asked, setAsked] = useState<number>();
  const forks = useMemo(
    () => new Set([...forksOf(edges, id), ...(drawn === undefined ? [] : [drawn])]),
    [edges, id, drawn],
  );

  const put = (old: Point, at: Point, group?: string) => session.do(movePoint(edges, id, old, at), group);
  const take = (index: number) => {
    session.do(takePoint(edges, id, via[index]!));
    const next = via.length > 1 ? { wire: id, index: Math.max(0, index - 1) } : undefined;
    session.store.setState({ point: next, said: 'The point is gone' });
    if (!next) document.getElementById('canvas')?.focus({ preventScroll: true });
  };
  const hold = (event: PointerEvent<SVGGElement>, old: Point) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus({ preventScroll: true });
    const from = session.view?.toCanvas({ x: event.clientX, y: event.clientY }) ?? old;
    holding.setState({ held: { output, old, at: old, by: { x: from.x - old.x, y: from.y - old.y } } });
  };
  const drag = ({ clientX, clientY }: PointerEvent) => {
    const at = session.view?.toCanvas({ x: clientX, y: clientY });
    if (held && at) holding.setState({ held: { ...held, at: onGrid({ x: at.x - held.by.x, y: at.y - held.by.y }) } });
  };
  const release = () => holding.setState({ held: undefined });
  const drop = () => {
    if (held && !isAt(held.old, held.at)) put(held.old, held.at);
    release();
  };
  /** The canvas library draws a wire from the port; it is led through the points up to this one. */
  const draw = ({ clientX, clientY }: PointerEvent, index: number) => {
    const port = document.querySelector(
      `.react-flow__node[data-id="${CSS.escape(source)}"] .source[data-handleid="${CSS.escape(sourceHandleId ?? '')}"]`,
    );
    // its node is far away, where ports are a picture: a click asks
    if (!port) return;
    setDrawn(index);
    session.store.setState({ drawnAlong: via.slice(0, index + 1) });
    const ends = ['mouseup', 'touchend', 'touchcancel'];
    const end = () => {
      setDrawn(undefined);
      session.store.setState({ drawnAlong: undefined });
      for (const name of ends) removeEventListener(name, end);
    };
    for (const name of ends) addEventListener(name, end);
    port.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, clientX, clientY }));
  };
  const press = (event: KeyboardEvent, index: number) => {
    const by = arrows[event.key];
    const at = via[index]!;
    const times = event.shiftKey ? 4 : 1;
    if (by) put(at, { x: at.x + by.x * times, y: at.y + by.y * times }, 'nudge');
    else if (event.key === 'Delete' || event.key === 'Backspace') take(index);
    else if (event.key === 'Enter' || event.key === ' ') setAsked(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const label = (index: number) => {
    const { length } = sharersOf(edges, id, via[index]!);
    return `Point ${index + 1} of ${via.length} on the wire to ${title}${length > 1 ? `, shared by ${length} wires` : ''}`;
  };
  const start = { x: sourceX, y: sourceY };
  return (
    <>
      <WireLine wire={wire} curves={curvesOf(start, { x: targetX, y: targetY }, points, forks)} />
      {points.map((at, index) => (
        <PointView
          // biome-ignore lint/suspicious/noArrayIndexKey: the points of a wire, in their order
          key={index}
          at={at}
          kind={kind}
          wire={id}
          index={index}
          label={label(index)}
          isHeld={held !== undefined && isAt(via[index]!, held.old)}
          {...(!session.readOnly && {
            onBegin: () => setAsked(index),
            onDraw: (event: PointerEvent) => draw(event, index),
            onPointerDown: (event: PointerEvent<SVGGElement>) => {
              if (event.button !== 0) return;
              if (event.shiftKey) draw(event, index);
              else hold(event, via[index]!);
            },
            onPointerMove: drag,
            onPointerUp: drop,
            onPointerCancel: release,
            onDoubleClick: () => take(index),
            onKeyDown: (event: KeyboardEvent) => press(event, index),
          })}
        />
      ))}
      {drawn !== undefined && <Drawn start={start} via={via.slice(0, drawn + 1)} />}
      {asked !== undefined && (
        <Asked>
          <ConnectTo
            row={{ node: source, port: sourceHandleId ?? '', side: 'outputs' }}
            via={via.slice(0, asked + 1)}
            anchor={document.querySelectorAll(`.react-flow__edge[data-id="${CSS.escape(id)}"] .wire-point`)[asked]}
            onClose={() => {
              setAsked(undefined);
              // what is asked next has the keyboard, else the point has it again
              if (!session.store.getState().quickAdd) session.store.setState({ point: { wire: id, index: asked } });
            }}
          />
        </Asked>
      )}
    </>
  );
}

/** While both ends of a wire are dragged, what is dropped then is shown: its points go along, as `carryPoints` has it. */
function useCarried({ id, source, target }: Wire, edges: GraphDocument['edges']) {
  const session = useSession();
  const beside = wiresBeside(edges, id);
  const shift = useStore(({ nodeLookup }) => {
    const by = (node: string) => {
      const [now, rest] = [nodeLookup.get(node)?.position, session.document.nodes[node]?.position];
      return now && rest ? `${now.x - rest.x},${now.y - rest.y}` : '';
    };
    const own = by(target);
    if (own === '' || own === '0,0' || by(source) !== own) return '';
    return [own, ...beside.flatMap(([other]) => (by(edges[other]!.to[0]) === own ? [] : [other]))].join('\n');
  });
  const [own = '', ...staying] = shift.split('\n');
  const [x = 0, y = 0] = own === '' ? [] : own.split(',').map(Number);
  return (point: Point): Point =>
    staying.some((other) => edges[other]?.via?.some((each) => isAt(each, point)))
      ? point
      : movedBy([point], { x, y })[0]!;
}

/** A wire that is drawn from a point: up to there it goes the way of the one that it comes from. */
function Drawn({ start, via }: { readonly start: Point; readonly via: readonly Point[] }) {
  const { inProgress, to } = useConnection();
  const canvas = document.getElementById('canvas');
  useEffect(() => {
    if (canvas) canvas.dataset.along = '';
    return () => {
      if (canvas) delete canvas.dataset.along;
    };
  }, [canvas]);
  if (!inProgress || !to) return null;
  return (
    <ViewportPortal>
      <svg className="wire-drawn" aria-hidden="true">
        <path
          className="react-flow__connection-path"
          fill="none"
          d={pathOf(curvesOf(start, to, via, new Set([via.length - 1])))}
        />
      </svg>
    </ViewportPortal>
  );
}

const keep = (event: SyntheticEvent) => event.stopPropagation();

/** Outside of the drawing. What happens there is nothing that happens to the wire. */
const Asked = ({ children }: { readonly children: ReactNode }) =>
  createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens to nothing, it keeps what is in it from the wire
    <div className="contents" onKeyDown={keep} onClick={keep} onDoubleClick={keep} onContextMenu={keep}>
      <Suspense>{children}</Suspense>
    </div>,
    document.body,
  );

function PointView({
  at,
  kind,
  wire,
  index,
  label,
  isHeld,
  onBegin,
  onDraw,
  onDoubleClick,
  ...listeners
}: {
  readonly at: Point;
  readonly kind: string;
  readonly wire: string;
  readonly index: number;
  readonly label: string;
  readonly isHeld: boolean;
  readonly onBegin?: () => void;
  readonly onDraw?: (event: PointerEvent) => void;
  readonly onPointerDown?: (event: PointerEvent<SVGGElement>) => void;
  readonly onPointerMove?: (event: PointerEvent<SVGGElement>) => void;
  readonly onPointerUp?: () => void;
  readonly onPointerCancel?: () => void;
  readonly onDoubleClick?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}) {
  const { store } = useSession();
  const element = useRef<SVGGElement>(null);
  const wanted = useEditor(({ point }) => (point?.wire === wire && point.index === index ? point : undefined));
  useEffect(() => {
    if (!wanted) return;
    element.current?.focus({ preventScroll: true });
    store.setState({ point: undefined });
    if (wanted.begins) onBegin?.();
  }, [wanted, store, onBegin]);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no buttons of its own */}
      <g
        ref={element}
        role="button"
        tabIndex={0}
        aria-label={label}
        data-kind={kind}
        data-held={isHeld || undefined}
        className="wire-point nopan nodrag nokey"
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
      {onDraw && (
        // with the keyboard, Enter on the point does the same
        // biome-ignore lint/a11y/noStaticElementInteractions: it is the pointer's
        <g
          data-kind={kind}
          className="wire-point-out nopan nodrag nokey"
          transform={`translate(${at.x + BESIDE.x} ${at.y + BESIDE.y})`}
          onPointerDown={(event) => event.button === 0 && onDraw(event)}
          onClick={(event) => {
            event.stopPropagation();
            onBegin?.();
          }}
          onDoubleClick={keep}
        >
          <title>Draw another wire from here</title>
          <circle r={12} className="wire-point-room" />
          <circle r={6} className="wire-point-plus" />
          <path d="M-3 0H3M0 -3V3" />
        </g>
      )}
    </>
  );
}

'use client';

import { X } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { isError } from '../../../lib/problem.ts';
import { IconButton } from '../../_ui/button.tsx';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import type { DockTab } from '../state/store.ts';
import { LogTab } from './log-tab.tsx';
import { MetricsTab } from './metrics-tab.tsx';
import { ProblemsTab } from './problems-tab.tsx';

const tabs: readonly { readonly id: DockTab; readonly title: string }[] = [
  { id: 'problems', title: 'Problems' },
  { id: 'log', title: 'Log' },
  { id: 'metrics', title: 'Metrics' },
];

const LEAST = 140;
const STEP = 24;
const HEIGHT_KEY = 'patchbay:dock-height';
const most = (): number => Math.max(LEAST, Math.round(window.innerHeight * 0.75));
const within = (height: number): number => Math.min(most(), Math.max(LEAST, Math.round(height)));

function firstHeight(): number {
  const kept = Number(localStorage.getItem(HEIGHT_KEY));
  return within(kept > 0 ? kept : Math.min(320, window.innerHeight * 0.4));
}

/** The panel below the canvas: what is wrong, what the run says, what it measures. Nothing while it is closed. */
export function Dock() {
  const tab = useEditor((state) => state.dock);
  return tab === undefined ? null : <OpenDock tab={tab} />;
}

function OpenDock({ tab }: { readonly tab: DockTab }) {
  const session = useSession();
  const [height, setHeight] = useState(firstHeight);
  const counts = useEditor((state) => wholeOf(state).check?.problems);
  const errors = counts?.filter(isError).length ?? 0;
  const problems = counts?.length ?? 0;
  const show = (dock: DockTab | undefined) => session.store.setState({ dock });
  const resize = (next: number): void => {
    setHeight(within(next));
    localStorage.setItem(HEIGHT_KEY, String(within(next)));
  };
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => show(next as DockTab)}
      style={{ height }}
      className="relative flex max-h-[75dvh] w-full shrink-0 flex-col border-line border-t bg-surface"
    >
      <Handle height={height} onResize={resize} />
      <div className="flex h-9 shrink-0 items-center border-line border-b pr-2 pl-2">
        <Tabs.List aria-label="Dock" className="flex h-full flex-1 items-stretch gap-1">
          {tabs.map(({ id, title }) => (
            <Tabs.Trigger
              key={id}
              value={id}
              className="flex items-center gap-1.5 border-transparent border-b-2 px-2.5 text-ink-2 text-xs hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {title}
              {id === 'problems' && problems > 0 && (
                <span
                  className={`tabular rounded-full px-1.5 text-2xs ${errors > 0 ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn'}`}
                >
                  {problems}
                </span>
              )}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <IconButton size="sm" label="Close the dock" icon={<X size={15} />} onClick={() => show(undefined)} />
      </div>
      {tabs.map(({ id }) => (
        <Tabs.Content key={id} value={id} className="min-h-0 flex-1 overflow-hidden outline-none">
          {id === 'problems' ? <ProblemsTab /> : id === 'log' ? <LogTab /> : <MetricsTab height={height} />}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

/** The upper edge, to be dragged or moved by the arrow keys. */
function Handle({ height, onResize }: { readonly height: number; onResize(height: number): void }) {
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons !== 1 || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(height - event.movementY);
  };
  const press = (event: KeyboardEvent): void => {
    const next =
      event.key === 'ArrowUp'
        ? height + STEP
        : event.key === 'ArrowDown'
          ? height - STEP
          : event.key === 'Home'
            ? LEAST
            : event.key === 'End'
              ? most()
              : undefined;
    if (next === undefined) return;
    event.preventDefault();
    onResize(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line that can be moved is no <hr>
    <div
      role="separator"
      tabIndex={0}
      aria-label="Height of the dock"
      aria-orientation="horizontal"
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={typeof window === 'undefined' ? 1_000 : most()}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={press}
      className="absolute inset-x-0 -top-1 z-10 h-2 cursor-row-resize touch-none hover:bg-accent/30 focus-visible:bg-accent/40"
    />
  );
}

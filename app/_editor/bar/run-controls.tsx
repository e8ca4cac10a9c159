'use client';

import { ChevronDown, Cpu, Globe, Play, Server, Square, Timer } from 'lucide-react';
import { Button, IconButton } from '../../_ui/button.tsx';
import { Menu } from '../../_ui/menu.tsx';
import { Tip } from '../../_ui/tip.tsx';
import { useEditor, useSession } from '../context.tsx';
import { canMove, isRunning, runFraction, showMilliseconds } from '../state/run-state.ts';
import type { Backend } from '../state/store.ts';

const places = [
  { value: 'page', title: 'In this page', note: 'On your own machine. Nothing is sent away.' },
  { value: 'server', title: 'On the server', note: 'Goes on when you close this page.' },
] as const;

const backends: readonly { readonly value: Backend; readonly title: string; readonly note: string }[] = [
  { value: 'auto', title: 'Automatic', note: 'WebGPU where there is one, else WebAssembly.' },
  { value: 'webgpu', title: 'WebGPU', note: 'On the graphics card.' },
  { value: 'wasm', title: 'WebAssembly', note: 'On the processor, on all its threads.' },
];

const backendTitle = (id: string): string => backends.find(({ value }) => value === id)?.title ?? id.toUpperCase();

/** Run and stop, where, and with what. */
export function RunControls() {
  const session = useSession();
  const { store } = session;
  const where = useEditor((state) => state.where);
  const backend = useEditor((state) => state.backend);
  const starting = useEditor((state) => state.starting);
  const running = useEditor((state) => isRunning(state.run));
  const movable = useEditor((state) => canMove(state.run));
  const empty = useEditor((state) => Object.keys(state.log.document.nodes).length === 0);
  const WhereIcon = where === 'page' ? Globe : Server;
  // a link that only shows: what ran is told, nothing can be started
  if (!session.mayRun) return <RunNote />;
  return (
    <div className="flex shrink-0 items-center gap-1.5">
      <RunNote />
      <div className="flex" data-tour="run">
        {running ? (
          <Tip text="Stop the run" shortcut="Mod+.">
            <Button look="solid" className="!rounded-r-none w-[86px]" onClick={() => void session.runs.stop()}>
              <Square size={13} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          </Tip>
        ) : (
          <Tip text={where === 'page' ? 'Run in this page' : 'Run on the server'} shortcut="Mod+Enter">
            <Button
              look="solid"
              className="!rounded-r-none w-[86px]"
              disabled={starting || empty}
              onClick={() => void session.runs.start()}
            >
              <Play size={14} fill="currentColor" aria-hidden="true" />
              {starting ? 'Starting' : 'Run'}
            </Button>
          </Tip>
        )}
        <Menu
          trigger={
            <IconButton
              look="solid"
              label={`Where it runs: ${where === 'page' ? 'in this page' : 'on the server'}`}
              className="!w-auto !rounded-l-none !px-1.5 border-on-solid/20 border-l"
              icon={
                <>
                  <WhereIcon size={14} aria-hidden="true" />
                  <ChevronDown size={12} aria-hidden="true" />
                </>
              }
            />
          }
        >
          {({ MenuChoice, MenuItem, MenuLine }) => (
            <>
              <MenuChoice
                label="Where"
                value={where}
                onChange={(next) => store.setState({ where: next })}
                options={places}
              />
              <MenuLine />
              {where === 'page' && !running && (
                <>
                  <MenuItem
                    icon={<Timer size={15} aria-hidden="true" />}
                    disabled={starting || empty}
                    onSelect={() => void session.runs.start({ trace: true, fresh: true })}
                  >
                    Run anew and measure each operation
                  </MenuItem>
                  <MenuLine />
                </>
              )}
              {movable && (
                <>
                  <MenuItem
                    icon={<Server size={15} aria-hidden="true" />}
                    disabled={starting}
                    onSelect={() => void session.runs.continueOnServer()}
                  >
                    Continue on the server
                  </MenuItem>
                  <MenuLine />
                </>
              )}
              <MenuChoice
                label={where === 'page' ? 'Computed by' : 'Computed by, in this page'}
                value={backend}
                onChange={(next) => store.setState({ backend: next })}
                options={backends}
              />
            </>
          )}
        </Menu>
      </div>
    </div>
  );
}

/** What the shown run computes with and why, how far it is, and what became of it. */
function RunNote() {
  const run = useEditor((state) => state.run);
  if (!run) return null;
  const { status, backend, device, reason, where, ms } = run;
  const percent = Math.round(runFraction(run) * 100);
  const words = {
    queued: 'In the queue',
    running: `${percent}%`,
    succeeded: ms === undefined ? 'Done' : showMilliseconds(ms),
    failed: 'Failed',
    cancelled: 'Stopped',
  }[status];
  const tone = {
    queued: 'text-ink-2',
    running: 'text-accent',
    succeeded: 'text-good',
    failed: 'text-bad',
    cancelled: 'text-ink-2',
  }[status];
  return (
    <Tip
      text={
        <span>
          {where === 'page' ? 'In this page' : 'On the server'}
          {device && `, on ${device}`}
          {reason && <span className="block opacity-80">{reason}</span>}
        </span>
      }
    >
      <span
        data-testid="run-note"
        data-status={status}
        data-backend={backend}
        className="tabular flex items-center gap-1.5 text-xs max-md:hidden"
      >
        {backend && (
          <span className="flex items-center gap-1 rounded-sm bg-surface-3 px-1.5 py-0.5 text-ink-2">
            <Cpu size={12} aria-hidden="true" />
            {backendTitle(backend)}
          </span>
        )}
        <span className={`${tone} min-w-9 text-right`}>{words}</span>
      </span>
    </Tip>
  );
}

'use client';

import { ArrowUpRight, Play, Square } from 'lucide-react';
import { Canvas } from '../_editor/canvas/canvas.tsx';
import { SessionProvider, useEditor } from '../_editor/context.tsx';
import { isRunning, runFraction } from '../_editor/state/run-state.ts';
import type { EditorSession } from '../_editor/state/session.ts';
import { Button, buttonClass } from '../_ui/button.tsx';
import { Logo } from '../_ui/logo.tsx';
import { Empty } from '../_ui/notice.tsx';
import { LinkGone } from './link-gone.tsx';
import { useSharedSession } from './use-shared-session.ts';

/** A frame has no account: what it computes stays in the frame's own storage. */
const noAccount = async (): Promise<string> => 'embed';

/** The bare canvas of a shared graph. It runs in the page, in one thread, where the link allows it. */
export function EmbeddedGraph({ token }: { readonly token: string }) {
  const shared = useSharedSession(token, noAccount);
  if (shared.state === 'opening')
    return (
      <div className="h-dvh bg-canvas" aria-busy="true">
        <output className="sr-only">Opening the graph</output>
      </div>
    );
  if (shared.state === 'failed')
    return shared.problem.code === 'link/not-found' ? (
      <LinkGone />
    ) : (
      <Empty isPage title={shared.problem.message} {...(shared.problem.hint && { text: shared.problem.hint })} />
    );
  const { session, link } = shared;
  return (
    <SessionProvider session={session}>
      <main className="flex h-dvh flex-col">
        <Canvas />
        <footer className="flex h-11 shrink-0 items-center gap-3 border-line border-t bg-surface px-3">
          <Logo />
          <h1 className="min-w-0 truncate font-medium">{link.name || 'Untitled'}</h1>
          <RunStatus />
          <span className="flex-1" />
          {session.mayRun && <RunButton session={session} />}
          <a href={`/s/${token}`} target="_blank" rel="noopener noreferrer" className={buttonClass({ size: 'sm' })}>
            <ArrowUpRight size={14} aria-hidden="true" />
            Open
          </a>
        </footer>
      </main>
    </SessionProvider>
  );
}

function RunButton({ session }: { readonly session: EditorSession }) {
  const running = useEditor((state) => state.starting || isRunning(state.run));
  return running ? (
    <Button size="sm" onClick={() => void session.runs.stop()}>
      <Square size={13} aria-hidden="true" />
      Stop
    </Button>
  ) : (
    <Button size="sm" look="solid" onClick={() => void session.runs.start()}>
      <Play size={13} aria-hidden="true" />
      Run here
    </Button>
  );
}

function RunStatus() {
  const text = useEditor(({ run }) => {
    if (!run) return '';
    if (isRunning(run)) return `${Math.round(100 * runFraction(run))} %`;
    return run.status === 'failed' ? (run.problem?.message ?? 'failed') : '';
  });
  return (
    <output className="tabular min-w-0 truncate text-ink-2 text-xs" aria-live="polite">
      {text}
    </output>
  );
}

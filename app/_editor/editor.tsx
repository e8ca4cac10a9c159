'use client';

import { FileQuestion, WifiOff } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { Problem } from '../../lib/problem.ts';
import { isOffline, problemOfCall } from '../_client/api.ts';
import { Button, buttonClass } from '../_ui/button.tsx';
import { Empty } from '../_ui/notice.tsx';
import { EditorShell } from './editor-shell.tsx';
import { EditorSkeleton } from './editor-skeleton.tsx';
import { EditorSession } from './state/session.ts';

type Opening =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly session: EditorSession }
  | { readonly state: 'failed'; readonly problem: Problem };

/** One's own graph: opens it, shows it, and lets go of it when the page is left. */
export function Editor({ graph }: { readonly graph: string }) {
  const [opening, setOpening] = useState<Opening>({ state: 'opening' });
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try opens it again
  useEffect(() => {
    let gone = false;
    let session: EditorSession | undefined;
    // a moment later, so that a mount that React takes back at once claims nothing
    const timer = setTimeout(async () => {
      try {
        session = await EditorSession.open(graph);
        if (gone) session.dispose();
        else setOpening({ state: 'open', session });
      } catch (error) {
        if (!gone) setOpening({ state: 'failed', problem: problemOfCall(error) });
      }
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      session?.dispose();
    };
  }, [graph, tries]);

  if (opening.state === 'open') return <EditorShell session={opening.session} />;
  if (opening.state === 'opening') return <EditorSkeleton />;
  const { problem } = opening;
  const again = () => {
    setOpening({ state: 'opening' });
    setTries(tries + 1);
  };
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <Empty
        isPage
        icon={isOffline(problem) ? <WifiOff size={28} /> : <FileQuestion size={28} />}
        title={problem.message}
        {...(problem.hint !== undefined && { text: problem.hint })}
      >
        <Button onClick={again}>Try again</Button>
        <Link href="/" className={buttonClass({ look: 'solid' })}>
          Your graphs
        </Link>
      </Empty>
    </main>
  );
}

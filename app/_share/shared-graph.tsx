'use client';

import { WifiOff } from 'lucide-react';
import { api } from '../_client/api.ts';
import { EditorShell } from '../_editor/editor-shell.tsx';
import { EditorSkeleton } from '../_editor/editor-skeleton.tsx';
import { Button } from '../_ui/button.tsx';
import { Empty } from '../_ui/notice.tsx';
import { LinkGone } from './link-gone.tsx';
import { ShareBanner } from './share-banner.tsx';
import { useSharedSession } from './use-shared-session.ts';

const myId = async (): Promise<string> => (await api.session.me.query()).id;

/** Somebody's graph through a share link: to look at, and to run and copy where the link allows. */
export function SharedGraph({ token }: { readonly token: string }) {
  const shared = useSharedSession(token, myId);
  if (shared.state === 'opening') return <EditorSkeleton />;
  if (shared.state === 'open') {
    const { session, link } = shared;
    return (
      <>
        <title>{`${link.name || 'Untitled'} · Patchbay`}</title>
        <EditorShell session={session} banner={<ShareBanner token={token} role={link.role} />} />
      </>
    );
  }
  const { problem, again } = shared;
  if (problem.code === 'link/not-found') return <LinkGone />;
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <Empty isPage icon={<WifiOff size={28} />} title={problem.message} {...(problem.hint && { text: problem.hint })}>
        <Button onClick={again}>Try again</Button>
      </Empty>
    </main>
  );
}

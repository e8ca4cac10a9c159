'use client';

import { useEffect, useState } from 'react';
import type { GraphDocument } from '../../graph/document.ts';
import type { Problem } from '../../lib/problem.ts';
import { api, type OpenedLink, problemOfCall } from '../_client/api.ts';
import { EditorSession } from '../_editor/state/session.ts';

export type Shared =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly session: EditorSession; readonly link: OpenedLink }
  | { readonly state: 'failed'; readonly problem: Problem };

/** Opens what a share link pins, with the results of its last run. `scope` says whose page runs are kept on this device. */
export function useSharedSession(token: string, scope: () => Promise<string>): Shared & { again(): void } {
  const [shared, setShared] = useState<Shared>({ state: 'opening' });
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try opens it again
  useEffect(() => {
    let gone = false;
    let session: EditorSession | undefined;
    // a moment later, so that a mount that React takes back at once does not count as an opening
    const timer = setTimeout(async () => {
      try {
        const [link, who] = await Promise.all([api.links.open.query({ token }), scope()]);
        if (gone) return;
        session = EditorSession.view(link.document as GraphDocument, {
          link: token,
          scope: who,
          mayRun: link.role !== 'view',
        });
        if (link.lastRun) session.runs.follow(link.lastRun.id, link.lastRun.where);
        setShared({ state: 'open', session, link });
      } catch (error) {
        if (!gone) setShared({ state: 'failed', problem: problemOfCall(error) });
      }
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      session?.dispose();
    };
  }, [token, tries]);
  return {
    ...shared,
    again() {
      setShared({ state: 'opening' });
      setTries(tries + 1);
    },
  };
}

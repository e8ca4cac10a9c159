'use client';

import { createContext, type ReactNode, use } from 'react';
import { useStore } from 'zustand';
import type { EditorSession } from './state/session.ts';
import type { EditorState } from './state/store.ts';

const Context = createContext<EditorSession | undefined>(undefined);

export function SessionProvider({
  session,
  children,
}: {
  readonly session: EditorSession;
  readonly children: ReactNode;
}) {
  return <Context value={session}>{children}</Context>;
}

/** The graph that is open here. */
export function useSession(): EditorSession {
  const session = use(Context);
  if (!session) throw new Error('outside of an editor');
  return session;
}

/** A part of the editor's state. The component is drawn again only when this part changes. */
export const useEditor = <T,>(select: (state: EditorState) => T): T => useStore(useSession().store, select);

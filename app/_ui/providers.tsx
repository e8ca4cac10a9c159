'use client';

import { ThemeProvider } from 'next-themes';
import { lazy, type ReactNode, Suspense } from 'react';
import { useStore } from 'zustand';
import { insist } from '../_client/insist.ts';
import { told } from './tip.tsx';
import { unheard } from './toast.ts';
import { useStayed } from './use-stayed.ts';

const TipLayer = lazy(() => insist(() => import('./tip-layer.tsx')));
const Toasts = lazy(() => insist(() => import('./toasts.tsx')));

export function Providers({ nonce, children }: { readonly nonce: string | undefined; readonly children: ReactNode }) {
  return (
    <ThemeProvider
      attribute="data-theme"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(nonce !== undefined && { nonce })}
    >
      {children}
      <Layers />
    </ThemeProvider>
  );
}

/** What floats over every page. It is loaded when there is something to show, and stays. */
function Layers() {
  const tip = useStayed(useStore(told, (state) => state.tip !== undefined));
  const said = useStayed(useStore(unheard, ({ all }) => all.length > 0));
  return (
    <Suspense>
      {tip && <TipLayer />}
      {said && <Toasts />}
    </Suspense>
  );
}

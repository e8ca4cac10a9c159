'use client';

import { lazy, Suspense } from 'react';

const Drawn = lazy(() => import('./equation-drawn.tsx'));

/** A formula. Its renderer is large and loaded when a formula is first looked at. */
export function Equation({ tex }: { readonly tex: string }) {
  return (
    <Suspense fallback={<div className="skeleton h-12" />}>
      <Drawn tex={tex} />
    </Suspense>
  );
}

'use client';

import { useEffect } from 'react';
import { Notice } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';

const SHOWN_MS = 8_000;
const WIDTH = 300;

/** Why a wire was refused, where it was dropped. */
export function Refusal() {
  const { store } = useSession();
  const refusal = useEditor((state) => state.refusal);
  useEffect(() => {
    if (!refusal) return;
    const { message, hint } = refusal.problem;
    store.setState({ said: [message, hint].filter(Boolean).join(' ') });
    const timer = setTimeout(() => store.setState({ refusal: undefined }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [refusal, store]);
  if (!refusal) return null;
  const { at, problem } = refusal;
  const left = Math.max(8, Math.min(at.x + 12, innerWidth - WIDTH - 8));
  const top = Math.max(56, Math.min(at.y + 12, innerHeight - 120));
  return (
    <div
      className="pointer-events-none fixed z-30 animate-appear rounded-lg border border-bad bg-surface shadow-floating"
      style={{ left, top, width: WIDTH }}
      data-testid="refusal"
    >
      <Notice tone="bad" message={problem.message} hint={problem.hint} className="rounded-[7px]" />
    </div>
  );
}

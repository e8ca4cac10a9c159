'use client';

import { useTheme } from 'next-themes';
import { useEffect } from 'react';
import { Toaster, toast } from 'sonner';
import { useStore } from 'zustand';
import { unheard } from './toast.ts';

/** Where passing words are shown. */
export default function Toasts() {
  const { resolvedTheme } = useTheme();
  const all = useStore(unheard, (state) => state.all);
  // the Toaster below hears by now: effects of children are run before those of their parents
  useEffect(() => {
    if (all.length === 0) return;
    for (const { tone, text, more } of all) toast[tone](text, more);
    unheard.setState({ all: [] });
  }, [all]);
  return (
    <Toaster
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-center"
      toastOptions={{
        style: {
          background: 'var(--surface)',
          color: 'var(--ink)',
          border: '1px solid var(--line-strong)',
          boxShadow: 'var(--shadow-2)',
          fontFamily: 'var(--font-sans)',
          fontSize: '13px',
        },
        classNames: { description: '!text-ink-2' },
      }}
    />
  );
}

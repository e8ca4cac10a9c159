'use client';

import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useMemo } from 'react';
import { useSession } from '../context.tsx';
import type { Reach } from './command.ts';

/** What commands can reach from here. */
export function useReach(): Reach {
  const session = useSession();
  const { setTheme } = useTheme();
  const router = useRouter();
  return useMemo(() => ({ session, setTheme, goTo: (path) => router.push(path) }), [session, setTheme, router]);
}

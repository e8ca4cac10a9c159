'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** One for all parts of the page that ask the server for lists; they bring its code themselves. On a server nothing asks. */
let client: QueryClient | undefined;

export function Queries({ children }: { readonly children: ReactNode }) {
  client ??= new QueryClient({
    defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true, staleTime: 2_000 } },
  });
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import './globals.css';
import { Providers } from './_ui/providers.tsx';

export const metadata: Metadata = {
  title: { default: 'Patchbay', template: '%s · Patchbay' },
  description:
    'Wire machine-learning models from typed nodes, checked while you draw, run in this page or on a server.',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f6f4' },
    { media: '(prefers-color-scheme: dark)', color: '#17191d' },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  // scripts that are written into the page need it: see proxy.ts
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    // the theme is put on the element before React starts
    <html lang="en" suppressHydrationWarning>
      <body>
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  );
}

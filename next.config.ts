import type { NextConfig } from 'next';
import { filePolicy } from './lib/content-policy.ts';

/** A page that is cross-origin isolated may use SharedArrayBuffer, and with it wasm threads. */
const isolation = [
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
];

/** What other sites show in a frame: it may be loaded there, and it computes in one thread. */
const embedded = [
  { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
  { key: 'Cross-Origin-Resource-Policy', value: 'cross-origin' },
];

const safety = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
];

/** Workers have the policy of their own file. That of pages is in proxy.ts: it has a nonce. */
const files = [
  {
    key: 'Content-Security-Policy',
    value: filePolicy({ development: process.env.NODE_ENV === 'development' }),
  },
];

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  serverExternalPackages: [
    '@electric-sql/pglite',
    'pg',
    'pg-boss',
    'onnxruntime-node',
    'pacote',
    'better-auth',
    'usearch',
  ],
  headers: async () => [
    { source: '/:path((?!embed/).*)', headers: [...isolation, ...safety] },
    { source: '/embed/:path*', headers: [...embedded, ...safety] },
    { source: '/_next/static/:path*', headers: files },
    { source: '/ort/:path*', headers: files },
  ],
};

export default config;

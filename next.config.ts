import type { NextConfig } from 'next';

/** A page that is cross-origin isolated may use SharedArrayBuffer, and with it wasm threads. */
const isolation = [
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
];

const safety = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'no-referrer' },
];

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  serverExternalPackages: ['@electric-sql/pglite', 'pg', 'pg-boss', 'onnxruntime-node', 'pacote', 'better-auth'],
  headers: async () => [{ source: '/:path*', headers: [...isolation, ...safety] }],
};

export default config;

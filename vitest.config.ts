import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/**
 * Chromium brings SwiftShader, a Vulkan device in software. Test workers inherit these, so that WebGPU in Node (Dawn) finds
 * it where the machine has no Vulkan of its own; without either, the WebGPU tests say that they were left out.
 */
const chromium = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'].find((folder) =>
  existsSync(`${folder}/vk_swiftshader_icd.json`),
);
if (chromium) {
  process.env.VK_ICD_FILENAMES ??= `${chromium}/vk_swiftshader_icd.json`;
  process.env.LD_LIBRARY_PATH = [process.env.LD_LIBRARY_PATH, chromium].filter(Boolean).join(':');
}

const other = ['node_modules/**', '.next/**', 'e2e/**'];
const heavy = ['ir/**', 'compiler/**', 'runtime/**'];
const tests = (folders: readonly string[]): string[] => folders.map((folder) => `${folder}/*.test.{ts,tsx}`);

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // what a test has begun to load is waited for after it
    hookTimeout: 60_000,
    pool: 'forks',
    // each is a tier of `npm test`; what needs a database or a running server is in vitest.server.config.ts
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // a hundred files share most of what they import: loaded once per worker, they take a quarter of the time
          isolate: false,
          include: tests(['**']),
          exclude: [...other, ...heavy, 'templates/**', 'server/**', 'db/**', 'cli/runner/**'],
        },
      },
      { extends: true, test: { name: 'compiler', include: tests(heavy) } },
      {
        extends: true,
        test: {
          name: 'templates',
          isolate: false,
          include: tests(['templates/**']),
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

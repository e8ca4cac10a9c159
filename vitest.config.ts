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

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    // what needs a database or a running server: vitest.server.config.ts
    exclude: ['node_modules/**', '.next/**', 'e2e/**', 'server/**', 'db/**', 'cli/runner/**'],
    testTimeout: 30_000,
    pool: 'forks',
  },
});

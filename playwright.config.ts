import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** The system's Chromium where there is one (scripts/browser.mjs looks for it), else Playwright's own. */
const chromium = [process.env.PATCHBAY_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
);

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // one at a time: each drives a browser and computes
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // what takes minutes (@long) or does not pass yet (@open, docs/status.md names it) runs with `npm run test:long`
  ...(!Number(process.env.PATCHBAY_LONG) && { grepInvert: /@open|@long/ }),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'line',
  use: {
    viewport: { width: 1600, height: 1000 },
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium && { executablePath: chromium }),
      // WebGPU in software, where the machine has no GPU: slow, and right
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});

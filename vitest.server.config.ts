import { defineConfig } from 'vitest/config';

/** Tests of what is stored and served: they need a PostgreSQL, and some of them the built app and real processes. */
export default defineConfig({
  test: {
    include: ['server/**/*.test.ts', 'db/**/*.test.ts', 'cli/runner/**/*.test.ts'],
    globalSetup: ['server/testing/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // a dozen files share what they import: loaded once
    isolate: false,
    // two cores: processes that compute beside each other would wait for each other
    fileParallelism: false,
  },
});

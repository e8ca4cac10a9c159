import { defineConfig } from 'vitest/config';

/** The templates, run whole as the command line runs them. They compute for minutes, so one after the other. */
export default defineConfig({
  test: {
    include: ['templates/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    fileParallelism: false,
  },
});

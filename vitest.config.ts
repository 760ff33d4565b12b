import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{compiler,runtime,docs-site,cli,bench,tests}/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});

import { defineConfig } from 'vitest/config';

/** What kills processes, counts connections, holds a database for minutes or keeps its targets open between tests has a process of its own. */
const alone = [
  'tests/crash/*.test.ts',
  'tests/conformance/histories/*.test.ts',
  'tests/conformance/interrupt.test.ts',
  'tests/oracle/cohort-*.test.ts',
];
const all = ['{compiler,runtime,docs-site,cli,bench,tests}/**/*.test.ts'];

const shared = { testTimeout: 180_000, hookTimeout: 120_000, pool: 'forks' } as const;

/** The others follow one another in two processes: to load the compiler anew and to start a PostgreSQL for each file took a sixth of the time of all. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'together', include: all, exclude: alone, isolate: false } },
      { test: { ...shared, name: 'alone', include: alone } },
    ],
  },
});

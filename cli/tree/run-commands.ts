import type { CommandSpec } from './command-spec.ts';
import { shared } from './options.ts';

/** Commands that change the target. */
export const runCommands: readonly CommandSpec[] = [
  {
    name: 'build',
    summary: 'run the models, all data tests and examples, and write the dictionary',
    more: ['The whole of it: what is fresh is left as it is, so a second build has nothing to do.'],
    options: [
      shared.project,
      shared.target,
      shared.select,
      shared.threads,
      shared.fullRefresh,
      shared.failOn,
      shared.out,
      shared.json,
      shared.events,
    ],
    examples: [
      ['etalon build', 'everything, on the default target'],
      ['etalon build --target prod --fail-on warn', 'as a nightly job would'],
    ],
    load: async () => (await import('../commands/build.ts')).build,
  },
  {
    name: 'run',
    summary: 'bring the models up to date: load, build, test, publish',
    more: [
      'A model is built beside the version that readers see, tested there, and published in one transaction. A failed data test of severity `error` keeps the old version, ' +
        'skips the models below, and ends with exit code 5.',
    ],
    options: [
      shared.project,
      shared.target,
      shared.select,
      shared.threads,
      shared.fullRefresh,
      shared.failOn,
      shared.json,
      shared.events,
    ],
    examples: [
      ['etalon run', 'everything that is not fresh'],
      ['etalon run --select +marts.orders', 'one model and all that it reads'],
      ['etalon run --events | jq .', 'what happens, as JSON lines'],
    ],
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    name: 'test',
    summary: 'run data tests on what is published, or the examples of metrics',
    more: [
      'Examples run in an in-memory DuckDB; with `--target`, in a transaction on that target that is rolled back.',
    ],
    options: [
      { flags: '--examples', about: 'run the examples that stand with the metrics, instead of the data tests' },
      shared.project,
      shared.target,
      shared.select,
      shared.failOn,
      shared.json,
      shared.events,
    ],
    examples: [
      ['etalon test --select marts.orders', 'the data tests of one model'],
      ['etalon test --examples', 'every worked example'],
    ],
    load: async () => (await import('../commands/test.ts')).test,
  },
  {
    name: 'dev',
    summary: 'watch the project: compile, build what changed, and serve the dictionary with live reload',
    options: [
      shared.project,
      shared.target,
      shared.threads,
      { flags: '--port <n>', about: 'port of the dictionary', integer: { min: 0 }, default: '4173' },
      { flags: '--no-run', about: 'compile and draw only; leave the target alone' },
    ],
    examples: [['etalon dev', 'then open http://localhost:4173']],
    load: async () => (await import('../commands/dev.ts')).dev,
  },
  {
    name: 'clean',
    summary: 'drop what no definition owns any more, and the files that Etalon made under target/',
    more: ['Without `--yes` it only says what it would remove. The database itself is never removed.'],
    options: [shared.project, shared.target, { flags: '--yes', about: 'really remove' }, shared.json],
    examples: [
      ['etalon clean', 'what would go'],
      ['etalon clean --yes', 'let it go'],
    ],
    load: async () => (await import('../commands/clean.ts')).clean,
  },
];

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
      shared.acceptLoss,
      shared.ifBusy,
      shared.waitTimeout,
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
    summary: 'bring the models up to date: load, build, test, publish; and evaluate the segments that are due',
    more: [
      'A segment is due when the latest tick of its schedule that all it reads is complete through is newer than its last cut, or its rule is another one. With `--due` only what due segments need is built, for a clock that ' +
        'calls every few minutes; where none is, nothing is done.',
      'A model is built beside the version that readers see, tested there, and published in one transaction. A failed data test of severity `error` keeps the old version, ' +
        'skips the models below, and ends with exit code 5.',
      'Several runs may be at work on one target: each claims what it writes and what it reads, and what others hold is waited for (`--if-busy`). On PostgreSQL runs with nothing in ' +
        'common go on side by side; a DuckDB file is open in one process at a time.',
    ],
    options: [
      shared.project,
      shared.target,
      shared.select,
      { flags: '--due', about: 'only the segments for which a tick has come, and what they are made from' },
      shared.threads,
      shared.fullRefresh,
      shared.acceptLoss,
      shared.ifBusy,
      shared.waitTimeout,
      shared.failOn,
      shared.json,
      shared.events,
    ],
    examples: [
      ['etalon run', 'everything that is not fresh'],
      ['etalon run --select +marts.orders', 'one model and all that it reads'],
      ['etalon run --due', 'what a clock calls: segments whose time has come'],
      ['etalon run --if-busy skip', 'what no other run is at; exit code 5 where something was left to it'],
      ['etalon run --events | jq .', 'what happens, as JSON lines'],
    ],
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    name: 'test',
    summary: 'run data tests on what is published, or the examples of metrics',
    more: [
      'Examples run in an in-memory DuckDB; with `--target`, in a transaction on that target that is rolled back.',
      '`--metrics` asks the target for what must hold of any metric: its groups add up to the total and its months to the year, or the total lies between the largest part and the sum of them; and what is kept of it answers as the rows do.',
    ],
    options: [
      { flags: '--examples', about: 'run the examples that stand with the metrics, instead of the data tests' },
      { flags: '--metrics', about: 'hold what the metrics answer on the target to itself, instead of the data tests' },
      shared.project,
      shared.target,
      shared.select,
      shared.ifBusy,
      shared.waitTimeout,
      shared.failOn,
      shared.json,
      shared.events,
    ],
    examples: [
      ['etalon test --select marts.orders', 'the data tests of one model'],
      ['etalon test --examples', 'every worked example'],
      ['etalon test --metrics --select revenue', 'do the groups of one metric add up?'],
    ],
    load: async () => (await import('../commands/test.ts')).test,
  },
  {
    name: 'backfill',
    summary: 'compute periods again: what waited behind `late:`, or what a source changed without a word',
    more: [
      'Says first what it will do to each model: periods, rows in them now, the models below that follow, and models that cannot be computed by periods. The plan is stored under an id; ' +
        'interrupted, the same line or `--resume ID` does the rest. Each batch (`incremental: {batch: 30 days}`) is one transaction with the mark that it is done. A model that is rebuilt whole is never touched.',
    ],
    options: [
      { flags: '--from <day>', about: 'first day, `2025-01-31`' },
      { flags: '--to <day>', about: 'the day to end before; else all days to the last' },
      { flags: '--newest-first', about: 'the latest batches first' },
      { flags: '--plan', about: 'show the plan, store it, and do nothing yet' },
      { flags: '--resume <id>', about: 'go on with a stored plan' },
      shared.project,
      shared.target,
      shared.select,
      shared.threads,
      shared.ifBusyWhole,
      shared.waitTimeout,
      shared.json,
      shared.events,
    ],
    examples: [
      ['etalon backfill --from 2025-01-01 --to 2025-02-01', 'January, of every model that goes by periods'],
      ['etalon backfill --select clean.events --from 2024-01-01 --newest-first', 'one model, and what is below it'],
      ['etalon backfill --resume b3', 'what is left of a plan'],
    ],
    load: async () => (await import('../commands/backfill.ts')).backfill,
  },
  {
    name: 'dev',
    summary: 'watch the project: compile, build what changed, and serve the dictionary with live reload',
    options: [
      shared.project,
      shared.target,
      shared.threads,
      shared.ifBusy,
      shared.waitTimeout,
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

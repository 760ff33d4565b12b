import type { CommandSpec } from './command-spec.ts';
import { shared } from './options.ts';

/** Commands that answer a question and change nothing in the target. */
export const inspectCommands: readonly CommandSpec[] = [
  {
    name: 'compile',
    summary: 'check every definition and write target/manifest.json and etalon.lock',
    more: [
      'etalon.lock holds the version and the fingerprint of every metric and segment; commit it. Where the meaning of one changed and its `version:` did not, `etalon compile` warns and ' +
        '`etalon compile --check` fails with E1701 at its name. `--check` writes nothing, and fails as well where etalon.lock is not up to date.',
    ],
    options: [
      { flags: '--check', about: 'write nothing; fail where a meaning changed without a version, as CI should' },
      shared.project,
      shared.failOn,
      shared.json,
    ],
    examples: [
      ['etalon compile', 'check the project'],
      ['etalon compile --check', 'the same in CI'],
    ],
    load: async () => (await import('../commands/compile.ts')).compile,
  },
  {
    name: 'query',
    summary: 'compute metrics',
    more: [
      'One row per period and group that has rows. Dates are the first day of their period; `state` says whether a period is final, partial or unobservable (`period_state` where a dimension or metric is called `state`); rates are fractions.',
      'Retention and its like have rows of their own kind (docs/forms): by cohort and k unless asked otherwise, with `--from` and `--to` choosing cohorts. Each is asked for alone. They are drawn as a triangle, shares as percentages; with `--order`, `--limit` or another format their rows come one by one. See query.md for the columns of each form and the keys of the JSON document.',
    ],
    arguments: [{ name: '<metric...>', about: 'one or more metrics' }],
    options: [
      {
        flags: '--by <dimensions>',
        about:
          'dimensions, a segment (`segment:rfm`), a grain, or `cohort`, `k`, `horizon` of a cohort form; comma separated',
        repeat: true,
      },
      {
        flags: '--grain <grain>',
        about: 'periods of this length',
        choices: ['hour', 'day', 'week', 'month', 'quarter', 'year'],
      },
      {
        flags: '--where <expression>',
        about: 'a condition over dimensions, for the rows of every metric asked for',
        repeat: true,
      },
      {
        flags: '--from <date>',
        about: 'the first day, included; of cohorts, the first day that an entity may begin on',
      },
      { flags: '--to <date>', about: 'the day after the last one' },
      {
        flags: '--compare <period>',
        about:
          'beside each metric its value in an earlier period and the change: `previous`, `year`, or a shift such as `"3 months ago"`; an open period is set against the same part of the earlier one',
      },
      { flags: '--order <columns>', about: 'comma separated; `-` before a name for descending' },
      { flags: '--limit <n>', about: 'at most so many rows', integer: { min: 0 } },
      {
        flags: '--as-of <instant>',
        about: 'take the data as complete strictly before this instant, or before this day of the calendar',
      },
      { flags: '--format <format>', about: 'how to print', choices: ['table', 'json', 'csv'], default: 'table' },
      { flags: '--json', about: 'the same as --format json' },
      { flags: '--sql', about: 'print the SQL that the target would run instead of running it' },
      {
        flags: '--explain',
        about:
          'say in words what is counted instead, with every knob and where it came from, and how far the data is known',
      },
      shared.language,
      {
        flags: '--entities',
        about: 'who is in a cell of the answer, instead of how many: their ids, at most `--limit` (else 100)',
      },
      {
        flags: '--cell <values>',
        about:
          'with `--entities`: the cell, by the columns of its row: `cohort=2025-01,k=2`, `month=2025-03,country=DE`',
        repeat: true,
      },
      {
        flags: '--save-as-segment <name>',
        about:
          'with `--entities`, of a cell of a retention: write segments/NAME.yml, a rule that has the very members of the cell',
      },
      shared.project,
      shared.target,
    ],
    examples: [
      ['etalon query signup_retention --by k', 'the mean over cohorts'],
      ['etalon query revenue --grain month', 'one row a month'],
      ['etalon query revenue --by segment:rfm', 'each part’s revenue, as of the same instant'],
      ['etalon query revenue --grain month --compare previous', 'beside it the month before, and the change'],
      ['etalon query signup_retention --explain', 'what is counted, in words'],
      ['etalon query signup_retention --entities --cell cohort=2025-03-03,k=2', 'who came back two weeks later'],
      [
        'etalon query revenue orders --by country --from 2025-01-01 --order -revenue --limit 10',
        'the ten largest countries',
      ],
    ],
    load: async () => (await import('../commands/query.ts')).query,
  },
  {
    name: 'list',
    summary: 'list models, metrics, segments and data tests',
    options: [shared.project, shared.select, shared.json],
    examples: [
      ['etalon list', 'all of them'],
      ['etalon list --select layer:marts --select kind:metric', 'marts and metrics'],
    ],
    load: async () => (await import('../commands/list.ts')).list,
  },
  {
    name: 'explain',
    summary: 'say how a definition is computed: in words, with every knob and where its value came from',
    arguments: [{ name: '<name>', about: 'a model (`marts.orders`), metric, segment or data test' }],
    options: [
      shared.language,
      { flags: '--sql', about: 'the SQL for the target as well' },
      shared.project,
      shared.target,
      shared.json,
    ],
    examples: [
      ['etalon explain revenue', 'the rule, the knobs, the strategy'],
      ['etalon explain revenue --language ru', 'the rule in Russian'],
    ],
    load: async () => (await import('../commands/explain.ts')).explain,
  },
  {
    name: 'lineage',
    summary:
      'show what a model, metric, segment or column is made from, and what reads it: columns, metrics, segments and data tests, each with its file and line',
    arguments: [{ name: '<name>', about: '`marts.orders`, `revenue`, `vip`, or a column: `marts.orders.amount`' }],
    options: [shared.project, shared.json],
    examples: [
      ['etalon lineage revenue', 'models above it, the columns it reads, the data tests of these'],
      [
        'etalon lineage marts.orders.amount',
        'columns it is computed from; columns, metrics, segments and tests that read it',
      ],
    ],
    load: async () => (await import('../commands/lineage.ts')).lineage,
  },
  {
    name: 'pii',
    summary:
      'show where personal data goes: each tagged column, what is computed from it and how it was treated, each with its file and line',
    options: [shared.project, shared.json],
    examples: [['etalon pii', 'from the sources to the marts, metrics and exports']],
    load: async () => (await import('../commands/pii.ts')).pii,
  },
  {
    name: 'status',
    summary:
      'for every model: is it built, how many rows, fresh and complete through when, last run; how segments stand',
    options: [shared.project, shared.target, shared.select, shared.json],
    examples: [['etalon status --select layer:marts', 'the marts']],
    load: async () => (await import('../commands/status.ts')).status,
  },
];

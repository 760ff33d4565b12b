import type { CommandSpec } from './command-spec.ts';
import { shared } from './options.ts';

/** Commands about the target itself: what it remembers, and what is left over in it. */
export const upkeepCommands: readonly CommandSpec[] = [
  {
    name: 'retry',
    summary: 'run what failed or was skipped last, and what hangs on it',
    more: [
      'The same as `etalon run --select` of these models with all below them. A plain `etalon run` does it too, and whatever else is not fresh.',
    ],
    options: [
      shared.project,
      shared.target,
      shared.threads,
      shared.acceptLoss,
      shared.ifBusy,
      shared.waitTimeout,
      shared.failOn,
      shared.json,
      shared.events,
    ],
    examples: [['etalon retry', 'after a run that ended with exit code 5']],
    load: async () => (await import('../commands/retry.ts')).retry,
  },
  {
    name: 'state',
    summary: 'what a target remembers of itself: is it right, take it over, give it up',
    examples: [['etalon state verify', 'does the target agree with its record?']],
    commands: [
      {
        name: 'verify',
        summary: 'hold a target to its own record, and say what does not agree and what helps',
        more: [
          'Published views, the tables behind them, their columns and rows, the marks of loaded files, logs of changes, and what is left over. Nothing is written. Exit code 1 where something was found.',
          'With `--deep` each model is computed whole from what its inputs hold now, each file is read again, and all rows are compared: what a full rebuild would leave. ' +
            'Models that the next run builds anyway are named and not compared. Keys of the first rows that differ are shown, those of columns with personal data masked.',
        ],
        options: [
          { flags: '--deep', about: 'compare every row with what a full rebuild would leave' },
          shared.project,
          shared.target,
          shared.select,
          shared.json,
        ],
        examples: [
          ['etalon state verify', 'after a restore, or when in doubt'],
          ['etalon state verify --deep --select marts.orders', 'every row of one model'],
        ],
        load: async () => (await import('../commands/state-verify.ts')).stateVerify,
      },
      {
        name: 'adopt',
        summary: 'take over what stands in a target whose marks were lost, as far as it is proven to be right',
        more: [
          'A table is adopted where its name carries the fingerprint of the definition, its columns are the contract’s, and its rows come out when the model is computed from its inputs; a source, where its files, read again, give the rows that stand. ' +
            'A file that gives other rows counts as changed, rows of one that is gone are kept. Then the data tests are run, since their verdicts were lost too: the next run has nothing to do.',
          'What is not proven is given up: readers keep it, and the next run builds it anew. Exit code 5 where there is such a model.',
        ],
        options: [
          { flags: '--deep', about: 'compute every model and compare its rows; this is the default' },
          { flags: '--no-deep', about: 'adopt sources only, and leave the models to the next run' },
          shared.project,
          shared.target,
          shared.threads,
          shared.json,
        ],
        examples: [['etalon state adopt', 'where `etalon run` says that `etalon_state` is gone']],
        load: async () => (await import('../commands/state-adopt.ts')).stateAdopt,
      },
      {
        name: 'rebuild',
        summary: 'give up marks and tables, so that the next run builds them whole',
        more: [
          'Shows what it gives up and asks; where nobody can be asked it wants `--yes`, and ends with exit code 2 without it. Readers keep what is published until the next run has published it anew. ' +
            'Where the state is gone, everything that stands is given up.',
        ],
        options: [{ flags: '--yes', about: 'do not ask' }, shared.project, shared.target, shared.select, shared.json],
        examples: [['etalon state rebuild --select marts.orders', 'then: etalon run']],
        load: async () => (await import('../commands/state-rebuild.ts')).stateRebuild,
      },
    ],
  },
  {
    name: 'gc',
    summary: 'drop tables that nothing points to, and trim the journal',
    more: [
      'A run drops old versions at its end; this drops what runs could not, and deletes rows of `steps`, `test_results`, `failures` and `errors` older than `--older-than`, and values of builds that later builds found otherwise. ' +
        'Whatever planning goes by stays however old: current versions and what `snapshots:` keeps, marks of files, the last steps of each model, the last verdict of each test.',
    ],
    options: [
      { flags: '--older-than <duration>', about: 'what is younger stays', default: '7 days' },
      { flags: '--dry-run', about: 'only say what would go' },
      shared.project,
      shared.target,
      shared.json,
    ],
    examples: [
      ['etalon gc --dry-run', 'what would go'],
      ['etalon gc --older-than "3 months"', 'keep a quarter of the journal'],
    ],
    load: async () => (await import('../commands/gc.ts')).gc,
  },
];

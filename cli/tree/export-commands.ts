import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { shared } from './options.ts';

const toWebhook: OptionSpec = {
  flags: '--to-webhook <variable>',
  about: 'send them to the address in this environment variable',
};
const secretEnv: OptionSpec = {
  flags: '--secret-env <variable>',
  about: 'the environment variable with the secret that batches are signed with',
};

/** What leaves the house. */
export const exportCommands: readonly CommandSpec[] = [
  {
    name: 'export',
    summary: 'hand out the members of a segment, as its definition allows, and write that down',
    more: [
      'Only a segment in production leaves, with the columns of its `export:`, for a role that it names, and never more rows than its `limit`: all members or none. What it is made from must be up to date, ' +
        'its data tests passed and its sources not stale. Then a line is written into the ledger of exports, and only after that the file has its name or the first batch is sent.',
      'A webhook gets signed batches (`etalon-signature`, `idempotency-key`); where it stops, `etalon segment resume` goes on with what is left.',
    ],
    arguments: [{ name: '<segment>', about: 'a segment' }],
    options: [
      {
        flags: '--as-of <instant>',
        about: 'members as of then; else as far as all that the segment reads is complete',
      },
      { flags: '--to <file>', about: 'a new file, `.csv` or `.parquet`' },
      toWebhook,
      secretEnv,
      { flags: '--batch <n>', about: 'rows of a batch', integer: { min: 1 }, default: '500' },
      { flags: '--part <part>', about: 'of a split: this part alone' },
      { flags: '--purpose <text>', about: 'what the rows are wanted for' },
      { flags: '--role <role>', about: 'in which role they are handed out; else what ETALON_ROLE says' },
      shared.json,
      shared.project,
      shared.target,
    ],
    examples: [
      [
        'etalon segment export vip --to vip.csv --role crm --purpose "Summer catalogue"',
        'a file that nobody else may read',
      ],
      [
        'etalon segment export vip --to-webhook CRM_WEBHOOK --secret-env CRM_SECRET --role crm --purpose "Summer catalogue"',
        'signed batches',
      ],
    ],
    load: async () => (await import('../commands/segment-export.ts')).segmentExport,
  },
  {
    name: 'resume',
    summary: 'go on with a delivery that stopped: the very batches that were not taken',
    arguments: [{ name: '<export>', about: 'the id that the export printed; `etalon audit list --json` has it' }],
    options: [toWebhook, secretEnv, shared.project, shared.target],
    examples: [
      [
        'etalon segment resume 20250701T060000-1f2e3d4c --to-webhook CRM_WEBHOOK --secret-env CRM_SECRET',
        'after the receiver was away',
      ],
    ],
    load: async () => (await import('../commands/segment-resume.ts')).segmentResume,
  },
];

export const auditCommands: CommandSpec = {
  name: 'audit',
  summary: 'what left the house: the ledger of exports',
  examples: [['etalon audit verify', 'is the ledger as it was written?']],
  commands: [
    {
      name: 'list',
      summary: 'show every export: who, in which role, what for, which version, how many rows',
      options: [shared.json, shared.project, shared.target],
      examples: [['etalon audit list', 'all exports of a target']],
      load: async () => (await import('../commands/audit-list.ts')).auditList,
    },
    {
      name: 'verify',
      summary: 'hold the ledger of exports to its chain of hashes, and name lines that were changed, removed or moved',
      more: [
        'Each line holds the hash of the line before it. Who may write to the database can write all of it anew: keep a hash that an export printed elsewhere, and `--holds` finds whether it still stands there. Exit code 1 where something was found.',
      ],
      options: [
        { flags: '--holds <hash>', about: 'a hash that an export printed; several times for several', repeat: true },
        shared.json,
        shared.project,
        shared.target,
      ],
      examples: [['etalon audit verify', 'nothing was changed since']],
      load: async () => (await import('../commands/audit-verify.ts')).auditVerify,
    },
  ],
};

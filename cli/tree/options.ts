import type { OptionSpec } from './command-spec.ts';

/** Options that mean the same in every command that has them. */
export const shared = {
  project: {
    flags: '--project <folder>',
    about: 'the project’s folder; else the nearest one upwards that holds a project.yml',
  },
  target: { flags: '--target <name>', about: 'a target of project.yml; else the one it names as `target:`' },
  select: {
    flags: '-s, --select <selector>',
    about: 'name, marts.*, layer:, tag:, owner:, path:, kind:; `+` takes in what is above or below; a comma narrows',
    repeat: true,
  },
  language: {
    flags: '--language <language>',
    about: 'rules in these words; else in those of the dictionary (`site:` in project.yml)',
    choices: ['en', 'ru'],
  },
  json: { flags: '--json', about: 'print one JSON document' },
  events: { flags: '--events', about: 'print what happens as it happens, one JSON object a line' },
  threads: {
    flags: '--threads <n>',
    about: 'models built at the same time; else the target’s `threads:`, else 4',
    integer: { min: 1 },
  },
  fullRefresh: { flags: '--full-refresh', about: 'build again also what is fresh' },
  acceptLoss: {
    flags: '--accept-loss',
    about:
      'read a source though it has lost columns that definitions need (null from then on), and read it anew though it has lost rows; else it is left as it is, exit code 5',
  },
  ifBusy: {
    flags: '--if-busy <what>',
    about:
      'where another run holds what is needed: wait and then do the rest, do what it leaves, or fail at once with exit code 4',
    choices: ['wait', 'skip', 'fail'],
    default: 'wait',
  },
  ifBusyWhole: {
    flags: '--if-busy <what>',
    about: 'where another run holds what is needed: wait, or fail at once with exit code 4',
    choices: ['wait', 'fail'],
    default: 'wait',
  },
  waitTimeout: {
    flags: '--wait-timeout <duration>',
    about: 'how long to wait for other runs before failing with exit code 4: `30 minutes`, `90s`, `2h`',
    default: '30 minutes',
  },
  baseUrl: {
    flags: '--base-url <url>',
    about:
      'where the dictionary is published; else `site: base_url:` of project.yml. The feed, llms.txt, api/ and `canonical` links are whole addresses then',
  },
  audience: {
    flags: '--audience <tag>',
    about:
      'only definitions with this tag, and no trace of others; goes to target/docs-TAG in the project unless `--out` says otherwise',
  },
  out: {
    flags: '--out <folder>',
    about: 'where the dictionary goes, a folder of its own; else target/docs in the project',
  },
  failOn: {
    flags: '--fail-on <severity>',
    about: 'with `warn`, end with exit code 3 where anything warned',
    choices: ['error', 'warn'],
    default: 'error',
  },
} as const satisfies Record<string, OptionSpec>;

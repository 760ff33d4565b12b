import type { CommandSpec } from './command-spec.ts';
import { shared } from './options.ts';

/** Commands around a project: making one, its dictionary, its editor, its shell. */
export const projectCommands: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'start a project: the storefront reference project with sample data',
    arguments: [{ name: '[folder]', about: 'an empty or new folder; else the current one' }],
    options: [{ flags: '--no-data', about: 'definitions only, no sample data' }],
    examples: [['etalon init shop', 'then: cd shop && etalon build']],
    load: async () => (await import('../commands/init.ts')).init,
    commands: [
      {
        name: 'segment',
        summary: 'write a segment to begin with, over the activities and properties that the project has',
        more: [
          'Nothing is asked and nothing written over. The file compiles as it is, as a draft; what in it is a guess is named.',
        ],
        arguments: [
          { name: '<template>', about: 'what it goes by', choices: ['rfm', 'behaviour', 'attribute'] },
          { name: '[name]', about: 'the segment’s name; else `my_` and the template’s' },
        ],
        options: [shared.project],
        examples: [['etalon init segment rfm loyalty', 'then: etalon segment preview segments/loyalty.yml']],
        load: async () => (await import('../commands/init-segment.ts')).initSegment,
      },
    ],
  },
  {
    name: 'docs',
    summary: 'the dictionary: plain files that need no server',
    examples: [['etalon docs build', 'write it']],
    commands: [
      {
        name: 'build',
        summary: 'write the dictionary',
        options: [
          shared.out,
          shared.audience,
          shared.baseUrl,
          {
            flags: '--single <page>',
            about:
              'instead of the site one page as one file to mail: metric/NAME, segment/NAME, model/NAME or source/NAME',
          },
          { flags: '--to <file>', about: 'where that page goes; else target/KIND.NAME.html in the project' },
          shared.project,
          shared.target,
          shared.json,
        ],
        examples: [
          ['etalon docs build --out public --base-url https://data.example.com/', 'for a static host'],
          ['etalon docs build --single metric/revenue --to revenue.html', 'to mail'],
        ],
        load: async () => (await import('../commands/docs-build.ts')).docsBuild,
      },
      {
        name: 'serve',
        summary: 'write the dictionary and serve it on this machine',
        options: [
          { flags: '--port <n>', about: 'port', integer: { min: 0 }, default: '4173' },
          shared.out,
          shared.audience,
          shared.project,
          shared.target,
        ],
        examples: [['etalon docs serve --port 8080', 'then open http://localhost:8080']],
        load: async () => (await import('../commands/docs-serve.ts')).docsServe,
      },
    ],
  },
  {
    name: 'doctor',
    summary: 'check Node, engines, target, permissions, disk, time zones and the project',
    options: [shared.project, shared.target, shared.json],
    examples: [['etalon doctor --target prod', 'before the first run there']],
    load: async () => (await import('../commands/doctor.ts')).doctor,
  },
  {
    name: 'schema',
    summary: 'write JSON Schemas to .etalon/schemas and editor settings, so that YAML completes',
    more: ['.vscode/settings.json is merged: only `yaml.schemas` entries of Etalon are added or replaced.'],
    options: [shared.project, shared.json],
    examples: [['etalon schema', 'then reload VS Code (extension: YAML by Red Hat)']],
    load: async () => (await import('../commands/schema.ts')).schema,
  },
  {
    name: 'completion',
    summary: 'print a completion script',
    arguments: [{ name: '<shell>', about: 'which shell', choices: ['bash', 'zsh', 'fish'] }],
    examples: [
      ['etalon completion bash >> ~/.bashrc', 'bash'],
      ['etalon completion zsh > "${fpath[1]}/_etalon"', 'zsh'],
      ['etalon completion fish > ~/.config/fish/completions/etalon.fish', 'fish'],
    ],
    load: async () => (await import('../commands/completion.ts')).completion,
  },
];

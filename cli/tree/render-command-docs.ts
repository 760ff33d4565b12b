import { exitCodeMeanings } from '../exit-code.ts';
import type { CommandSpec } from './command-spec.ts';

/** docs/commands.md, from the same tree that `--help` is made of. */
export function renderCommandDocs(tree: readonly CommandSpec[]): string {
  const flat = tree.flatMap((spec) => [
    { spec, path: spec.name },
    ...(spec.commands ?? []).map((child) => ({ spec: child, path: `${spec.name} ${child.name}` })),
  ]);
  const runnable = flat.filter(({ spec }) => spec.load);
  const rows = runnable.map(
    ({ spec, path }) => `| [\`etalon ${path}\`](#etalon-${path.replaceAll(' ', '-')}) | ${escapeCell(spec.summary)} |`,
  );
  const codes = exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return `<!-- Generated from cli/tree by cli/tree/render-command-docs.ts; a test compares. To renew: npx vitest run cli/tree -u -->
# Commands

| command | what it does |
|---|---|
${rows.join('\n')}

Every command has \`--help\`. Results go to standard output, diagnostics and progress to standard error; with \`--json\`
or \`--events\` a command that cannot go on says why on standard output too (\`error\`, \`hints\`, \`exitCode\`, \`diagnostics\`). Colour is used on terminals only and never where \`NO_COLOR\` is
set. The project is found from the current folder upwards, or named by \`--project\`. Passwords and connection strings come from environment variables named in
project.yml, and are shown as \`***\` wherever they would appear. \`ETALON_DEBUG=1\` prints the stack of an internal fault.

## Exit codes
| code | meaning |
|---|---|
${codes.join('\n')}

## Selectors
\`--select\` takes what these name; given several times, each adds to the others. A selector that matches nothing is an error.

| selector | chooses |
|---|---|
| \`marts.orders\`, \`revenue\` | a model, metric or data test by its name |
| \`marts.*\` | names, by a pattern |
| \`layer:clean\`, \`kind:metric\` | a layer; \`kind:\` model, metric or test |
| \`owner:finance\`, \`tag:weekly\` | by owner, by tag |
| \`path:models/marts\`, \`path:metrics/revenue.yml\` | by folder or file |
| \`+revenue\`, \`raw.orders+\` | and all that it reads; and all that reads it |
| \`1+revenue\`, \`raw.orders+2\` | so many steps of that |
| \`layer:marts,owner:finance\` | a comma narrows: both |

${runnable.map(({ spec, path }) => renderCommand(spec, path)).join('\n')}`;
}

function renderCommand(spec: CommandSpec, path: string): string {
  const words = (spec.arguments ?? []).map((argument) => ` ${argument.name}`).join('');
  const usage = `etalon ${path}${words}${spec.options ? ' [options]' : ''}`;
  const options = [
    ...(spec.arguments ?? []).map(({ name, about, choices }) => [name, about, choices, undefined] as const),
    ...(spec.options ?? []).map((option) => [option.flags, option.about, option.choices, option] as const),
  ].map(([name, about, choices, option]) => {
    const notes = [
      about,
      ...(choices ? [choices.map((choice) => `\`${choice}\``).join(', ')] : []),
      ...(option?.repeat ? ['may be given several times'] : []),
      ...(option?.default !== undefined ? [`default: \`${option.default}\``] : []),
    ];
    return `| \`${escapeCell(name)}\` | ${escapeCell(notes.join('; '))} |`;
  });
  const table = options.length > 0 ? `\n| | |\n|---|---|\n${options.join('\n')}\n` : '';
  const first = spec.summary.charAt(0).toUpperCase() + spec.summary.slice(1);
  const examples = spec.examples.map(([line, meaning]) => `${line}   # ${meaning}`).join('\n');
  return `## etalon ${path}
${[`${first}.`, ...(spec.more ?? [])].join('\n\n')}

\`\`\`sh
${usage}
\`\`\`
${table}
\`\`\`sh
${examples}
\`\`\`
`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

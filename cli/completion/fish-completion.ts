import type { CompletionFlag, CompletionNode } from './completion-words.ts';

/** A file for ~/.config/fish/completions. */
export function renderFishCompletion(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap((node) => {
    const when = condition(node, nodes);
    return [
      ...node.commands.map(
        ({ name, about }) => `complete -c etalon -f -n ${quote(when)} -a ${name} -d ${quote(about)}`,
      ),
      ...node.words.map((word) => `complete -c etalon -f -n ${quote(when)} -a ${word}`),
      ...node.flags.map((flag) => `complete -c etalon -n ${quote(when)} ${renderFlag(flag)}`),
    ];
  });
  return `# Completion of etalon for fish: etalon completion fish > ~/.config/fish/completions/etalon.fish\n${lines.join('\n')}\n`;
}

function condition(node: CompletionNode, nodes: readonly CompletionNode[]): string {
  if (node.path.length === 0) return '__fish_use_subcommand';
  const seen = node.path.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
  const below = nodes.filter(
    (other) => other.path.length === node.path.length + 1 && node.path.every((name, i) => other.path[i] === name),
  );
  const notBelow =
    below.length > 0
      ? `; and not __fish_seen_subcommand_from ${below.map((other) => other.path.at(-1)).join(' ')}`
      : '';
  // `build` is a command and also a child of `docs`: the path from its start tells them apart.
  const first =
    node.path.length === 1 && nodes.some((other) => other.path.length > 1 && other.path.at(-1) === node.path[0]);
  return `${seen}${notBelow}${first ? '; and not __fish_seen_subcommand_from docs' : ''}`;
}

function renderFlag(flag: CompletionFlag): string {
  const parts = [`-l ${flag.long.slice(2)}`];
  if (flag.short) parts.push(`-s ${flag.short.slice(1)}`);
  if (flag.takesValue) parts.push('-r');
  if (flag.choices.length > 0) parts.push(`-f -a ${quote(flag.choices.join(' '))}`);
  return `${parts.join(' ')} -d ${quote(flag.about)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

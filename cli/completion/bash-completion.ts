import type { CompletionFlag, CompletionNode } from './completion-words.ts';

/** A script for `eval` or ~/.bashrc; plain bash 3.2, no bash-completion package wanted. */
export function renderBashCompletion(nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter((node) => node.path.length > 0);
  const walk = paths.map(
    (node) => `      '${node.path.slice(0, -1).join(' ')}/${node.path.at(-1)}') path='${node.path.join(' ')}' ;;`,
  );
  const words = nodes.map((node) => `    '${node.path.join(' ')}') words='${listWords(node)}' ;;`);
  return `# Completion of etalon for bash: eval "$(etalon completion bash)"
_etalon() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
${walk.join('\n')}
    esac
  done
  case "$path $before" in
${listChoices(nodes).join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _etalon etalon
`;
}

function listWords(node: CompletionNode): string {
  const commands = node.commands.map((command) => command.name);
  const flags = node.flags.flatMap((flag) => [flag.long, ...(flag.short ? [flag.short] : [])]);
  return [...commands, ...node.words, ...flags].join(' ');
}

/** A flag that takes a value is followed by its choices, or by what the shell itself completes: a file. */
function listChoices(nodes: readonly CompletionNode[]): string[] {
  const line = (node: CompletionNode, flag: CompletionFlag) => {
    const names = [flag.long, ...(flag.short ? [flag.short] : [])].map((name) => `'${node.path.join(' ')} ${name}'`);
    const reply =
      flag.choices.length > 0 ? `COMPREPLY=($(compgen -W '${flag.choices.join(' ')}' -- "$current"))` : 'COMPREPLY=()';
    return `    ${names.join('|')}) ${reply}; return ;;`;
  };
  return nodes.flatMap((node) => node.flags.filter((flag) => flag.takesValue).map((flag) => line(node, flag)));
}

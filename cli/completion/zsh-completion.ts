import type { CompletionFlag, CompletionNode } from './completion-words.ts';

/** A file `_etalon` for a folder of $fpath; it may be sourced as well. */
export function renderZshCompletion(nodes: readonly CompletionNode[]): string {
  return `#compdef etalon
# Completion of etalon for zsh: etalon completion zsh > "\${fpath[1]}/_etalon"
_etalon() {
  local -a commands arguments
  local path='' i
  for ((i = 2; i < CURRENT; i++)); do
    case "$path/\${words[i]}" in
${nodes
  .filter((node) => node.path.length > 0)
  .map((node) => `      '${node.path.slice(0, -1).join(' ')}/${node.path.at(-1)}') path='${node.path.join(' ')}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${nodes.map(renderNode).join('\n')}
  esac
}
if [ "$funcstack[1]" = '_etalon' ]; then _etalon "$@"; else compdef _etalon etalon; fi
`;
}

function renderNode(node: CompletionNode): string {
  const commands = node.commands.map(({ name, about }) => quote(`${name}:${about.replaceAll(':', '\\:')}`));
  const lines = [
    `    '${node.path.join(' ')}')`,
    ...(commands.length > 0 ? [`      commands=(${commands.join(' ')})`, "      _describe 'command' commands"] : []),
    ...(node.words.length > 0 ? [`      compadd -- ${node.words.join(' ')}`] : []),
    `      arguments=(${node.flags.flatMap(renderFlag).join(' ')})`,
    '      _arguments $arguments "*:file:_files" ;;',
  ];
  return lines.join('\n');
}

function renderFlag(flag: CompletionFlag): string[] {
  const about = flag.about.replace(/[[\]:]/g, (c) => `\\${c}`);
  const value = !flag.takesValue
    ? ''
    : flag.choices.length > 0
      ? `:value:(${flag.choices.join(' ')})`
      : ':value:_files';
  return [flag.long, ...(flag.short ? [flag.short] : [])].map((name) => quote(`*${name}[${about}]${value}`));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

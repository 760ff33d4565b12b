import type { CommandSpec, OptionSpec } from '../tree/command-spec.ts';

/** What may follow a path of commands (`docs build`): a flat reading of the tree, shared by the shells. */
export interface CompletionNode {
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly flags: readonly CompletionFlag[];
  readonly words: readonly string[];
}

export interface CompletionFlag {
  readonly long: string;
  readonly short?: string;
  readonly about: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

const help: CompletionFlag = {
  long: '--help',
  short: '-h',
  about: 'help for a command',
  takesValue: false,
  choices: [],
};

export function listCompletionNodes(tree: readonly CommandSpec[]): readonly CompletionNode[] {
  const root: CompletionNode = {
    path: [],
    commands: tree.map(({ name, summary }) => ({ name, about: summary })),
    flags: [help, { long: '--version', short: '-V', about: 'print the version', takesValue: false, choices: [] }],
    words: [],
  };
  return [root, ...tree.flatMap((spec) => nodesOf(spec, []))];
}

function nodesOf(spec: CommandSpec, above: readonly string[]): CompletionNode[] {
  const path = [...above, spec.name];
  const children = spec.commands ?? [];
  const own: CompletionNode = {
    path,
    commands: children.map(({ name, summary }) => ({ name, about: summary })),
    flags: [...(spec.options ?? []).map(toFlag), help],
    words: (spec.arguments ?? []).flatMap((argument) => argument.choices ?? []),
  };
  return [own, ...children.flatMap((child) => nodesOf(child, path))];
}

function toFlag(option: OptionSpec): CompletionFlag {
  const parts = option.flags.split(/[ ,]+/);
  const short = parts.find((part) => /^-[a-zA-Z]$/.test(part));
  return {
    long: parts.find((part) => part.startsWith('--'))!,
    ...(short ? { short } : {}),
    about: option.about,
    takesValue: /[<[]/.test(option.flags),
    choices: option.choices ?? [],
  };
}

import { renderBashCompletion } from '../completion/bash-completion.ts';
import { type CompletionNode, listCompletionNodes } from '../completion/completion-words.ts';
import { renderFishCompletion } from '../completion/fish-completion.ts';
import { renderZshCompletion } from '../completion/zsh-completion.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';

const renderers: Readonly<Record<string, (nodes: readonly CompletionNode[]) => string>> = {
  bash: renderBashCompletion,
  zsh: renderZshCompletion,
  fish: renderFishCompletion,
};

export const completion: Command = async ({ output }, [shell]) => {
  // Loaded here, since the tree itself names this file.
  const { commandTree } = await import('../tree/command-tree.ts');
  output.out(renderers[shell!]!(listCompletionNodes(commandTree)));
  return exitCode.done;
};

import type { Command } from '../context.ts';
import { buildDictionaryFromTarget } from '../dictionary/build-dictionary.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount, formatSeconds } from '../output/format-quantity.ts';
import { loadProject } from '../project/load-project.ts';

export const docsBuild: Command = async (context, _words, flags) => {
  const since = context.stopwatch();
  const project = await loadProject(context, flags);
  const dictionary = await buildDictionaryFromTarget(context, project, flags);
  const { output } = context;
  if (flags.json) output.out(formatJson(dictionary));
  else {
    const took = formatSeconds(context.stopwatch() - since);
    const pages = formatCount(dictionary.pages, 'page');
    output.out(`${pages}, ${formatCount(dictionary.written, 'file')} changed, in ${took}\n${dictionary.url}\n`);
  }
  return exitCode.done;
};

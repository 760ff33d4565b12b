import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { buildDictionaryFromTarget } from '../dictionary/build-dictionary.ts';
import { writeSingle } from '../dictionary/write-single.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount, formatSeconds } from '../output/format-quantity.ts';
import { loadProject, type Project } from '../project/load-project.ts';

export const docsBuild: Command = async (context, _words, flags) => {
  const since = context.stopwatch();
  const project = await loadProject(context, flags);
  if (flags.to !== undefined && flags.single === undefined)
    throw new CommandFailure(
      exitCode.usage,
      '`--to` says where the page of `--single` goes, and there is no `--single`',
      ['the site goes to `--out <folder>`'],
    );
  if (flags.single !== undefined) return buildSinglePage(context, project, flags);
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

async function buildSinglePage(context: Context, project: Project, flags: Flags): ReturnType<Command> {
  const page = await writeSingle(context, project, flags);
  const size = `${Math.ceil(page.bytes / 1000)} KB`;
  context.output.out(flags.json ? formatJson(page) : `${page.file}, ${size}\n${page.url}\n`);
  return exitCode.done;
}

import type { Command } from '../context.ts';
import { buildDictionaryFromTarget } from '../dictionary/build-dictionary.ts';
import { exitCode } from '../exit-code.ts';
import { loadProject } from '../project/load-project.ts';
import { startServer } from '../run/start-server.ts';
import { waitForAbort } from '../run/wait-for-abort.ts';

export const docsServe: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const { folder } = await buildDictionaryFromTarget(context, project, flags);
  const server = await startServer(folder, flags);
  context.output.out(`${server.url}  (Ctrl-C ends)\n`);
  await waitForAbort(context.signal);
  await server.close();
  return exitCode.done;
};

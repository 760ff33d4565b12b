import type { Manifest } from '../../compiler/index.ts';
import type { Notice } from '../../runtime/run/run-types.ts';
import type { Context } from '../context.ts';

export type Notifier = (notice: Notice) => Promise<boolean>;

/** Who is told, by project.yml and the environment; undefined: nobody. Whatever goes wrong with it is a warning and never the run's. */
export async function createNotifier(context: Context, manifest: Manifest): Promise<Notifier | undefined> {
  const { notify } = manifest.project;
  if (!notify) return undefined;
  const { output, env } = context;
  const warn = (text: string) => output.err(`${output.errColours.yellow('warning')}: ${text}\n`);
  const { urlEnv } = notify.slack;
  const url = env[urlEnv];
  if (!url) {
    warn(`nobody is told of problems: \`notify\` wants the environment variable ${urlEnv}, which is not set`);
    return undefined;
  }
  output.hide(url);
  const { postToSlack } = await import('./post-to-slack.ts');
  const { slackText } = await import('./slack-text.ts');
  return async (notice) => {
    // Whatever an engine said of itself goes through the same door as what is printed.
    const problem = await postToSlack(url, output.redact(slackText(notice, manifest)));
    if (problem !== undefined)
      warn(`nobody could be told of problems (${urlEnv}): ${problem}; the next run tries again`);
    return problem === undefined;
  };
}

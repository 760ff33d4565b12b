import type { ManifestProject } from '../../compiler/index.ts';
import type { Context } from '../context.ts';

/** Makes all that the project names by a variable of the environment a secret of the output, before anything can go wrong with it: whatever prints it prints `***`. */
export function hideSecrets(context: Context, { targets, hashKeyEnv, notify }: ManifestProject): void {
  for (const target of targets) {
    const url = target.engine === 'postgres' ? context.env[target.urlEnv] : undefined;
    if (url) hideUrl(context, url);
  }
  const key = hashKeyEnv === undefined ? undefined : context.env[hashKeyEnv];
  if (key) context.output.hide(key);
  const hook = notify && context.env[notify.slack.urlEnv];
  if (hook) context.output.hide(hook);
}

function hideUrl({ output }: Context, url: string): void {
  output.hide(url);
  const inName = /^[a-z]+:\/\/[^:@/]*:([^@]*)@/i.exec(url)?.[1];
  const inQuery = /[?&]password=([^&#]*)/i.exec(url)?.[1];
  for (const password of [inName, inQuery]) {
    if (!password) continue;
    output.hide(password);
    try {
      output.hide(decodeURIComponent(password));
    } catch {
      // Not percent-encoded; the text itself is hidden already.
    }
  }
}

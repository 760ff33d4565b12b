import { createHashKey, type HashKey } from '../../runtime/run/hash-key.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { Project } from '../project/load-project.ts';
import { selectNames } from '../project/select-names.ts';

/** Whoever knows some ids can try short keys one by one. */
const shortest = 16;

/** The key of `hash:` columns, where one of the chosen models has any. It is a secret of the output since the project was compiled; its pads are from here on. */
export async function readHashKey(
  context: Context,
  project: Pick<Project, 'manifest'>,
  flags: Flags,
): Promise<HashKey | undefined> {
  const { models } = await selectNames(project.manifest, flags);
  const hashing = project.manifest.models.find((model) => model.hashes && models.has(model.name));
  const variable = project.manifest.project.hashKeyEnv;
  if (!hashing || variable === undefined) return undefined;
  const text = context.env[variable];
  const hints = [`a new one: export ${variable}=$(openssl rand -hex 32)`, 'keep it: another key makes other hashes'];
  if (!text) {
    const message = `\`${hashing.name}\` hashes by the key in the environment variable ${variable}, which is not set`;
    throw new CommandFailure(exitCode.usage, message, hints);
  }
  if (text.length < shortest)
    throw new CommandFailure(exitCode.usage, `the key in ${variable} is shorter than ${shortest} characters`, hints);
  const key = createHashKey(text);
  for (const pad of [key.inner, key.outer]) context.output.hide(pad.reveal());
  return key;
}

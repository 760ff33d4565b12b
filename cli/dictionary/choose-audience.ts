import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import type { Manifest } from '../../compiler/index.ts';
import { audienceFaults, tagsOf } from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';

/** Faults that are told; a long list helps nobody. */
const toldFaults = 12;

/** Whom the dictionary is for; undefined: everyone in the house. Fails where no definition is for them, and where a text that they are to read names what is not. */
export function chooseAudience(manifest: Manifest, flags: Flags): string | undefined {
  const asked = flags.audience as string | undefined;
  if (asked === undefined) return undefined;
  const tags = tagsOf(manifest);
  if (!tags.includes(asked))
    throw new CommandFailure(
      exitCode.usage,
      `\`--audience ${asked}\`: no metric, segment or model bears the tag \`${asked}\``,
      tags.length > 0 ? suggestNames(asked, tags) : [`say \`tags: [${asked}]\` in the definitions that are for them`],
    );
  const faults = audienceFaults(manifest, asked);
  if (faults.length === 0) return asked;
  const lines = faults.slice(0, toldFaults).map(({ path, line, of, text, names }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    return `${place}: \`${text}\` of \`${of}\` names ${names.map((name) => `\`${name}\``).join(', ')}`;
  });
  throw new CommandFailure(exitCode.failed, `texts for \`${asked}\` name what is not shown to it`, [
    ...lines,
    ...(faults.length > toldFaults ? [`and ${faults.length - toldFaults} more`] : []),
    `leave the name out, or tag what it is of: \`tags: [${asked}]\``,
  ]);
}

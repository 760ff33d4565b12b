import type { ManifestTarget } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';

/** A question to a target that holds nothing yet. */
export function failUnbuilt(target: ManifestTarget): never {
  throw new CommandFailure(exitCode.usage, `nothing has been built on target \`${target.name}\` yet`, [
    'build it: etalon build',
  ]);
}

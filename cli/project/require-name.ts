import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import type { Manifest } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';

/** Checks that a word of the command line names a definition, and says what it may have meant where not. */
export function requireName(manifest: Manifest, name: string): void {
  const names = listNames(manifest);
  if (!names.includes(name)) failUnknown(name, names);
}

export function listNames(manifest: Manifest): string[] {
  return [
    ...manifest.models,
    ...manifest.metrics,
    ...manifest.activities,
    ...manifest.cohorts,
    ...manifest.segments,
    ...manifest.tests,
  ].map((definition) => definition.name);
}

export function failUnknown(name: string, available: readonly string[]): never {
  throw new CommandFailure(exitCode.usage, `nothing is named \`${name}\``, suggestNames(name, available));
}

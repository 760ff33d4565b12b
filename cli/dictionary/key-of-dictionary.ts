import { createHash } from 'node:crypto';
import type { ManifestTarget } from '../../compiler/index.ts';
import { encodeManifest } from '../../compiler/serialize-manifest.ts';
import { clockMarks, type DictionaryInput } from '../../docs-site/index.ts';
import { nameCode } from '../project/compile-cache.ts';

/**
 * Names all that a dictionary is made from, so that one made from the same need not be drawn again: the definitions, what the target tells, what the project puts in the place
 * of our own, the code that draws, and what of the pages hangs on the clock.
 */
export function keyOfDictionary(input: DictionaryInput, target: ManifestTarget): string {
  // The SQL, for this target, and what may be confused come from the manifest, by the compiler's code; breaks of quantiles are frozen by an evaluation, which the history tells.
  const { manifest, builtAt: _, sql: __, confusions: ___, ...rest } = input;
  const hash = createHash('sha256');
  for (const part of encodeManifest(manifest)) hash.update(part);
  const code = nameCode(['compiler', 'docs-site'], /\.([jt]s|hbs|css|yml|svg)$/);
  for (const part of [target, rest, clockMarks(input), code]) hash.update(`${JSON.stringify(part)}\n`);
  return hash.digest('hex');
}

import type { Manifest, ManifestSegment, Value } from '../../compiler/index.ts';
import type { Context } from '../context.ts';
import { pseudonym, shortestKey } from '../project/pseudonym.ts';

/**
 * What a terminal shows of a member's key. A key that tells of people, also a pseudonym, is masked: by the project's hash key where it has one, as `hash:` columns are; else by
 * `***`. Who needs the keys themselves exports them.
 */
export function maskKeys(
  { env, output }: Pick<Context, 'env' | 'output'>,
  manifest: Manifest,
  { attributes, key, reads }: Pick<ManifestSegment, 'attributes' | 'key' | 'reads'>,
): (value: Value) => Value {
  const holders = manifest.models.filter(({ name }) =>
    attributes === undefined ? reads.includes(name) : name === attributes,
  );
  const isPersonal = holders.some(({ columns }) =>
    columns.some((column) => column.name === key && (column.personal?.tags.length ?? 0) > 0),
  );
  if (!isPersonal) return (value) => value;
  const variable = manifest.project.hashKeyEnv;
  const secret = variable === undefined ? undefined : env[variable];
  if (secret === undefined || secret.length < shortestKey) return () => '***';
  output.hide(secret);
  return (value) => pseudonym(value, secret);
}

import type { QualifiedName } from '../../compiler/index.ts';

/** `"a ""quoted"" name"`, as both engines write it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteRelation(name: QualifiedName): string {
  return `${quoteName(name.schema)}.${quoteName(name.table)}`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

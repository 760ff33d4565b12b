import { type PersonalColumn, pseudonym } from './personal-columns.ts';

/** The columns by which a tag came to a column, from where it is declared on. */
export function pathOf(column: PersonalColumn, tag: string): readonly PersonalColumn[] {
  const path = [column];
  for (let at: PersonalColumn | undefined = column.tags.get(tag); at; at = before(at, tag)) path.unshift(at);
  return path;
}

/** What was hashed had another tag before. */
function before(column: PersonalColumn, tag: string): PersonalColumn | undefined {
  if (column.tags.has(tag)) return column.tags.get(tag);
  return tag === pseudonym ? [...column.tags.values()][0] : undefined;
}

/** `raw.users.email (models/raw/users.yml:11) → clean.users.email (models/clean/users.yml:9)`. */
export function describePath(column: PersonalColumn, tag: string): string {
  return pathOf(column, tag)
    .map(({ model, column: name, span }) => `${model}.${name} (${span.file}:${span.start.line})`)
    .join(' → ');
}

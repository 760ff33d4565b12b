import type { ManifestModel, QualifiedName } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';

const shown = 12;

/** Why a source table cannot serve its model, with what is there instead; undefined where table and columns are all there. */
export async function describeMissing(
  engine: Engine,
  model: ManifestModel,
  table: QualifiedName,
): Promise<string | undefined> {
  const found = await engine.findRelation(table);
  const name = `${table.schema}.${table.table}`;
  if (found === undefined) {
    const others = await engine.execute({
      sql: 'select table_name from information_schema.tables where table_catalog = current_database() and table_schema = $1 order by table_name',
      parameters: [table.schema],
    });
    const names = others.rows.map(([other]) => String(other));
    return `the table \`${name}\` is not there: ${names.length === 0 ? `the schema \`${table.schema}\` has none` : `\`${table.schema}\` has ${list(names)}`}`;
  }
  const there = found.columns.map((column) => column.name);
  const wanted = [
    ...model.columns.map((column) => column.name),
    ...(model.source?.loadedAt === undefined ? [] : [model.source.loadedAt]),
  ];
  const missing = [...new Set(wanted.filter((column) => !there.includes(column)))];
  if (missing.length === 0) return undefined;
  return `the table \`${name}\` has no column ${list(missing)}; it has ${list(there)}`;
}

function list(names: readonly string[]): string {
  const first = names
    .slice(0, shown)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > shown ? `${first} and ${names.length - shown} more` : first;
}

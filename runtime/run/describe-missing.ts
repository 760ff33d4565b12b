import { type ManifestModel, parseType, type QualifiedName } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { adviseNames } from '../engine/raw-columns.ts';
import { nameInSource } from './name-in-source.ts';

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
    ...model.columns.map((column) => column.from ?? column.name),
    ...(model.source?.loadedAt === undefined ? [] : [nameInSource(model, model.source.loadedAt)]),
  ];
  const missing = [...new Set(wanted.filter((column) => !there.includes(column)))];
  if (missing.length === 0) return undefined;
  const declared = model.columns.flatMap((column) => {
    const type = parseType(column.type ?? 'text');
    return type && missing.includes(column.from ?? column.name) ? [{ ...column, type }] : [];
  });
  const advice = adviseNames(declared, there);
  return `the table \`${name}\` has no column ${list(missing)}; it has ${list(there)}${advice === undefined ? '' : `; ${advice}`}`;
}

function list(names: readonly string[]): string {
  const first = names
    .slice(0, shown)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > shown ? `${first} and ${names.length - shown} more` : first;
}

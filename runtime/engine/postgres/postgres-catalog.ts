import type { QualifiedName } from '../../../compiler/index.ts';
import type { CatalogEntry, Session } from '../engine.ts';
import { quoteRelation, quoteText } from '../quote-name.ts';
import { parsePostgresType } from './postgres-types.ts';

export async function readPostgresCatalog(
  session: Session,
  schemas: readonly string[],
): Promise<readonly CatalogEntry[]> {
  const among = `n.nspname in (${schemas.map(quoteText).join(', ')})`;
  const { rows } = await session.execute(
    `select n.nspname, c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where ${among} and c.relkind in ('r', 'p', 'v', 'm', 'f') order by n.nspname, c.relname, a.attnum`,
  );
  const reads = await readViewReads(session, among);
  const entries = new Map<string, CatalogEntry & { readonly columns: CatalogEntry['columns'][number][] }>();
  for (const [schema, table, kind, column, type] of rows) {
    const key = `${schema}.${table}`;
    const entry = entries.get(key) ?? {
      name: { schema: String(schema), table: String(table) },
      kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
      columns: [],
      reads: reads.get(key) ?? [],
    };
    entries.set(key, entry);
    if (column !== null) entry.columns.push({ name: String(column), type: parsePostgresType(String(type)) });
  }
  return [...entries.values()];
}

async function readViewReads(session: Session, among: string): Promise<ReadonlyMap<string, readonly QualifiedName[]>> {
  const { rows } = await session.execute(
    `select distinct n.nspname, c.relname, s.nspname, t.relname from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     join pg_catalog.pg_rewrite r on r.ev_class = c.oid
     join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
     join pg_catalog.pg_class t on t.oid = d.refobjid and t.oid <> c.oid
     join pg_catalog.pg_namespace s on s.oid = t.relnamespace
     where ${among} order by 1, 2, 3, 4`,
  );
  const reads = new Map<string, QualifiedName[]>();
  for (const [schema, view, readSchema, table] of rows) {
    const key = `${schema}.${view}`;
    if (!reads.has(key)) reads.set(key, []);
    reads.get(key)!.push({ schema: String(readSchema), table: String(table) });
  }
  return reads;
}

/** Rows as the last ANALYZE or VACUUM counted them; bytes with indexes and what is stored out of line. */
export async function readPostgresSize(
  session: Session,
  name: QualifiedName,
): Promise<{ readonly rows?: number; readonly bytes?: number }> {
  const { rows } = await session.execute({
    sql: "select reltuples, pg_total_relation_size(oid) from pg_catalog.pg_class where oid = to_regclass($1) and relkind in ('r', 'p')",
    parameters: [quoteRelation(name)],
  });
  if (rows[0] === undefined) return {};
  const [count, bytes] = rows[0].map(Number) as [number, number];
  return { ...(count < 0 ? {} : { rows: count }), bytes };
}

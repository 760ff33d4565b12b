import type { QualifiedName } from '../../../compiler/index.ts';
import type { CatalogEntry, Session } from '../engine.ts';
import { quoteRelation, quoteText } from '../quote-name.ts';
import { parseDuckdbType } from './duckdb-types.ts';

export async function readDuckdbCatalog(
  session: Session,
  schemas: readonly string[],
): Promise<readonly CatalogEntry[]> {
  const among = `schema_name in (${schemas.map(quoteText).join(', ')})`;
  const { rows } = await session.execute(
    `select schema_name, table_name, column_name, data_type from duckdb_columns()
     where database_name = current_database() and ${among} order by schema_name, table_name, column_index`,
  );
  const views = await session.execute(
    `select schema_name, view_name, json_serialize_sql(regexp_replace(sql, '${viewHead}', ''))
     from duckdb_views() where database_name = current_database() and ${among}`,
  );
  const reads = new Map(views.rows.map(([schema, view, tree]) => [`${schema}.${view}`, tablesOf(String(tree))]));
  const entries = new Map<string, CatalogEntry & { readonly columns: CatalogEntry['columns'][number][] }>();
  for (const [schema, table, column, type] of rows) {
    const key = `${schema}.${table}`;
    const entry = entries.get(key) ?? {
      name: { schema: String(schema), table: String(table) },
      kind: reads.has(key) ? 'view' : 'table',
      columns: [],
      reads: reads.get(key) ?? [],
    };
    entries.set(key, entry);
    entry.columns.push({ name: String(column), type: parseDuckdbType(String(type)) });
  }
  return [...entries.values()];
}

/** `CREATE VIEW marts.orders (id) AS `: what stands before the SELECT in the text that DuckDB keeps of a view. */
const word = '("([^"]|"")*"|[^" .(]+)';
const viewHead = `^CREATE VIEW ${word}(\\.${word})*( \\([^)]*\\))? AS `;

interface TreeNode {
  readonly type?: unknown;
  readonly schema_name?: string;
  readonly table_name?: string;
  readonly cte_map?: { readonly map?: readonly { readonly key: string }[] };
}

/** Tables named anywhere in a serialised statement. A name without a schema may be a CTE's. */
function tablesOf(text: string): readonly QualifiedName[] {
  const found = new Map<string, QualifiedName>();
  const within = new Set<string>();
  JSON.parse(text, (_, value: unknown) => {
    const node = value as TreeNode | null;
    for (const { key } of node?.cte_map?.map ?? []) within.add(key);
    if (node?.type === 'BASE_TABLE' && node.table_name) {
      const schema = node.schema_name || '';
      found.set(`${schema}.${node.table_name}`, { schema, table: node.table_name });
    }
    return value;
  });
  return [...found]
    .filter(([, { schema, table }]) => schema !== '' || !within.has(table))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { schema, table }]) => ({ schema: schema || 'main', table }));
}

/** Bytes are whole blocks of the file; of a table that is not written out yet, or in memory, none are told. */
export async function readDuckdbSize(
  session: Session,
  name: QualifiedName,
): Promise<{ readonly rows?: number; readonly bytes?: number }> {
  const { rows } = await session.execute({
    sql: `select t.estimated_size, s.block_size from duckdb_tables() t, (select block_size from pragma_database_size() where database_name = current_database()) s
          where t.database_name = current_database() and t.schema_name = $1 and t.table_name = $2`,
    parameters: [name.schema, name.table],
  });
  if (rows[0] === undefined) return {};
  const [count, blockSize] = rows[0].map(Number) as [number, number];
  const stored = await session.execute(
    `select count(distinct block_id) from pragma_storage_info(${quoteText(quoteRelation(name))}) where block_id >= 0`,
  );
  const blocks = Number(stored.rows[0]?.[0] ?? 0);
  return { rows: count, ...(blocks === 0 ? {} : { bytes: blocks * blockSize }) };
}

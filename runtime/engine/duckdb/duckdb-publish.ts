import type { QualifiedName } from '../../../compiler/index.ts';
import { EngineError, type Session, type ViewToPublish } from '../engine.ts';
import { quoteName, quoteRelation, quoteText } from '../quote-name.ts';

/** DuckDB itself refuses to replace a table; asking it beforehand would cost a look through its whole catalog for every view. */
function explain(error: unknown, name: QualifiedName, schemas: Schemas): unknown {
  if (!(error instanceof EngineError)) return error;
  if (/^Schema with name .* does not exist/.test(error.message) && schemas.delete(name.schema)) {
    return new EngineError('transient', `the schema \`${name.schema}\` was dropped since it was last seen`);
  }
  if (!/\bof type Table\b/i.test(error.message)) return error;
  return new EngineError(
    'sql',
    `\`${name.schema}.${name.table}\` is a table that is not etalon's: its place is wanted for a view`,
    {
      hint: `rename or drop the table, or give the model another name`,
      cause: error,
    },
  );
}

/** Schemas that are known to be there: asking for one costs as much as making a view. */
export type Schemas = Set<string>;

/** Views of DuckDB are bound when they are read: those that depend on a replaced one simply follow it. Answers with the schemas that are there once the transaction is committed. */
export async function publishDuckdbViews(
  session: Session,
  views: readonly ViewToPublish[],
  schemas: Schemas,
): Promise<readonly string[]> {
  const wanted = [...new Set(views.map(({ view }) => view.schema))];
  for (const schema of wanted)
    if (!schemas.has(schema)) await session.execute(`create schema if not exists ${quoteName(schema)}`);
  for (const { view, over, columns, comment } of views) {
    const kept = comment === undefined ? await findComment(session, view) : comment;
    const select = `select ${columns.map(quoteName).join(', ')} from ${quoteRelation(over)}`;
    try {
      await session.execute(`create or replace view ${quoteRelation(view)} as ${select}`);
    } catch (error) {
      throw explain(error, view, schemas);
    }
    if (kept !== undefined) await session.execute(`comment on view ${quoteRelation(view)} is ${quoteText(kept)}`);
  }
  return wanted;
}

async function findComment(session: Session, view: QualifiedName): Promise<string | undefined> {
  const { rows } = await session.execute({
    sql: 'select comment from duckdb_views() where database_name = current_database() and schema_name = $1 and view_name = $2',
    parameters: [view.schema, view.table],
  });
  const comment = rows[0]?.[0];
  return typeof comment === 'string' ? comment : undefined;
}

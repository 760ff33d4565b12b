import type { QualifiedName } from '../../../compiler/index.ts';
import { EngineError, type Session, type ViewToPublish } from '../engine.ts';
import { quoteName, quoteRelation, quoteText } from '../quote-name.ts';

/** DuckDB itself refuses to replace a table; asking it beforehand would cost a look through its whole catalog for every view. */
function explainTable(error: unknown, name: QualifiedName): unknown {
  if (!(error instanceof EngineError) || !/\bof type Table\b/i.test(error.message)) return error;
  return new EngineError(
    'sql',
    `\`${name.schema}.${name.table}\` is a table that is not etalon's: its place is wanted for a view`,
    {
      hint: `rename or drop the table, or give the model another name`,
      cause: error,
    },
  );
}

/** Views of DuckDB are bound when they are read: those that depend on a replaced one simply follow it. */
export async function publishDuckdbViews(session: Session, views: readonly ViewToPublish[]): Promise<void> {
  for (const { view, over, columns, comment } of views) {
    await session.execute(`create schema if not exists ${quoteName(view.schema)}`);
    const kept = comment === undefined ? await findComment(session, view) : comment;
    const select = `select ${columns.map(quoteName).join(', ')} from ${quoteRelation(over)}`;
    try {
      await session.execute(`create or replace view ${quoteRelation(view)} as ${select}`);
    } catch (error) {
      throw explainTable(error, view);
    }
    if (kept !== undefined) await session.execute(`comment on view ${quoteRelation(view)} is ${quoteText(kept)}`);
  }
}

async function findComment(session: Session, view: QualifiedName): Promise<string | undefined> {
  const { rows } = await session.execute({
    sql: 'select comment from duckdb_views() where database_name = current_database() and schema_name = $1 and view_name = $2',
    parameters: [view.schema, view.table],
  });
  const comment = rows[0]?.[0];
  return typeof comment === 'string' ? comment : undefined;
}

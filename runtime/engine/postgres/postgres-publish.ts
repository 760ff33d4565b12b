import type { QualifiedName } from '../../../compiler/index.ts';
import { EngineError, type QueryResult, type Session, type ViewToPublish } from '../engine.ts';
import { quoteName, quoteRelation, quoteText } from '../quote-name.ts';
import { type CapturedView, captureView, dropViews, findDependents, recreateView } from './captured-view.ts';

/** For the first view that is to change: nothing is held yet that a reader could want. */
const lockTimeout = '3s';

/**
 * For all views after it. A reader whose transaction has read one of them and comes to another that we have already stands in a circle with us. PostgreSQL ends whoever looks
 * after waiting for `deadlock_timeout`, which may be the reader: so we give up before it could, and do the whole work again.
 */
const hurry =
  "select set_config('lock_timeout', cast(cast(extract(epoch from cast(current_setting('deadlock_timeout') as interval)) * 700 as integer) as text), true)";

function formatColumns({ rows }: QueryResult): string[] {
  return rows.map((row) => row.join(' '));
}

/** Name, type and collation of each column: what CREATE OR REPLACE VIEW compares. */
async function readShape(
  session: Session,
  name: QualifiedName,
  columns?: readonly string[],
): Promise<readonly string[]> {
  const shape = await session.execute({
    sql: `select a.attname, a.atttypid, a.atttypmod, a.attcollation from pg_catalog.pg_attribute a
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    parameters: [quoteRelation(name)],
  });
  if (columns === undefined) return formatColumns(shape);
  const byName = new Map(shape.rows.map((row) => [row[0], row.join(' ')]));
  return columns.map((column) => byName.get(column) ?? column);
}

async function findKind(session: Session, name: QualifiedName): Promise<string | undefined> {
  const { rows } = await session.execute({
    sql: 'select relkind from pg_catalog.pg_class where oid = to_regclass($1)',
    parameters: [quoteRelation(name)],
  });
  return rows[0] === undefined ? undefined : String(rows[0][0]);
}

/** CREATE OR REPLACE VIEW may only add columns at the end. */
function mayReplace(before: readonly string[], after: readonly string[]): boolean {
  return before.every((column, index) => column === after[index]);
}

function select({ over, columns }: ViewToPublish): string {
  return `select ${columns.map(quoteName).join(', ')} from ${quoteRelation(over)}`;
}

async function rebuild(session: Session, publication: ViewToPublish): Promise<void> {
  const own = await captureView(session, publication.view);
  const dependents: CapturedView[] = [];
  for (const name of await findDependents(session, publication.view)) dependents.push(await captureView(session, name));
  const [first, ...others] = [...dependents.map(({ name }) => name).reverse(), publication.view];
  await dropViews(session, [first!]);
  if (others.length > 0) await session.execute(hurry);
  await dropViews(session, others);
  await recreateView(session, { ...own, definition: select(publication) }, new Set(publication.columns));
  for (const dependent of dependents) {
    try {
      await recreateView(session, dependent);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind !== 'sql') throw error;
      const name = `${dependent.name.schema}.${dependent.name.table}`;
      throw new EngineError(
        'sql',
        `the view \`${name}\` reads \`${publication.view.schema}.${publication.view.table}\` and does not fit its new columns: ${error.message}`,
        {
          hint: `change or drop \`${name}\`, then run again; nothing was changed`,
        },
      );
    }
  }
}

async function publishView(session: Session, publication: ViewToPublish): Promise<void> {
  const { view, over, columns, comment } = publication;
  const kind = await findKind(session, view);
  if (kind !== undefined && kind !== 'v') {
    throw new EngineError(
      'sql',
      `\`${view.schema}.${view.table}\` is a ${kind === 'm' ? 'materialized view' : 'table'} that is not etalon's: its place is wanted for a view`,
      {
        hint: 'rename or drop it, or give the model another name',
      },
    );
  }
  if (kind === undefined) await session.execute(`create view ${quoteRelation(view)} as ${select(publication)}`);
  else if (mayReplace(await readShape(session, view), await readShape(session, over, columns))) {
    const { options } = await captureView(session, view);
    await session.execute(`create or replace view ${quoteRelation(view)}${options} as ${select(publication)}`);
  } else await rebuild(session, publication);
  if (comment !== undefined) await session.execute(`comment on view ${quoteRelation(view)} is ${quoteText(comment)}`);
}

async function createSchema(session: Session, schema: string): Promise<void> {
  // IF NOT EXISTS asks for the right to create even where the schema is there already.
  const { rows } = await session.execute({
    sql: 'select 1 from pg_catalog.pg_namespace where nspname = $1',
    parameters: [schema],
  });
  if (rows.length === 0) await session.execute(`create schema if not exists ${quoteName(schema)}`);
}

/**
 * Every name is qualified while we look: `pg_get_viewdef` leaves out what the search path finds. A reader that holds a view blocks us, and all readers
 * after us wait as long as we do: hence the short timeout, and the retry of the whole transaction. Another run that publishes is waited for as long as it takes: nobody else waits with us.
 */
export async function publishPostgresViews(session: Session, views: readonly ViewToPublish[]): Promise<void> {
  const before = await session.execute("select current_setting('search_path'), current_setting('lock_timeout')");
  const [path, timeout] = before.rows[0]!.map(String) as [string, string];
  await session.execute("set local search_path = ''; set local lock_timeout = 0");
  for (const schema of [...new Set(views.map(({ view }) => view.schema))].sort()) {
    await session.execute({
      sql: "select pg_advisory_xact_lock(hashtext('etalon publish'), hashtext($1))",
      parameters: [schema],
    });
    await createSchema(session, schema);
  }
  await session.execute(`set local lock_timeout = '${lockTimeout}'`);
  for (const [index, view] of views.entries()) {
    if (index > 0) await session.execute(hurry);
    await publishView(session, view);
  }
  await session.execute({
    sql: "select set_config('search_path', $1, true), set_config('lock_timeout', $2, true)",
    parameters: [path, timeout],
  });
}

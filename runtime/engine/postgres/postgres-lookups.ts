import type { Lookup, QualifiedName } from '../../../compiler/index.ts';
import type { Engine, Session } from '../engine.ts';
import { quoteName, quoteRelation } from '../quote-name.ts';

interface Column {
  readonly name: string;
  /** Values have all one length, or a short one: a B-tree cannot take a text of some thousand letters, and a hash can. */
  readonly isShort: boolean;
  readonly isComparable: boolean;
  /** As `pg_stats` has it: below 0 it is a share of the rows; undefined: nothing is known. */
  readonly distinct: number | undefined;
  /** How far rows lie in the order of its values, from -1 to 1. */
  readonly correlation: number | undefined;
}

/** Of fewer different values each is so frequent that the whole table is read sooner. */
const fewestValues = 50;
/** From here on neighbours in the table are neighbours in value, and a BRIN index tells where they lie at a thousandth of the size. */
const inOrder = 0.9;

/**
 * Indexes for looking up rows, as the statistics of the table advise; those that are there already stay. For ranges a BRIN where the rows lie in that order, else a B-tree; for keys a
 * B-tree, or a hash of the column that tells most apart where values may be long. For a table that the transaction of `session` alone writes.
 */
export async function indexLookups(session: Session, table: QualifiedName, lookups: readonly Lookup[]): Promise<void> {
  for (const index of await findMissing(session, table, lookups)) {
    const storage = index.startsWith('brin') ? ' with (pages_per_range = 32, autosummarize = on)' : '';
    await session.execute(`create index on ${quoteRelation(table)} using ${index}${storage}`);
  }
}

/** The same of a table that others may look up, too: an index has no name by which a second one would be refused, so that they come one after another. */
export async function indexShared(engine: Engine, table: QualifiedName, lookups: readonly Lookup[]): Promise<void> {
  if ((await findMissing(engine, table, lookups)).length === 0) return;
  await engine.transaction(async (session) => {
    // What a transaction sees begins with its first query, and a lock is none.
    await session.execute(`lock table ${quoteRelation(table)} in share update exclusive mode`);
    await indexLookups(session, table, lookups);
  });
}

async function findMissing(
  session: Session,
  table: QualifiedName,
  lookups: readonly Lookup[],
): Promise<readonly string[]> {
  if (lookups.length === 0) return [];
  const columns = await readColumns(session, table);
  const known = await readIndexes(session, table);
  const missing: string[] = [];
  // One by several columns serves who looks for the first of them alone.
  for (const lookup of lookups.toSorted((a, b) => b.columns.length - a.columns.length)) {
    const index = indexFor(lookup, columns);
    if (index === undefined || [...known, ...missing].some((one) => serves(one, index))) continue;
    missing.push(index);
  }
  return missing;
}

/** Is an index of one definition as good as one of another? */
function serves(one: string, index: string): boolean {
  return one === index || (index.startsWith('btree') && one.startsWith(`${index.slice(0, -1)}, `));
}

/** `btree ("user_id")`; undefined where none would help. */
function indexFor({ kind, columns }: Lookup, known: ReadonlyMap<string, Column>): string | undefined {
  const found = columns.flatMap((name) => known.get(name) ?? []).filter(({ isComparable }) => isComparable);
  const [first] = found;
  if (first === undefined || found.length < columns.length) return undefined;
  const list = (of: readonly Column[]) => `(${of.map(({ name }) => quoteName(name)).join(', ')})`;
  if (kind === 'range') return `${Math.abs(first.correlation ?? 1) >= inOrder ? 'brin' : 'btree'} ${list([first])}`;
  if (found.length > 1 && found.every(({ isShort }) => isShort)) return `btree ${list(found)}`;
  const best = found.reduce((a, b) => (tellsApart(b) > tellsApart(a) ? b : a));
  if (tellsApart(best) < fewestValues) return undefined;
  return `${best.isShort ? 'btree' : 'hash'} ${list([best])}`;
}

/** A share of the rows is more than any number that the statistics would name. */
function tellsApart({ distinct }: Column): number {
  if (distinct === undefined) return fewestValues;
  return distinct < 0 ? 1e15 * -distinct : distinct;
}

async function readColumns(session: Session, table: QualifiedName): Promise<ReadonlyMap<string, Column>> {
  const { rows } = await session.execute({
    sql: `select a.attname, t.typlen > 0 or t.typname = 'numeric', exists (select 1 from pg_catalog.pg_opclass o join pg_catalog.pg_am m on m.oid = o.opcmethod where m.amname = 'btree' and o.opcdefault and o.opcintype in (t.oid, t.typbasetype) or t.typname in ('varchar', 'bpchar')),
s.n_distinct, s.correlation
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
where n.nspname = $1 and c.relname = $2`,
    parameters: [table.schema, table.table],
  });
  const numberOf = (value: unknown) => (value === null || value === undefined ? undefined : Number(value));
  return new Map(
    rows.map(([name, isShort, isComparable, distinct, correlation]) => [
      String(name),
      {
        name: String(name),
        isShort: isShort === true,
        isComparable: isComparable === true,
        distinct: numberOf(distinct),
        correlation: numberOf(correlation),
      },
    ]),
  );
}

/** Each as `indexFor` writes it. */
async function readIndexes(session: Session, table: QualifiedName): Promise<Set<string>> {
  const { rows } = await session.execute({
    sql: `select m.amname, (select string_agg('"' || replace(a.attname, '"', '""') || '"', ', ' order by k.place) from unnest(i.indkey::int2[]) with ordinality as k(number, place) join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number)
from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid join pg_catalog.pg_am m on m.oid = x.relam
join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2 and i.indpred is null and i.indexprs is null`,
    parameters: [table.schema, table.table],
  });
  return new Set(rows.map(([method, columns]) => `${method} (${columns})`));
}

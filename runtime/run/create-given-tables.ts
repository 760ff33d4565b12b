import {
  type ColumnType,
  canonicalType,
  type DialectName,
  type ExampleValue,
  type GivenTable,
  type Manifest,
  type ManifestColumn,
  type ManifestModel,
  type NameResolver,
  parseType,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  quoteLiteral,
  renderSql,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { cutName } from './target-names.ts';

export interface GivenWorld {
  /** From a model to its table in the scratch schema. */
  readonly names: NameResolver;
  /** Models that have a table, upstream first. */
  readonly models: readonly string[];
}

export interface GivenRequest {
  readonly manifest: Manifest;
  readonly dialect: DialectName;
  readonly given: readonly GivenTable[];
  /** Models that will be read; what they read in turn is found here. */
  readonly needed: readonly string[];
  /** A schema of its own: made here, and dropped by whoever asked (or rolled back with the transaction). */
  readonly schema: string;
  /** `{{run_at}}` in a model's body. */
  readonly runAt?: string;
}

/**
 * The world of an example: a table for each model given, with its rows; a model with `from:` that is not given is built from what is given upstream; any other is empty.
 * A column that a row leaves out is null.
 */
export async function createGivenTables(session: Session, request: GivenRequest): Promise<GivenWorld> {
  const models = new Map(request.manifest.models.map((model) => [model.name, model]));
  const given = new Map(request.given.map((table) => [table.model, table]));
  const order = orderNeeded(models, given, [...given.keys(), ...request.needed]);
  const names: NameResolver = (model) => ({ schema: request.schema, table: cutName(model.replace('.', '__')) });
  await session.execute(`create schema ${quoteIdentifier(request.schema)}`);
  for (const name of order) {
    const model = models.get(name)!;
    const table = given.get(name);
    const body = table === undefined && isBuilt(model) ? model.sql! : rowsSelect(model, table);
    await createTable(session, request, names(name), body, names);
  }
  return { names, models: order };
}

function isBuilt(model: ManifestModel): boolean {
  return model.form === 'declarative' && model.sql !== undefined;
}

/** Upstream first; only what is built from something reaches further up. */
function orderNeeded(
  models: ReadonlyMap<string, ManifestModel>,
  given: ReadonlyMap<string, GivenTable>,
  wanted: readonly string[],
): readonly string[] {
  const order = new Set<string>();
  const visit = (name: string): void => {
    const model = models.get(name);
    if (model === undefined || order.has(name)) return;
    if (!given.has(name) && isBuilt(model)) for (const input of model.reads) visit(input);
    order.add(name);
  };
  for (const name of [...new Set(wanted)].sort()) visit(name);
  return [...order];
}

async function createTable(
  session: Session,
  request: GivenRequest,
  table: QualifiedName,
  select: string,
  names: NameResolver,
): Promise<void> {
  const options = request.runAt === undefined ? {} : { runAt: request.runAt };
  await session.execute(`create table ${qualify(table)} as ${renderSql(select, request.dialect, names, options)}`);
}

/** The rows as one SELECT of typed literals; none of them still has columns and types. */
function rowsSelect(model: ManifestModel, table: GivenTable | undefined): string {
  const columns = model.columns.map((column) => ({ name: column.name, type: typeOf(column) }));
  const empty = columns.map(({ name, type }) => `cast(null as ${canonicalType(type)}) as ${quoteIdentifier(name)}`);
  const rows = (table?.rows ?? []).map(({ cells }) => {
    const values = columns.map(({ name, type }) => literal(cells[name] ?? null, type));
    return `select ${values.join(', ')}`;
  });
  const none = `select ${empty.join(', ')} where false`;
  return [none, ...rows].join(' union all ');
}

function typeOf(column: ManifestColumn): ColumnType {
  return parseType(column.type ?? 'text') ?? { name: 'text' };
}

function literal(value: ExampleValue, type: ColumnType): string {
  const plain = value !== null && typeof value === 'object' ? value.number : value;
  return quoteLiteral(plain, type);
}

import type { Node } from '../expression/ast.ts';
import { functionName } from '../expression/ast.ts';
import type { ShapeColumn } from '../expression/contract.ts';
import { inferTypes } from '../expression/infer-select.ts';
import { parseStatements } from '../expression/parser.ts';
import { mapAst } from '../expression/walk-ast.ts';
import { writeSql } from '../expression/write-sql.ts';
import type { DialectName, NameResolver } from './contract.ts';
import { rewriteForDuckdb } from './duckdb.ts';
import { castTo, textConstant } from './fragment.ts';
import { rewriteForPostgres } from './postgres.ts';
import type { TypeOf } from './rewrite.ts';

export interface RenderOptions {
  /** What `etalon_run_at()` stands for: `2025-03-01 04:00:00.000000+00`. */
  readonly runAt?: string;
  /** What `etalon_complete_through()` stands for: the instant before which the data that is tested is complete; the run's where nothing is told. */
  readonly completeThrough?: string;
  /** Columns of the models read. Some rewrites go by type: without shapes they know constants, casts and functions only. */
  readonly shapeOf?: (model: string) => readonly ShapeColumn[] | undefined;
}

type Rewrite = (node: Node, original: Node, typeOf: TypeOf) => Node;

/** A dialect states only its differences from canonical SQL. */
const rewrites: Readonly<Record<DialectName, Rewrite>> = { duckdb: rewriteForDuckdb, postgres: rewriteForPostgres };

/**
 * Canonical PostgreSQL over logical names as an engine's SQL over its relations.
 *
 * @example
 * renderSql('SELECT sum(amount) / count(*) AS aov FROM marts.orders', 'duckdb', () => ({ schema: 'marts', table: 'orders' }))
 */
export function renderSql(
  canonicalSql: string,
  dialect: DialectName,
  names: NameResolver,
  options: RenderOptions = {},
): string {
  const parsed = parseStatements(canonicalSql);
  if (!parsed.ok) throw new Error(`canonical SQL does not parse: ${parsed.message} (at ${parsed.at})\n${canonicalSql}`);
  const [statement] = parsed.statements;
  if (!statement || parsed.statements.length > 1) throw new Error('canonical SQL is one statement');
  const types = inferTypes(statement, options.shapeOf ?? (() => undefined));
  const typeOf: TypeOf = (node) => (node ? types.get(node) : undefined);
  const rewrite = rewrites[dialect];
  return writeSql(
    mapAst(statement, (node, original) => {
      if ('RangeVar' in node) return resolveTable(node, names);
      if ('ColumnRef' in node) return withoutLayer(node);
      if ('FuncCall' in node && functionName(node.FuncCall) === 'etalon_run_at') return runInstant(options.runAt);
      if ('FuncCall' in node && functionName(node.FuncCall) === 'etalon_complete_through')
        return runInstant(options.completeThrough ?? options.runAt);
      return rewrite(node, original, typeOf);
    }),
  );
}

/** The alias keeps `orders.amount` in force whatever the relation is called. */
function resolveTable(node: Extract<Node, { RangeVar: unknown }>, names: NameResolver): Node {
  const table = node.RangeVar;
  if (table.schemaname === undefined) return node;
  const name = names(`${table.schemaname}.${table.relname}`);
  return {
    RangeVar: {
      ...table,
      schemaname: name.schema,
      relname: name.table,
      alias: table.alias ?? { aliasname: table.relname ?? '' },
    },
  };
}

/** `marts.orders.amount` is `orders.amount`: the relation may stand in another schema. */
function withoutLayer(node: Extract<Node, { ColumnRef: unknown }>): Node {
  const { fields = [] } = node.ColumnRef;
  return fields.length > 2 ? { ColumnRef: { ...node.ColumnRef, fields: fields.slice(-2) } } : node;
}

function runInstant(runAt: string | undefined): Node {
  if (runAt === undefined) throw new Error('the query reads the clock of a run, and no run has given it');
  return castTo(textConstant(runAt), { names: [{ String: { sval: 'timestamptz' } }], typemod: -1 });
}

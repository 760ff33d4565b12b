import type { Node } from '../expression/ast.ts';
import { nameParts } from '../expression/ast.ts';
import { parseStatements } from '../expression/parser.ts';
import { mapAst } from '../expression/walk-ast.ts';
import { writeSql } from '../expression/write-sql.ts';
import { call, constant, floatConstant, operator } from './build-ast.ts';
import type { DialectName, NameResolver } from './contract.ts';

export interface RenderOptions {
  /** What `etalon_run_at()` stands for: `2025-03-01 04:00:00.000000+00`. */
  readonly runAt?: string;
}

/**
 * Canonical PostgreSQL over logical names as an engine's SQL over its relations.
 *
 * @example
 * renderSql('SELECT sum(amount) / count(*) AS aov FROM marts.orders', 'duckdb', (model) => ({ schema: 'marts', table: 'orders' }))
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
  return writeSql(mapAst(statement, (node) => rewrite(node, dialect, names, options)));
}

function rewrite(node: Node, dialect: DialectName, names: NameResolver, options: RenderOptions): Node {
  if ('RangeVar' in node) return resolveTable(node, names);
  if ('A_Expr' in node && nameParts(node.A_Expr.name).join('') === '/') return safeDivision(node, dialect);
  if ('FuncCall' in node && nameParts(node.FuncCall.funcname).join('') === 'etalon_run_at') {
    if (options.runAt === undefined) throw new Error('the query reads `{{run_at}}` and the run has given no instant');
    return {
      TypeCast: {
        arg: constant(options.runAt),
        typeName: { names: [{ String: { sval: 'timestamptz' } }], typemod: -1 },
      },
    };
  }
  return node;
}

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

/**
 * Division is never integer division and by zero gives null. `x * 1.0` makes a numeric of PostgreSQL's integers and leaves numerics, doubles and intervals what they
 * are; DuckDB's `/` is never integer division.
 */
function safeDivision(node: Extract<Node, { A_Expr: unknown }>, dialect: DialectName): Node {
  const { lexpr, rexpr } = node.A_Expr;
  if (!lexpr || !rexpr) return node;
  const left = dialect === 'postgres' ? operator('*', lexpr, floatConstant('1.0')) : lexpr;
  return operator('/', left, call('nullif', [rexpr, constant(0)]));
}

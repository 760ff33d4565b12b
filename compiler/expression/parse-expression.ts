import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { Node } from './ast.ts';
import { nameParts, selectOf } from './ast.ts';
import { checkSql } from './check-sql.ts';
import { collectTables } from './collect-tables.ts';
import type { ColumnReference, ParsedExpression } from './contract.ts';
import { hasAggregate } from './has-aggregate.ts';
import { written } from './parse-select.ts';
import { parseStatements } from './parser.ts';
import { syntaxDiagnostic } from './syntax-diagnostic.ts';
import { spanInText, tokenEnd } from './text-position.ts';
import { walkAst } from './walk-ast.ts';
import { writeExpression } from './write-sql.ts';

export interface ExpressionOutcome {
  readonly expression?: ParsedExpression;
  readonly diagnostics: readonly Diagnostic[];
}

const lead = 'SELECT ';

/**
 * Parses one expression. With a diagnostic of severity error there is no `expression`.
 *
 * @example
 * parseExpression({ text: "sum(amount) filter (where status = 'paid')", span })
 */
export function parseExpression(text: SqlText): ExpressionOutcome {
  if (text.text.trim() === '') return { diagnostics: [syntaxDiagnostic(text, 'the expression is empty', 0)] };
  const parsed = parseStatements(lead + text.text, lead.length);
  if (!parsed.ok) return { diagnostics: [syntaxDiagnostic(text, parsed.message, parsed.at)] };
  const outcome = oneExpression(parsed.statements);
  if (typeof outcome === 'string') {
    return {
      diagnostics: [
        diagnostic('E1401', `${outcome}, where one expression is expected`, {
          span: spanInText(text, 0, text.text.length),
          hints: ['an expression is what may stand after `select`, once: no `from`, no `as`, no comma'],
        }),
      ],
    };
  }
  const { tables, diagnostics: unknownTables } = collectTables(outcome, text);
  const diagnostics = [...unknownTables, ...checkSql(outcome, text)];
  if (hasErrors(diagnostics)) return { diagnostics };
  const canonical = written(() => writeExpression(outcome), text);
  if (typeof canonical !== 'string') return { diagnostics: [...diagnostics, canonical] };
  const expression: ParsedExpression = {
    kind: 'expression',
    ast: outcome,
    text,
    tables,
    columns: columnsOutsideSubqueries(outcome, text),
    aggregate: hasAggregate(outcome),
    canonical,
  };
  return { expression, diagnostics };
}

function oneExpression(statements: readonly Node[]): Node | string {
  const statement = statements[0]!;
  if (statements.length > 1) return `${statements.length} statements`;
  if (!('SelectStmt' in statement)) return 'another statement';
  const { targetList = [], limitOption: _limit, op, ...clauses } = selectOf(statement);
  if (op !== undefined && op !== 'SETOP_NONE') return 'a set operation';
  const more = Object.keys(clauses);
  if (more.length > 0) return `a clause of a query (\`${clauseWords[more[0]!] ?? more[0]}\`)`;
  if (targetList.length !== 1) return `${targetList.length} expressions`;
  const target = targetList[0]!;
  if (!('ResTarget' in target) || !target.ResTarget.val) return 'nothing';
  if (target.ResTarget.name !== undefined) return `a name for the column (\`as ${target.ResTarget.name}\`)`;
  const value = target.ResTarget.val;
  if ('ColumnRef' in value && value.ColumnRef.fields?.some((field) => 'A_Star' in field)) return '`*`';
  return value;
}

const clauseWords: Readonly<Record<string, string>> = {
  fromClause: 'from',
  whereClause: 'where',
  groupClause: 'group by',
  havingClause: 'having',
  sortClause: 'order by',
  limitCount: 'limit',
  limitOffset: 'offset',
  intoClause: 'into',
  lockingClause: 'for update',
  windowClause: 'window',
  distinctClause: 'distinct',
  withClause: 'with',
};

function columnsOutsideSubqueries(root: Node, text: SqlText): ColumnReference[] {
  const columns: ColumnReference[] = [];
  walkAst(root, (node) => {
    if ('SelectStmt' in node) return false;
    if ('ColumnRef' in node) {
      const start = node.ColumnRef.location ?? 0;
      columns.push({
        path: nameParts(node.ColumnRef.fields),
        span: spanInText(text, start, tokenEnd(text.text, start)),
      });
    }
    return true;
  });
  return columns;
}

import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { Node, SelectStmt } from './ast.ts';
import { functionName, nodeKind } from './ast.ts';
import { checkSql } from './check-sql.ts';
import { collectTables } from './collect-tables.ts';
import type { ParsedSelect } from './contract.ts';
import { parseStatements } from './parser.ts';
import { syntaxDiagnostic } from './syntax-diagnostic.ts';
import { spanInText, tokenEnd } from './text-position.ts';
import { walkAst } from './walk-ast.ts';
import { writeSql } from './write-sql.ts';
import { UnsupportedSqlError } from './writer.ts';

export interface SelectOutcome {
  readonly select?: ParsedSelect;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses exactly one SELECT over tables named `layer.model`. With a diagnostic of severity error there is no `select`.
 *
 * @example
 * parseSelect({ text: 'select country, count(*) as users from clean.users group by country', span })
 */
export function parseSelect(text: SqlText): SelectOutcome {
  const parsed = parseStatements(text.text);
  if (!parsed.ok) return { diagnostics: [syntaxDiagnostic(text, parsed.message, parsed.at)] };
  const wrong = findOtherThanSelect(parsed.statements, text);
  if (wrong) return { diagnostics: [wrong] };
  const ast = parsed.statements[0]!;
  const { tables, diagnostics: unknownTables } = collectTables(ast, text);
  const diagnostics = [...unknownTables, ...checkSql(ast, text), ...findPicks(ast, text)];
  if (hasErrors(diagnostics)) return { diagnostics };
  const canonical = written(() => writeSql(ast), text);
  if (typeof canonical !== 'string') return { diagnostics: [...diagnostics, canonical] };
  return { select: { kind: 'select', ast, text, tables, canonical }, diagnostics };
}

/** `first` and `last` go by a metric's time and key, which a query has not. */
function findPicks(ast: Node, text: SqlText): Diagnostic[] {
  const found: Diagnostic[] = [];
  walkAst(ast, (node) => {
    if ('FuncCall' in node && /^(first|last)$/.test(functionName(node.FuncCall))) {
      const start = node.FuncCall.location ?? 0;
      const name = functionName(node.FuncCall);
      const hints = [`\`(array_agg(x order by t))[1]\`, or \`${name}_value(x) over (order by t)\``];
      found.push(
        diagnostic('E1408', `\`${name}\` is for metrics, which have a time to go by`, {
          span: spanInText(text, start, tokenEnd(text.text, start)),
          hints,
        }),
      );
    }
    return true;
  });
  return found;
}

/** The canonical text, or what stands in the way of one. */
export function written(write: () => string, text: SqlText): string | Diagnostic {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof UnsupportedSqlError)) throw error;
    const start = error.at ?? 0;
    const span = spanInText(text, start, error.at === undefined ? text.text.length : tokenEnd(text.text, start));
    return diagnostic('E1408', `${error.what} is not known to give the same on every engine`, {
      span,
      hints: ['write it by other means of PostgreSQL; docs/sql.md says what every engine computes alike'],
    });
  }
}

const statementWords: Readonly<Record<string, string>> = {
  InsertStmt: 'an INSERT',
  UpdateStmt: 'an UPDATE',
  DeleteStmt: 'a DELETE',
  MergeStmt: 'a MERGE',
  CreateStmt: 'a CREATE TABLE',
  CreateTableAsStmt: 'a CREATE TABLE AS',
  ViewStmt: 'a CREATE VIEW',
  DropStmt: 'a DROP',
  CopyStmt: 'a COPY',
  TransactionStmt: 'a transaction command',
  VariableSetStmt: 'a SET',
  ExplainStmt: 'an EXPLAIN',
};

const oneSelect = 'the query says which rows there are; Etalon writes them, creates and replaces the table';

function findOtherThanSelect(statements: readonly Node[], text: SqlText): Diagnostic | undefined {
  const whole = spanInText(text, 0, text.text.length);
  if (statements.length > 1) {
    return diagnostic('E1402', `${statements.length} statements, where one SELECT is expected`, {
      span: whole,
      hints: ['steps of one query are written as `with name as (…)`'],
    });
  }
  const statement = statements[0]!;
  const kind = nodeKind(statement);
  if (kind !== 'SelectStmt') {
    return diagnostic('E1402', `${statementWords[kind] ?? 'another statement'}, where one SELECT is expected`, {
      span: whole,
      hints: [oneSelect],
    });
  }
  let wrong: Diagnostic | undefined;
  const inspect = (select: SelectStmt): void => {
    if (select.intoClause)
      wrong ??= diagnostic('E1402', '`select into` writes a table, where one SELECT is expected', {
        span: whole,
        hints: [oneSelect],
      });
    if (select.lockingClause)
      wrong ??= diagnostic('E1402', '`for update` locks rows, where one SELECT is expected', {
        span: whole,
        hints: [oneSelect],
      });
    if (select.larg) inspect(select.larg);
    if (select.rarg) inspect(select.rarg);
  };
  walkAst(statement, (node) => {
    const inner = nodeKind(node);
    if ('SelectStmt' in node) inspect(node.SelectStmt);
    else if (inner in statementWords)
      wrong ??= diagnostic('E1402', `${statementWords[inner]} inside the query, where one SELECT is expected`, {
        span: whole,
        hints: [oneSelect],
      });
    return true;
  });
  return wrong;
}

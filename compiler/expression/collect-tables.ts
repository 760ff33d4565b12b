import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { SqlText } from '../source/source-file.ts';
import type { RangeVar, SelectStmt } from './ast.ts';
import type { TableReference } from './contract.ts';
import { spanInText, tokenEnd } from './text-position.ts';
import { walkAst } from './walk-ast.ts';

const layers = ['raw', 'clean', 'marts'];

/** Every table of a query that is not one of its own CTEs; a name that is no `layer.model` is reported. */
export function collectTables(root: unknown, text: SqlText): { tables: TableReference[]; diagnostics: Diagnostic[] } {
  const tables: TableReference[] = [];
  const diagnostics: Diagnostic[] = [];
  const visit = (part: unknown, scope: ReadonlySet<string>): void =>
    walkAst(part, (node) => {
      if ('RangeVar' in node) addTable(node.RangeVar, scope, text, tables, diagnostics);
      if (!('SelectStmt' in node)) return true;
      visitSelect(node.SelectStmt, scope, visit);
      return false;
    });
  visit(root, new Set());
  return { tables, diagnostics };
}

function visitSelect(
  select: SelectStmt,
  outer: ReadonlySet<string>,
  visit: (part: unknown, scope: ReadonlySet<string>) => void,
): void {
  const scope = new Set(outer);
  const { withClause, larg, rarg, ...rest } = select;
  for (const cte of withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in cte)) continue;
    const name = cte.CommonTableExpr.ctename ?? '';
    if (withClause?.recursive) scope.add(name);
    visit(cte.CommonTableExpr.ctequery, scope);
    scope.add(name);
  }
  if (larg) visitSelect(larg, scope, visit);
  if (rarg) visitSelect(rarg, scope, visit);
  visit(rest, scope);
}

function addTable(
  table: RangeVar,
  scope: ReadonlySet<string>,
  text: SqlText,
  tables: TableReference[],
  diagnostics: Diagnostic[],
): void {
  const name = table.relname ?? '';
  const layer = table.schemaname;
  if (layer === undefined && scope.has(name)) return;
  const start = table.location ?? 0;
  const span = spanInText(text, start, tokenEnd(text.text, start));
  if (layer !== undefined && layers.includes(layer) && table.catalogname === undefined) {
    tables.push({ model: `${layer}.${name}`, alias: table.alias?.aliasname ?? name, span });
    return;
  }
  const written = [table.catalogname, layer, name].filter((part) => part !== undefined).join('.');
  const hints =
    layer === undefined
      ? [
          ...suggestNames(name, scope, 0).filter((hint) => hint.startsWith('did')),
          `a table is named with its layer: \`raw.${name}\`, \`clean.${name}\` or \`marts.${name}\``,
        ]
      : ['a table is named `layer.model`, and the layers are `raw`, `clean` and `marts`'];
  diagnostics.push(diagnostic('E1404', `unknown table \`${written}\``, { span, hints }));
}

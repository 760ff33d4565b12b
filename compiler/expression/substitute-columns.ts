import type { Node } from './ast.ts';
import { nameParts } from './ast.ts';
import type { ParsedExpression } from './contract.ts';
import { parseFragment } from './parse-fragment.ts';
import { mapAst } from './walk-ast.ts';
import { writeExpression } from './write-sql.ts';

/**
 * The expression with columns replaced by other expressions (canonical text), in parentheses where they are needed. Undefined keeps a column as it is. Columns inside subqueries
 * are kept: they belong to the tables there.
 *
 * @example
 * substituteColumns(parse('a * 2'), () => 'x + y') // '(x + y) * 2'
 */
export function substituteColumns(
  expression: ParsedExpression,
  replacement: (path: readonly string[]) => string | undefined,
): string {
  const trees = new Map<string, Node>();
  const replaced = mapAst(
    expression.ast as Node,
    (node) => {
      if (!('ColumnRef' in node)) return node;
      const text = replacement(nameParts(node.ColumnRef.fields));
      if (text === undefined) return node;
      const tree = trees.get(text) ?? parseFragment(text);
      trees.set(text, tree);
      return tree;
    },
    (node) => 'SelectStmt' in node,
  );
  return writeExpression(replaced);
}

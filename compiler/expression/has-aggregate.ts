import { functionName } from './ast.ts';
import { aggregateNames } from './function-table.ts';
import { walkAst } from './walk-ast.ts';

/** An aggregate with OVER is a window function: it does not group. */
export function hasAggregate(root: unknown): boolean {
  let found = false;
  walkAst(root, (node) => {
    if ('SelectStmt' in node) return false;
    if ('FuncCall' in node && !node.FuncCall.over && aggregateNames.has(functionName(node.FuncCall))) found = true;
    return !found;
  });
  return found;
}

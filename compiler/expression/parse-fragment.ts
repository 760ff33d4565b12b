import type { Node } from './ast.ts';
import { selectOf } from './ast.ts';
import { parseStatements } from './parser.ts';

/** The tree of an expression that the compiler itself has put together, or taken from something parsed. */
export function parseFragment(sql: string): Node {
  const parsed = parseStatements(`SELECT ${sql}`);
  const target = parsed.ok && parsed.statements.length === 1 ? selectOf(parsed.statements[0]).targetList : undefined;
  const [only] = target ?? [];
  if (target?.length !== 1 || !only || !('ResTarget' in only) || !only.ResTarget.val) {
    throw new Error(`not one expression: ${sql}${parsed.ok ? '' : ` (${parsed.message})`}`);
  }
  return only.ResTarget.val;
}

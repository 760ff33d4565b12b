import type { Node } from './ast.ts';
import type { Inference } from './inference.ts';
import { report } from './inference.ts';
import type { SqlType } from './sql-type.ts';
import { describeType, typeClass } from './sql-type.ts';

const numeral = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i;
const truth = /^\s*(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)\s*$/i;

/**
 * A quoted constant takes the type of what it is compared or reckoned with. One that cannot be read as that type would fail when the query is run, on every engine.
 */
export function checkLiterals(
  nodes: readonly (Node | undefined)[],
  types: readonly (SqlType | undefined)[],
  inference: Inference,
): void {
  const other = types.find((type) => typeClass(type) === 'number' || typeClass(type) === 'boolean');
  if (!other) return;
  const readable = typeClass(other) === 'number' ? numeral : truth;
  for (const node of nodes) {
    if (!node || !('A_Const' in node) || !node.A_Const.sval) continue;
    const text = node.A_Const.sval.sval ?? '';
    if (readable.test(text) || (typeClass(other) === 'number' && /^\s*(nan|[-+]?inf(inity)?)\s*$/i.test(text)))
      continue;
    report(
      inference,
      'E1407',
      node.A_Const.location,
      `\`'${text}'\` stands with ${describeType(other)}, which it is not`,
      [`write the value without quotes, or make the other side text: \`::text\``],
    );
  }
}

import type { Node } from './ast.ts';
import type { Inference } from './inference.ts';
import { report } from './inference.ts';
import { clockHint, instantHint, isClockText, isInstantText } from './instant-text.ts';
import type { SqlType } from './sql-type.ts';
import { describeType, type TypeClass, typeClass } from './sql-type.ts';

const numeral = /^\s*([-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf(inity)?)\s*$/i;
const truth = /^\s*(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)\s*$/i;
const unquoted = 'write the value without quotes, or make the other side text: `::text`';

const readers: Readonly<
  Partial<Record<TypeClass, { readonly reads: (text: string) => boolean; readonly hint: string }>>
> = {
  number: { reads: (text) => numeral.test(text), hint: unquoted },
  boolean: { reads: (text) => truth.test(text), hint: unquoted },
  time: { reads: isInstantText, hint: instantHint },
};

/** A quoted constant takes the type of what it is reckoned with. A length of time stands with a time, too: `paid_at - '1 day'`. */
export function checkReckoned(
  nodes: readonly (Node | undefined)[],
  types: readonly (SqlType | undefined)[],
  inference: Inference,
): void {
  if (!types.some((type) => typeClass(type) === 'time')) checkLiterals(nodes, types, inference);
}

/**
 * A quoted constant takes the type of what it is compared with. One that cannot be read as that type would fail when the query is run, on every engine or on one of them.
 */
export function checkLiterals(
  nodes: readonly (Node | undefined)[],
  types: readonly (SqlType | undefined)[],
  inference: Inference,
): void {
  const other = types.find((type) => readers[typeClass(type) ?? 'text'] !== undefined);
  const reader = other && readers[typeClass(other)!];
  if (!reader) return;
  for (const node of nodes) {
    if (!node || !('A_Const' in node) || !node.A_Const.sval) continue;
    const text = node.A_Const.sval.sval ?? '';
    const at = node.A_Const.location;
    if (reader.reads(text)) continue;
    if (typeClass(other) === 'time' && isClockText(text))
      report(inference, 'E1403', at, `\`'${text}'\` reads the clock`, [clockHint]);
    else
      report(inference, 'E1407', at, `\`'${text}'\` stands with ${describeType(other)}, which it is not`, [
        reader.hint,
      ]);
  }
}

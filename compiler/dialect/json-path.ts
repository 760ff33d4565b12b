import type { Node } from '../expression/ast.ts';
import { UnsupportedSqlError } from '../expression/writer.ts';
import { textConstant } from './fragment.ts';

/** `$."a"[0]` for the steps `a`, `0`: DuckDB's path for PostgreSQL's `#>>'{a,0}'`. */
export function jsonPath(steps: readonly (string | undefined)[], at?: number): Node {
  const parts = steps.map((step) => {
    if (step === undefined || /["\\]/.test(step))
      throw new UnsupportedSqlError('a JSON path that is not written out, or has quotes in it,', at);
    return /^\d+$/.test(step) ? `[${step}]` : `."${step}"`;
  });
  return textConstant(`$${parts.join('')}`);
}

/** The steps of `{a,b,0}`; undefined where it is no such list. */
export function pathSteps(text: string | undefined): string[] | undefined {
  const inside = text === undefined ? undefined : /^\{(.*)\}$/.exec(text)?.[1];
  return inside === undefined ? undefined : inside.split(',').map((step) => step.trim().replace(/^"(.*)"$/, '$1'));
}

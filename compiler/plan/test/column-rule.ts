import type { ColumnTest } from '../../definition/data-test.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { canonicalType } from '../canonical-type.ts';
import { identifier as id, textLiteral, valueLiteral } from '../sql-text.ts';
import { referencesColumn } from './references.ts';
import { percent, readWhere, type TestBody, type TestContext } from './test-plan.ts';
import { uniqueBody } from './unique.ts';

/** A rule for the values of a column. */
export function planColumnTest(
  test: ColumnTest,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const model = context.models.get(test.model);
  const column = model?.columns.find((c) => c.name === test.column);
  if (!model || !column) return undefined; // said where the column is declared
  const c = id(test.column);
  const where = readWhere(test, model, context, diagnostics);
  const row = (words: string, fails: string): TestBody => ({
    words,
    check: { mode: 'row', fails, ...(where ? { where } : {}) },
  });
  const name = `\`${test.column}\``;
  const rule = test.test;
  switch (rule.rule) {
    case 'not_null':
      return row(`${name} is never null`, `${c} is null`);
    case 'null_share':
      return row(`${name} is null in at most ${percent(rule.share)} of the rows`, `${c} is null`);
    case 'accepted':
      return row(
        `${name} is one of ${rule.values.map((v) => `\`${v}\``).join(', ')}`,
        `${c} is not null and ${c} not in (${rule.values.map((v) => valueLiteral(v)).join(', ')})`,
      );
    case 'matches':
      return row(`${name} matches \`${rule.pattern}\``, `not (${c} ~ ${textLiteral(rule.pattern)})`);
    case 'range': {
      const bounds: string[] = [];
      const said: string[] = [];
      if (rule.min !== undefined) {
        bounds.push(`${c} < ${bound(rule.min, column.type)}`);
        said.push(`at least ${rule.min}`);
      }
      if (rule.max !== undefined) {
        bounds.push(`${c} > ${bound(rule.max, column.type)}`);
        said.push(`at most ${rule.max}`);
      }
      return row(`${name} is ${said.join(' and ')}`, bounds.join(' or '));
    }
    case 'unique':
      return uniqueBody(model, [test.column], where);
    case 'references':
      return referencesColumn(test, rule, model, where, context, diagnostics);
  }
}

function bound(value: number | string, type: string | undefined): string {
  if (typeof value === 'number') return String(value);
  return type === undefined ? textLiteral(value) : `cast(${textLiteral(value)} as ${canonicalType(type)})`;
}

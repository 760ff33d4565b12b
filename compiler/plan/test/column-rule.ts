import type { ColumnTest } from '../../definition/data-test.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { canonicalType } from '../canonical-type.ts';
import { identifier as id, textLiteral, valueLiteral } from '../sql-text.ts';
import { referencesColumn } from './references.ts';
import { readWhere, type TestBody, type TestContext } from './test-plan.ts';
import { uniqueBody } from './unique.ts';
import { sayTest, type TestWords } from './words.ts';

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
  const row = (say: (words: TestWords) => string, fails: string): TestBody => ({
    words: sayTest(say),
    check: { mode: 'row', fails, ...(where ? { where } : {}) },
  });
  const name = test.column;
  const rule = test.test;
  switch (rule.rule) {
    case 'not_null':
      return row((words) => words.notNull(name), `${c} is null`);
    case 'null_share':
      return row((words) => words.nullShare(name, rule.share), `${c} is null`);
    case 'accepted':
      return row(
        (words) => words.accepted(name, rule.values),
        `${c} is not null and ${c} not in (${rule.values.map((v) => valueLiteral(v)).join(', ')})`,
      );
    case 'matches':
      return row((words) => words.matches(name, rule.pattern), `not (${c} ~ ${textLiteral(rule.pattern)})`);
    case 'range': {
      const bounds = [
        ...(rule.min === undefined ? [] : [`${c} < ${bound(rule.min, column.type)}`]),
        ...(rule.max === undefined ? [] : [`${c} > ${bound(rule.max, column.type)}`]),
      ];
      return row((words) => words.range(name, rule), bounds.join(' or '));
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

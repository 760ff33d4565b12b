import type { ColumnTest, ColumnTestRule } from '../../definition/data-test.ts';
import { omitUndefined } from '../../definition/omit-undefined.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { PlannedColumn } from '../plan-model.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { appliesTo, checkOrder, columnLiteral } from './column-values.ts';
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
  const row: SayRow = (say, fails) => ({
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
    case 'accepted': {
      if (!appliesTo(test, column, diagnostics)) return undefined;
      const values = rule.values.map((value) => columnLiteral(value, 'accepted', column, diagnostics));
      if (values.includes(undefined)) return undefined;
      return row(
        (words) =>
          words.accepted(
            name,
            rule.values.map(({ value }) => value),
          ),
        `${c} is not null and ${c} not in (${values.join(', ')})`,
      );
    }
    case 'matches':
      if (!appliesTo(test, column, diagnostics)) return undefined;
      return row((words) => words.matches(name, rule.pattern), `not (${c} ~ ${textLiteral(rule.pattern)})`);
    case 'range':
      return planRange(test, rule, column, row, diagnostics);
    case 'unique':
      return uniqueBody(model, [test.column], where);
    case 'references':
      return referencesColumn(test, rule, model, where, context, diagnostics);
  }
}

type SayRow = (say: (words: TestWords) => string, fails: string) => TestBody;

function planRange(
  test: ColumnTest,
  { min, max }: Extract<ColumnTestRule, { rule: 'range' }>,
  column: PlannedColumn,
  row: SayRow,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  if (!appliesTo(test, column, diagnostics)) return undefined;
  const least = min && columnLiteral(min, 'min', column, diagnostics);
  const most = max && columnLiteral(max, 'max', column, diagnostics);
  if ((min && least === undefined) || (max && most === undefined)) return undefined;
  if (min && max && !checkOrder(min, max, column, diagnostics)) return undefined;
  const c = id(column.name);
  const bounds = [
    ...(least === undefined ? [] : [`${c} < ${least}`]),
    ...(most === undefined ? [] : [`${c} > ${most}`]),
  ];
  const limits = omitUndefined({ min: min && String(min.value), max: max && String(max.value) });
  return row((words) => words.range(column.name, limits), bounds.join(' or '));
}

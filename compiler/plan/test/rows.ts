import type { ModelTest, ModelTestRule } from '../../definition/data-test.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { CatalogModel } from '../catalog.ts';
import { testPeriods } from './test-periods.ts';
import type { TestBody, TestContext } from './test-plan.ts';
import { sayTest } from './words.ts';

type RowsRule = Extract<ModelTestRule, { rule: 'rows' }>;

/** As many rows, in all or in every period that is complete. */
export function planRows(
  test: ModelTest,
  rule: RowsRule,
  model: CatalogModel,
  where: string | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const filter = where ? ` where ${where}` : '';
  if (rule.per === undefined) {
    const failures = `select count(*) as rows from ${model.name}${filter} having ${limits(rule, 'count(*)')}`;
    return {
      words: sayTest((words) => words.rows(model.name, rule, undefined)),
      counts: 'tables',
      check: { mode: 'query', failures, tested: 'select 1' },
    };
  }
  const periods = testPeriods(test, rule.per, model, context, diagnostics);
  if (!periods) return undefined;
  const { grain, ofRow, open, next } = periods;
  const counted = `select ${ofRow} as ${grain}, count(*) as rows from ${model.name}${filter} group by 1`;
  const followed = `select ${grain}, rows, lead(${grain}) over (order by ${grain}) as next_${grain} from (${counted}) as c where ${grain} is not null`;
  // A period without rows shows as a gap before the next one.
  const gap = (rule.min ?? 0) > 0 ? ` or next_${grain} > ${next(grain)}` : '';
  const complete = `${grain} < ${open}`;
  const fails = `${limits(rule, 'rows')}${gap}`;
  return {
    words: sayTest((words) => words.rows(model.name, rule, rule.per)),
    counts: `${grain}s`,
    check: {
      mode: 'query',
      failures: `select ${grain}, rows, next_${grain} from (${followed}) as n where ${complete} and (${fails})`,
      tested: `select count(*) from (${counted}) as c where ${complete}`,
      counted: `select count(*) filter (where ${fails}) as failing, count(*) as tested from (${followed}) as n where ${complete}`,
    },
  };
}

function limits({ min, max }: RowsRule, n: string): string {
  const parts = [...(min === undefined ? [] : [`${n} < ${min}`]), ...(max === undefined ? [] : [`${n} > ${max}`])];
  return parts.join(' or ');
}

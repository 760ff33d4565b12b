import type { Span } from '../diagnostic/diagnostic.ts';
import type { ColumnTest, ModelTest } from './data-test.ts';
import type { TestNamer } from './define-data-test.ts';
import { defineTestCommon } from './define-data-test.ts';
import type { ColumnDefinition, Layer } from './model.ts';

/** A declared test that holds as strictly as the one that the key asks for, so that it is not run twice. */
function isAsStrict(test: ColumnTest, rule: string): boolean {
  return (
    test.test.rule === rule && test.severity === 'error' && !test.where && 'rows' in test.max && test.max.rows === 0
  );
}

/**
 * The tests that a declared key brings: no null in its columns, no repetition. In raw a key only says what makes an arriving row distinct, so repetition is no fault
 * there.
 */
export function addKeyTests(
  names: TestNamer,
  model: string,
  layer: Layer,
  key: readonly string[],
  keySpan: Span,
  columns: readonly ColumnDefinition[],
): { readonly columns: readonly ColumnDefinition[]; readonly tests: readonly ModelTest[] } {
  const rules = key.length === 1 && layer !== 'raw' ? (['not_null', 'unique'] as const) : (['not_null'] as const);
  const withTests = columns.map((column) => {
    if (!key.includes(column.name)) return column;
    const added = rules
      .filter((rule) => !column.tests.some((test) => isAsStrict(test, rule)))
      .map((rule): ColumnTest => {
        const common = defineTestCommon(names.next(`${model}.${column.name}.${rule}`), undefined, keySpan, false);
        return { ...common, on: 'column', model, column: column.name, test: { rule } };
      });
    return { ...column, tests: [...column.tests, ...added] };
  });
  if (key.length < 2 || layer === 'raw') return { columns: withTests, tests: [] };
  const common = defineTestCommon(names.next(`${model}.unique_together`), undefined, keySpan, false);
  return {
    columns: withTests,
    tests: [{ ...common, on: 'model', model, test: { rule: 'unique_together', columns: key } }],
  };
}

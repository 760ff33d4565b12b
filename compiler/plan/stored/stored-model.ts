import { formatType } from '../../definition/type-name.ts';
import { hasErrors } from '../../diagnostic/diagnostic.ts';
import type { ShapeColumn } from '../../expression/contract.ts';
import { inferSelect } from '../../expression/infer-select.ts';
import { parseSelect } from '../../expression/parse-select.ts';
import type { InEachLanguage } from '../../expression/words-language.ts';
import { columnType } from '../column-type.ts';
import type { PlannedColumn } from '../plan-model.ts';
import type { TestCheck } from '../test/test-plan.ts';

/** A table that is made for a metric, so that questions need not read all rows. */
export interface StoredModel {
  readonly name: string;
  readonly metric: string;
  /** `parts`: a metric's parts by a grain; `members`: who is in a cohort and since when; `activity`: who was active in which period; `triangle`: how many of
   * each cohort. */
  readonly what: 'parts' | 'members' | 'activity' | 'triangle';
  /** The model that its rows come from, with which it is built. */
  readonly of: string;
  readonly description: string;
  readonly key: readonly string[];
  readonly time?: string;
  readonly by: 'hour' | 'day' | 'key';
  readonly columns: readonly PlannedColumn[];
  readonly reads: readonly string[];
  readonly sql: string;
  readonly tests: readonly StoredTest[];
}

/** A data test that comes with a stored table. */
export interface StoredTest {
  readonly name: string;
  readonly words: InEachLanguage<string>;
  readonly check: Extract<TestCheck, { readonly mode: 'query' }>;
  readonly counts: string;
  readonly reads: readonly string[];
}

/** The canonical text of a query that the compiler has put together, its columns and the models it reads. */
export function describeSelect(
  sql: string,
  shapeOf: (model: string) => readonly ShapeColumn[] | undefined,
  described: Readonly<Record<string, string>>,
): Pick<StoredModel, 'sql' | 'columns' | 'reads'> {
  const place = { offset: 0, line: 1, column: 1 };
  const { select, diagnostics } = parseSelect({ text: sql, span: { file: 'stored', start: place, end: place } });
  if (!select || hasErrors(diagnostics)) throw new Error(`${diagnostics[0]?.message}: ${sql}`);
  const shape = inferSelect(select, shapeOf);
  const columns = shape.columns.map(({ name, type, sources }): PlannedColumn => {
    const own = type && columnType(type);
    const description = described[name];
    return {
      name,
      ...(own ? { type: formatType(own) } : {}),
      ...(description === undefined ? {} : { description }),
      sources,
    };
  });
  return { sql: select.canonical, columns, reads: [...new Set(select.tables.map(({ model }) => model))].sort() };
}

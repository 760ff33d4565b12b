import { selectOf } from '../../expression/ast.ts';
import { parseStatements } from '../../expression/parser.ts';
import { writeSql } from '../../expression/write-sql.ts';
import { identifier as id } from '../sql-text.ts';
import { affected } from './affected.ts';
import { type ColumnsOf, readsClock } from './block.ts';
import { CannotTell } from './cannot-tell.ts';
import type { Change } from './changes.ts';
import type { Delta } from './delta.ts';
import { inlineQueries } from './inline-queries.ts';
import { memberOf } from './member.ts';
import { outputNames } from './read-from.ts';
import { restrict } from './restrict.ts';

/** The rows of a query that can be others than before the changes, as SQL; undefined where the query does not say. */
export function changedRowsOf(sql: string, changes: readonly Change[], columnsOf: ColumnsOf): string | undefined {
  const parsed = parseStatements(sql);
  if (!parsed.ok) throw new Error(`canonical SQL does not parse: ${parsed.message}`);
  try {
    const select = inlineQueries(selectOf(parsed.statements[0]), () => undefined);
    // What a run moves makes failures of rows that no change has touched.
    if (readsClock(select)) return undefined;
    const all = outputNames(select, columnsOf);
    const delta: Delta = { columnsOf, changes: new Map(changes.map((change) => [change.model, change])) };
    const columns = all.filter((name) =>
      isKnown(() => changes.map(({ model }) => affected(select, [name], model, delta))),
    );
    if (columns.length === 0) return undefined;
    const parts = changes.flatMap(({ model }) => affected(select, columns, model, delta) ?? []);
    const list = all.map((name) => `q.${id(name)}`).join(', ');
    if (parts.length === 0) return `select ${list} from (${sql}) as q where false`;
    const touched = parts.join(' union ');
    const condition = (values: readonly string[]) => memberOf(values, touched, columns);
    const narrow = writeSql({ SelectStmt: restrict(select, columns, { condition, columnsOf }) });
    return `select ${list} from (${narrow}) as q where ${condition(columns.map((name) => `q.${id(name)}`))}`;
  } catch (error) {
    if (error instanceof CannotTell) return undefined;
    throw error;
  }
}

function isKnown(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof CannotTell) return false;
    throw error;
  }
}

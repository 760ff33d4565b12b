import { type SelectStmt, selectOf } from '../../expression/ast.ts';
import { parseStatements } from '../../expression/parser.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { inlineQueries } from './inline-queries.ts';

/** The model's query, with the views that it reads written where they are read. */
export function readSelect(model: IncrementalModel): SelectStmt {
  return inlineQueries(parseSelect(model.sql), (name) => {
    const sql = model.views.get(name);
    return sql === undefined ? undefined : parseSelect(sql);
  });
}

export function parseSelect(sql: string): SelectStmt {
  const parsed = parseStatements(sql);
  if (!parsed.ok) throw new Error(`canonical SQL does not parse: ${parsed.message}`);
  return selectOf(parsed.statements[0]);
}

/** Columns of its inputs. */
export function columnsOf(model: IncrementalModel): (name: string) => readonly string[] | undefined {
  const shapes = new Map(model.inputs.map(({ name, columns }) => [name, columns]));
  return (name) => shapes.get(name);
}

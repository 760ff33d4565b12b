import type { Node } from '../../expression/ast.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import { columnNode } from '../metric/aggregate-sql.ts';
import { replaceColumns } from '../metric/formula.ts';
import type { PlannedColumn } from '../plan-model.ts';
import { identifier as id } from '../sql-text.ts';

/** The one table that a declarative model reads. */
export const alias = 's';

/** A column of a declarative model as SQL over what is read, with what it needs beside it. */
export interface CleanColumn extends PlannedColumn {
  /** Its SQL, every column under the alias of what is read. */
  readonly qualified: string;
  /** Tables that it is looked up in; each joins at most one row. */
  readonly joins?: readonly string[];
  /** A table of its own that it is looked up in, made for it. */
  readonly companion?: CompanionPlan;
  /** When a row has no such value and is refused. */
  readonly rejections?: readonly Rejection[];
  /** Columns that come with it. */
  readonly beside?: readonly CleanColumn[];
}

/** A table that is made for a model and that it reads. */
export interface CompanionPlan {
  readonly name: string;
  readonly what: 'rates';
  readonly description: string;
  readonly sql: string;
  readonly columns: readonly PlannedColumn[];
  readonly key: readonly string[];
  readonly reads: readonly string[];
}

/** A rule that refuses rows: the reason is the same for all of them, so that they can be counted by it. */
export interface Rejection {
  /** SQL that is true for rows refused. */
  readonly condition: string;
  readonly reason: string;
}

/** A column that could not be planned: an error says why. */
export function missingColumn(name: string): CleanColumn {
  return { name, sources: [], qualified: 'null' };
}

/** An expression over what is read, every column under its alias. */
export function qualify(node: Node): string {
  return writeExpression(replaceColumns(node, (path) => columnNode(alias, ...path)));
}

export function ownColumn(name: string): string {
  return `${alias}.${id(name)}`;
}

import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import type { Question } from '../plan-query.ts';
import type { QueryColumn } from '../query-types.ts';
import type { CohortRule } from './rule.ts';

/** A question to a metric of a cohort form, its names found. */
export interface CohortSetting<R extends CohortRule = CohortRule> {
  readonly catalog: Catalog;
  readonly metric: CatalogMetric;
  readonly rule: R;
  /** The zone of its periods. */
  readonly zone: string;
  /** The instant as SQL. */
  readonly asOf: string;
  readonly from?: string;
  readonly to?: string;
  readonly asked: Asked;
  /** Over the cohort's dimensions, at the anchor. */
  readonly predicate?: Node;
  readonly reads: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/** What a result is cut by. */
export interface Asked {
  readonly cohort: boolean;
  readonly k: boolean;
  readonly horizon: boolean;
  readonly grain?: Question['grain'];
  readonly dimensions: Question['dimensions'];
}

/** A result as SQL: what comes before, a SELECT of its columns and of those that it is put in order by, and that order. */
export interface Answer {
  readonly with: readonly (readonly [name: string, sql: string])[];
  readonly rows: string;
  readonly columns: readonly QueryColumn[];
  readonly order: readonly string[];
}

/** A share as SQL: null on zero. */
export function shareSql(part: string, whole: string): string {
  return `cast(${part} / ${whole} as double precision)`;
}

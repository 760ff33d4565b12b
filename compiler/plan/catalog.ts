import type { Grain } from '../definition/metric.ts';
import type { Calendar } from '../definition/project.ts';
import { parseType } from '../definition/type-name.ts';
import type { ShapeColumn } from '../expression/contract.ts';
import type { CohortRule } from './cohort/rule.ts';
import type { CatalogSegment } from './segment/rule.ts';

/** What the planner knows of a project: the manifest's own lists, looked up by name. Everything is canonical PostgreSQL over logical names. */
export interface Catalog {
  readonly calendar: Calendar;
  readonly models: ReadonlyMap<string, CatalogModel>;
  readonly metrics: ReadonlyMap<string, CatalogMetric>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  readonly activities: ReadonlyMap<string, CatalogActivity>;
  readonly cohorts: ReadonlyMap<string, CatalogCohort>;
  readonly segments: ReadonlyMap<string, CatalogSegment>;
}

/** Events of an entity: rows of a model, or those of other activities (`any`). */
export interface CatalogActivity {
  readonly name: string;
  readonly model?: string;
  readonly entity?: string;
  /** The column of `model` that holds the entity's id. */
  readonly key?: string;
  readonly time?: string;
  readonly until?: string;
  /** Canonical predicate. */
  readonly where?: string;
  /** Canonical expression. */
  readonly value?: string;
  readonly order?: string;
  readonly any: readonly string[];
  /** Why this version does not compute it. */
  readonly notComputed?: string;
}

export interface CatalogCohort {
  readonly name: string;
  readonly anchor: string;
  readonly occurrence: 'first_ever' | 'first_matching' | 'every_period' | { readonly nth: number };
  /** Canonical predicate. */
  readonly where?: string;
  /** Dimensions, taken at the anchor. */
  readonly by: readonly string[];
}

export interface CatalogModel {
  readonly name: string;
  readonly key: readonly string[];
  readonly time?: string;
  readonly columns: readonly { readonly name: string; readonly type?: string }[];
  readonly relations: readonly { readonly name: string; readonly to: string; readonly on: readonly string[] }[];
  /** Why this version does not build it. */
  readonly notComputed?: string;
  /** Of a table that is made for a metric: its columns for dimensions that lie behind relations, by their dotted names. */
  readonly flattened?: ReadonlyMap<string, string>;
  /** A SELECT that is read in place of the table. */
  readonly rows?: string;
  /** The models that `rows` reads; absent: the model itself. */
  readonly behind?: readonly string[];
}

export interface CatalogMetric {
  readonly name: string;
  readonly computed: boolean;
  readonly notComputed?: string;
  readonly expression?: string;
  readonly model?: string;
  readonly time?: string;
  readonly where?: string;
  readonly exclude: readonly string[];
  /** Its own, a zone or a column; absent: the calendar's. */
  readonly ownTimezone?: string;
  readonly dimensions: readonly { readonly name: string; readonly type?: string }[];
  readonly inputs: readonly string[];
  readonly type: string;
  /** Rows count so far back from the end of a period: `28 days`, `unbounded`. */
  readonly window?: string;
  /** Rows count from the start of this period on. */
  readonly toDate?: Grain;
  readonly compare?: {
    /** `1 month ago` */
    readonly to: string;
    readonly as: 'percent' | 'difference' | 'ratio' | 'value';
    readonly includePartial: boolean;
  };
  readonly fill?: '0' | 'null' | 'none';
  /** With `first()` and `last()`: one pick for each value of these columns. */
  readonly per?: readonly string[];
  /** Dimensions that a question must cut it by. */
  readonly requires?: readonly string[];
  /** Of a cohort form: its knobs, resolved. */
  readonly rule?: CohortRule;
}

export interface CatalogExclusion {
  readonly name: string;
  /** The entity's key column, in the model excluded from and in `in`. */
  readonly key: string;
  readonly in: string;
  readonly where: string;
}

/** The catalog in which rows are read in place of a model's table. */
export function withRows(catalog: Catalog, model: CatalogModel, rows: string): Catalog {
  return { ...catalog, models: new Map(catalog.models).set(model.name, { ...model, rows }) };
}

export const grainOrder: Readonly<Record<Grain, number>> = { hour: 0, day: 1, week: 2, month: 3, quarter: 4, year: 5 };

/** A model's columns as the expression room wants them. */
export function shapeOf(model: CatalogModel): readonly ShapeColumn[] {
  return model.columns.map((column) => {
    const type = column.type === undefined ? undefined : parseType(column.type);
    return { name: column.name, ...(type ? { type } : {}) };
  });
}

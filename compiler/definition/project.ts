import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';

export { months } from '../schema/months.ts';

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

export interface Calendar {
  /** An IANA zone. */
  readonly timezone: string;
  readonly weekStart: Weekday;
  /** 1 = January … 12. */
  readonly fiscalYearStart: number;
}

export interface EntityDefinition {
  readonly name: string;
  readonly key: string;
  /** The model that holds the entity's properties. */
  readonly attributes?: Located<string>;
  readonly span: Span;
}

/** A named exclusion: the entities found in `in` where `where` holds are left out of whatever names it. */
export interface ExclusionDefinition {
  readonly name: string;
  readonly entity: Located<string>;
  readonly in: Located<string>;
  readonly where: SqlText;
  readonly span: Span;
}

export type TargetDefinition =
  | {
      readonly engine: 'duckdb';
      readonly name: string;
      readonly path: string;
      readonly threads?: number;
      /** `2 hours` */
      readonly statementTimeout?: string;
      readonly memoryLimit?: string;
      readonly spillLimit?: string;
      readonly span: Span;
    }
  | {
      readonly engine: 'postgres';
      readonly name: string;
      readonly urlEnv: string;
      readonly threads?: number;
      /** `2 hours` */
      readonly statementTimeout?: string;
      readonly span: Span;
    };

type SingleValue = string | number | boolean;
/** What a template in SQL may read by name. */
export type VariableValue = SingleValue | readonly (SingleValue | Readonly<Record<string, SingleValue>>)[];

/** What is worth a message: what failed, data tests that only warn, sources beyond their freshness. */
export type NotifyOn = 'error' | 'warn' | 'stale';

export interface NotifyDefinition {
  /** The environment variable that holds the webhook. */
  readonly slack: { readonly urlEnv: string };
  readonly on: readonly NotifyOn[];
}

/** How a unit is written beside a number, by the plural categories of Unicode CLDR. */
export interface UnitForms {
  readonly one?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other?: string;
}

/** Settings of the dictionary. */
export interface SiteDefinition {
  readonly language: 'en' | 'ru';
  readonly title?: string;
  /** Numbers of fewer people are hidden. */
  readonly minGroupSize?: number;
  /** By the unit, as metrics have it. */
  readonly units?: Readonly<Record<string, UnitForms>>;
  /** Where it is published, with a slash at the end: links that leave it are absolute then. */
  readonly baseUrl?: string;
}

export interface ProjectDefinition {
  readonly kind: 'project';
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly language: 1;
  readonly calendar: Calendar;
  readonly currency?: string;
  readonly entities: readonly EntityDefinition[];
  readonly vars: Readonly<Record<string, VariableValue>>;
  readonly exclusions: readonly ExclusionDefinition[];
  readonly targets: readonly TargetDefinition[];
  /** The default target's name. */
  readonly target: string;
  /** Layer → schema name; `{{target}}` not yet filled in. */
  readonly schemas: { readonly raw: string; readonly clean: string; readonly marts: string };
  readonly site: SiteDefinition;
  readonly hashKeyEnv?: string;
  readonly notify?: NotifyDefinition;
  readonly path: string;
}

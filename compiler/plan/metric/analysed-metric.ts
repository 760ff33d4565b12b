import type { CohortForm } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import type { InEachLanguage } from '../../expression/words-language.ts';
import type { CatalogExclusion, CatalogMetric, CatalogModel } from '../catalog.ts';
import type { SqlReader } from '../sql-reader.ts';
import type { Additivity, ValueType } from './algebra.ts';

/** What is known of a plain metric once its names have been found. */
export interface AnalysedMetric extends CatalogMetric {
  readonly timezone: string;
  readonly form: 'simple' | 'derived';
  readonly type: ValueType;
  readonly additivity: Additivity;
  readonly dimensions: readonly MetricDimension[];
  readonly reads: readonly string[];
  readonly formulaWords: InEachLanguage<string>;
  readonly whereWords?: InEachLanguage<string>;
}

export interface MetricDimension {
  readonly name: string;
  readonly label: string;
  readonly model: string;
  readonly column: string;
  readonly type?: string;
  readonly relations: readonly string[];
}

export interface MetricContext {
  readonly calendar: Calendar;
  readonly models: ReadonlyMap<string, CatalogModel>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  /** Those analysed already: the metrics that this one names stand before it. */
  readonly analysed: ReadonlyMap<string, AnalysedMetric>;
  /** Models that have columns only. */
  readonly contracts: ReadonlySet<string>;
  /** Every metric's name, computed or not. */
  readonly names: ReadonlySet<string>;
  /** The form of every metric: those of cohorts have no single value. */
  readonly forms: ReadonlyMap<string, 'plain' | CohortForm>;
  /** Why a metric is not computed by this version, by name. */
  readonly notComputed: ReadonlyMap<string, string>;
  readonly sql: SqlReader;
}

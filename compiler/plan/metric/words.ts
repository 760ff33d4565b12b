import type { Grain } from '../../definition/metric.ts';
import type { CatalogExclusion, CatalogMetric } from '../catalog.ts';
import type { Additivity } from './algebra.ts';
import type { Span } from './frame.ts';

/** What a language says of the rule of a plain metric, in whole sentences. Formulas and conditions are said already. */
export interface MetricWords {
  overRows(formula: string, model: string): string;
  overMetrics(formula: string): string;
  /** Of a metric whose formula only names another. */
  as(metric: string): string;
  onlyWhere(condition: string): string;
  leftOut(exclusion: CatalogExclusion, condition: string): string;
  /** In which period a row counts. `zone`: a name, or the column that holds one. */
  placed(time: string, zone: { readonly name: string } | { readonly column: string }): string;
  readonly unbounded: string;
  window(length: Span): string;
  toDate(of: Grain): string;
  picked(columns: readonly string[]): string;
  /** `to` is the length that lies between, `1 month`. */
  compared(as: NonNullable<CatalogMetric['compare']>['as'], to: Span): string;
  openPeriod(isCompared: boolean): string;
  filled(value: '0' | 'null'): string;
  notOver(dimensions: readonly string[]): string;
  readonly additivity: Readonly<Record<Additivity, string>>;
}

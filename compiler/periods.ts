import { incrementalModel } from './increment.ts';
import type { Manifest, ManifestModel } from './manifest-types.ts';
import type { IncrementalModel } from './plan/increment/incremental-model.ts';
import {
  grainOf,
  instantsOf,
  isBefore,
  type PeriodSpan,
  periodBefore,
  periodOf,
  periodOfDay,
  timeOf,
} from './plan/increment/periods.ts';
import { unitNames, unitsInSpanSql } from './plan/increment/unit-sql.ts';
import { startOfDaySql } from './plan/period.ts';
import { identifier as id, textLiteral } from './plan/sql-text.ts';

export type { PeriodSpan } from './plan/increment/periods.ts';

/** Does the ledger tell the periods of a model apart? It does where the model is incremental and has a business time. */
export function hasPeriods(model: ManifestModel): boolean {
  return model.incremental !== undefined && model.materialized !== 'view' && model.time !== undefined;
}

/** The grain of a model's periods: what it is incremental by; days where that is the key. */
export function periodGrain(manifest: Manifest, model: ManifestModel): 'hour' | 'day' | 'week' | 'month' {
  return grainOf(getModel(manifest, model));
}

/** A place in time: an instant, a calendar day, or the latest business time in the model's own table; `back` reaches so far behind it. */
export type PeriodPlace = ({ readonly instant: string } | { readonly day: string } | { readonly latest: true }) & {
  readonly back?: string;
};

/**
 * The name of the period of a model that a place lies in, as a canonical SELECT of one text.
 *
 * @example
 * periodNameSql(manifest, model, { instant: '2025-03-03T10:00:00Z', back: '90 days' }) // yields '2024-12-03'
 */
export function periodNameSql(manifest: Manifest, model: ManifestModel, place: PeriodPlace): string {
  const asked = getModel(manifest, model);
  if ('day' in place) return `select cast(${periodOfDay(asked, place.day)} as text)`;
  const { column, type } = timeOf(asked);
  const isLatest = 'latest' in place;
  const sql = isLatest ? 'm.at' : `cast(${textLiteral(place.instant)} as timestamptz)`;
  const own = isLatest ? type : 'timestamp';
  const period = place.back === undefined ? periodOf(asked, sql, own) : periodBefore(asked, sql, own, place.back);
  return isLatest
    ? `select cast(${period} as text) from (select max(${id(column)}) as at from ${model.name}) as m`
    : `select cast(${period} as text)`;
}

/** The units of rows of some periods, as the table holds them and as the query yields them now. `orAbsent`: those of rows without a time, too. */
export function unitsInPeriodsSql(
  manifest: Manifest,
  model: ManifestModel,
  span: PeriodSpan,
  options: { readonly orAbsent?: boolean } = {},
): { readonly sql: string; readonly kind: 'key' | 'period'; readonly names: readonly string[] } {
  if (model.increment?.kind !== 'increment') throw new Error(`\`${model.name}\` is not incremental`);
  const { unit } = model.increment;
  return {
    sql: unitsInSpanSql(getModel(manifest, model), unit, span, options),
    kind: unit.kind,
    names: unitNames(unit),
  };
}

/** Rows of a query that yields the model's columns, without those of periods from `open` on. */
export function closedRowsSql(manifest: Manifest, model: ManifestModel, sql: string, open: string): string {
  const asked = getModel(manifest, model);
  return `select q.* from (${sql}) as q where ${isBefore(asked, timeOf(asked).column, open)}`;
}

/** Holds for rows of a period before `first`, by the model's business time; never for rows without one. */
export function isBeforePeriod(manifest: Manifest, model: ManifestModel, first: string): string {
  const asked = getModel(manifest, model);
  const { column } = timeOf(asked);
  return `(${id(column)} is not null and ${isBefore(asked, column, first)})`;
}

/** Where rows stand: a logical table, which of its rows are meant, and how each counts (1 where nothing is said). */
export interface RowsOfPeriods {
  readonly from: string;
  readonly where?: string;
  readonly count?: string;
}

/** The periods before `first` that rows fall in, as canonical SQL with `period`. */
export function periodsBeforeSql(manifest: Manifest, model: ManifestModel, rows: RowsOfPeriods, first: string): string {
  const asked = getModel(manifest, model);
  const where = [rows.where, isBeforePeriod(manifest, model, first)].filter((part) => part !== undefined).join(' and ');
  return `select distinct ${periodOf(asked, id(timeOf(asked).column))} as period from ${rows.from} where ${where}`;
}

/**
 * The periods of rows with a count for each, as canonical SQL with `period_from` and `period_to` (instants) and `n`. `also` yields periods that are told even without rows.
 *
 * @example
 * countPeriodsSql(manifest, model, { rows: { from: 'marts.days' } })
 */
export function countPeriodsSql(
  manifest: Manifest,
  model: ManifestModel,
  told: { readonly rows?: RowsOfPeriods; readonly also?: string },
): string {
  const asked = getModel(manifest, model);
  const { rows, also } = told;
  const time = id(timeOf(asked).column);
  const where = rows?.where === undefined ? '' : ` and ${rows.where}`;
  const counted =
    rows &&
    `select ${periodOf(asked, time)} as period, ${rows.count ?? '1'} as n from ${rows.from} where ${time} is not null${where}`;
  const empty = also && `select period, 0 as n from (${also}) as told where period is not null`;
  const parts = [counted, empty].filter((part) => part !== undefined).join(' union all ');
  const { from, to } = instantsOf(asked, 'p.period');
  return `select ${from} as period_from, ${to} as period_to, p.n as n from (select period, cast(sum(n) as bigint) as n from (${parts}) as r group by period) as p`;
}

/** The first instant of a calendar day, as a canonical SELECT of one value. */
export function dayStartSql(manifest: Manifest, day: string): string {
  const { timezone } = manifest.project.calendar;
  return `select ${startOfDaySql(`cast(${textLiteral(day)} as date)`, textLiteral(timezone))}`;
}

/** The instant of a row's business time, or the first of its day, over the model's columns: it lies in the row's period as `countPeriodsSql` tells it. */
export function instantSql(manifest: Manifest, model: ManifestModel): string {
  const { column, type } = timeOf(getModel(manifest, model));
  return type === 'date' ? startOfDaySql(id(column), textLiteral(manifest.project.calendar.timezone)) : id(column);
}

function getModel(manifest: Manifest, model: ManifestModel): IncrementalModel {
  const asked = incrementalModel(manifest, model);
  if (!asked) throw new Error(`\`${model.name}\` is not incremental`);
  return asked;
}

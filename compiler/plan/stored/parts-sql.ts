import type { Grain } from '../../definition/metric.ts';
import { type Diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import { parseFragment } from '../../expression/parse-fragment.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import { createFactRows, type FactRows } from '../metric/fact-rows.ts';
import { periodSql, startOfDaySql, type TimeColumn } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { PartsShape } from './parts-shape.ts';

/** Parts of a metric by one grain. */
export interface PartsSetting {
  readonly catalog: Catalog;
  readonly metric: CatalogMetric;
  readonly shape: PartsShape;
  readonly grain: Grain;
}

/** What the parts are made from: parts by a finer grain, which are read by their name or as a subquery. */
export interface FinerParts {
  readonly grain: Grain;
  readonly from: string;
}

/** The name of the model that holds the parts. */
export function partsName(metric: string, grain: Grain): string {
  return `marts.${metric}__by_${grain}`;
}

/** Does every period of the one lie in one period of the other? */
export function nests(inner: Grain, outer: Grain): boolean {
  const order: readonly Grain[] = ['hour', 'day', 'month', 'quarter', 'year'];
  if (inner === outer) return true;
  if (outer === 'week') return inner === 'hour' || inner === 'day';
  return inner !== 'week' && order.indexOf(inner) < order.indexOf(outer);
}

/** The finer grain that the parts of a grain are made from: the coarsest whose periods they are made up of; undefined: they are made from rows. */
export function finerGrain(grain: Grain, stored: readonly Grain[]): Grain | undefined {
  const order: readonly Grain[] = ['quarter', 'month', 'week', 'day', 'hour'];
  return order.find((one) => one !== grain && stored.includes(one) && nests(one, grain));
}

/** Of rows known before `asOf` only those at or after the start of the period `open`. */
export interface OpenPart {
  readonly open: string;
  readonly asOf: string;
}

/** The rows a metric counts. */
export function baseRows({ catalog, metric }: PartsSetting): { readonly rows: FactRows; readonly time: TimeColumn } {
  const diagnostics: Diagnostic[] = [];
  const where = metric.where === undefined ? {} : { where: parseFragment(metric.where) };
  const rows = createFactRows(catalog, {}, { model: metric.model!, exclude: metric.exclude, ...where }, diagnostics);
  const type = rows.find([metric.time!])?.type === 'date' ? 'date' : 'timestamp';
  if (hasErrors(diagnostics)) throw new Error(diagnostics[0]!.message);
  return { rows, time: { sql: rows.text([metric.time!]), type, zone: zoneOf(metric, catalog) } };
}

export function zoneOf(metric: CatalogMetric, catalog: Catalog): string {
  return textLiteral(metric.ownTimezone ?? catalog.calendar.timezone);
}

/** The parts as a SELECT: period, dimensions, members, parts. With `part` only those of the open period. */
export function partsSql(setting: PartsSetting, finer: FinerParts | undefined, part?: OpenPart): string {
  return finer ? mergedSql(setting, finer, part) : accumulatedSql(setting, part);
}

function accumulatedSql(setting: PartsSetting, part: OpenPart | undefined): string {
  const { catalog, shape, grain } = setting;
  const { rows, time } = baseRows(setting);
  const groups = [
    `${periodSql(time, grain, catalog.calendar)} as ${id(grain)}`,
    ...shape.dimensions.map(({ path, column }) => `${rows.text(path)} as ${id(column)}`),
    ...shape.members.map(({ value, column }) => `${writeExpression(value(rows.column))} as ${id(column)}`),
  ];
  const parts = shape.parts.map(
    ({ accumulate, column }) => `${writeExpression(accumulate(rows.column))} as ${id(column)}`,
  );
  const known =
    part === undefined
      ? [`${time.sql} is not null`]
      : [
          `${time.sql} >= ${time.type === 'date' || grain === 'hour' ? part.open : startOfDaySql(part.open, time.zone)}`,
          `${time.type === 'date' ? startOfDaySql(time.sql, time.zone) : time.sql} < ${part.asOf}`,
          reachesInto(setting, part),
        ];
  return `select ${[...groups, ...parts].join(', ')} from ${rows.from()}${rows.where(known)}${groupBy(groups)}`;
}

function mergedSql(setting: PartsSetting, finer: FinerParts, part: OpenPart | undefined): string {
  const { catalog, metric, shape, grain } = setting;
  const own = `f.${id(finer.grain)}`;
  const zone = zoneOf(metric, catalog);
  const time: TimeColumn = { sql: own, type: finer.grain === 'hour' ? 'timestamp' : 'date', zone };
  const same = (column: string) => `f.${id(column)} as ${id(column)}`;
  const groups = [
    `${periodSql(time, grain, catalog.calendar)} as ${id(grain)}`,
    ...shape.dimensions.map(({ column }) => same(column)),
    ...shape.members.map(({ column }) => same(column)),
  ];
  const parts = shape.parts.map(({ merge, column }) => `${merge(`f.${id(column)}`)} as ${id(column)}`);
  const start = finer.grain === 'hour' && part ? startOfDaySql(part.open, zone) : part?.open;
  const where = part ? ` where ${own} >= ${start} and ${reachesInto(setting, part)}` : '';
  return `select ${[...groups, ...parts].join(', ')} from ${finer.from} as f${where}${groupBy(groups)}`;
}

function groupBy(groups: readonly unknown[]): string {
  return ` group by ${groups.map((_, i) => i + 1).join(', ')}`;
}

/** Where nothing is stored of the open period, nothing is looked for there: that costs a look at the table of parts instead of one at all rows. */
function reachesInto({ metric, grain }: PartsSetting, { open }: OpenPart): string {
  return `exists (select 1 from ${partsName(metric.name, grain)} as later where later.${id(grain)} >= ${open})`;
}

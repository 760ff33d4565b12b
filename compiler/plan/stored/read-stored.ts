import { type Grain, grains } from '../../definition/metric.ts';
import { isTimezone } from '../../definition/timezone.ts';
import { type Catalog, type CatalogMetric, type CatalogModel, grainOrder } from '../catalog.ts';
import { periodSql } from '../period.ts';
import type { QueryRequest } from '../query-types.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { beginsPeriod } from './begins-period.ts';
import { partsShape, whyNotStored } from './parts-shape.ts';
import { finerGrain, nests, type PartsSetting, partsName, partsSql, zoneOf } from './parts-sql.ts';
import { withStoredCohort } from './read-stored-cohort.ts';

/** A catalog in which metrics are defined over what is stored of them, and the tables that a question reads then. */
export interface StoredCatalog {
  readonly catalog: Catalog;
  /** The stored tables that stand for rows now. */
  readonly used: readonly string[];
}

/**
 * The same metrics, each read from the smallest stored table that answers the question: the planner need not know. `fresh`: stored tables that hold what the tables that they are made from hold
 * now. What lies in the period of `asOf`, which may have rows that do not count yet, is read from a finer table and in the end from the rows: so the answer is the same for any instant.
 */
export function withStored(catalog: Catalog, request: QueryRequest, fresh: ReadonlySet<string>): StoredCatalog {
  const used: string[] = [];
  if (fresh.size === 0 || request.calendar) return { catalog, used };
  const [first] = request.metrics.flatMap((name) => catalog.metrics.get(name) ?? []);
  if (first?.rule) return withStoredCohort(catalog, { ...first, rule: first.rule }, request, fresh);
  const metrics = new Map(catalog.metrics);
  const models = new Map(catalog.models);
  // Up to which instant of the earlier period is compared hangs on the instant that is asked for, which a table of whole periods does not know.
  const framed = request.compare === undefined ? 'no' : 'by instant';
  for (const [name, isFramed] of plainMetrics(catalog, request.metrics, framed)) {
    const metric = catalog.metrics.get(name)!;
    if (whyNotStored(metric) !== undefined) continue;
    const stored = grains.filter((grain) => fresh.has(partsName(name, grain)));
    const grain = chooseGrain(stored, request, isFramed, catalog, metric);
    if (!grain) continue;
    const isAsStored = isFramed === 'no' && asksAsStored(request, metric, grain);
    const { model, expression } = storedModel(catalog, metric, grain, stored, request.asOf, isAsStored);
    const { where: _, ...rest } = metric;
    models.set(model.name, model);
    metrics.set(name, { ...rest, expression, model: model.name, time: grain, exclude: [] });
    used.push(model.name);
  }
  return { catalog: used.length === 0 ? catalog : { ...catalog, metrics, models }, used };
}

type Framed = 'no' | 'by day' | 'by instant';

/** The metrics over rows that a question comes down to, and whether their periods reach back or are moved. */
function plainMetrics(catalog: Catalog, names: readonly string[], from: Framed): ReadonlyMap<string, Framed> {
  const found = new Map<string, Framed>();
  const visit = (name: string, above: Framed): void => {
    const metric = catalog.metrics.get(name);
    if (!metric || metric.rule !== undefined) return;
    const framed = stricter(above, framedBy(metric));
    if (metric.model !== undefined) found.set(name, stricter(found.get(name) ?? 'no', framed));
    for (const input of metric.inputs) visit(input, framed);
  };
  for (const name of names) visit(name, from);
  return found;
}

function framedBy({ window, toDate, compare }: CatalogMetric): Framed {
  if (compare?.includePartial) return 'by instant';
  return window !== undefined || toDate !== undefined || compare ? 'by day' : 'no';
}

function stricter(a: Framed, b: Framed): Framed {
  const order: readonly Framed[] = ['no', 'by day', 'by instant'];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** The coarsest that the question's periods and its range are made up of. A period that reaches back begins on any day. */
function chooseGrain(
  stored: readonly Grain[],
  request: QueryRequest,
  framed: Framed,
  catalog: Catalog,
  metric: CatalogMetric,
): Grain | undefined {
  const asked = grainOf(request, metric);
  if (framed === 'by instant' || (framed === 'by day' && asked === 'hour')) return undefined;
  if (framed === 'by day') return stored.includes('day') ? 'day' : undefined;
  const zone = metric.ownTimezone ?? catalog.calendar.timezone;
  if (!isTimezone(zone)) return undefined;
  const fits = stored.filter(
    (grain) =>
      (asked === undefined || nests(grain, asked)) &&
      [request.from, request.to].every((day) => day === undefined || beginsPeriod(day, grain, catalog.calendar)),
  );
  return fits.sort((a, b) => grainOrder[b] - grainOrder[a])[0];
}

/** As the planner finds it: a dimension of that name comes first. */
function grainOf(request: QueryRequest, metric: CatalogMetric): Grain | undefined {
  if (request.grain) return request.grain;
  return grains.find((grain) => request.by.includes(grain) && !metric.dimensions.some(({ name }) => name === grain));
}

/** Is every period and group of the table one of the answer? Then nobody can stand in one of them twice. */
function asksAsStored(request: QueryRequest, metric: CatalogMetric, grain: Grain): boolean {
  if (grainOf(request, metric) !== grain) return false;
  const known: ReadonlySet<string> = new Set([grain, ...metric.dimensions.map(({ name }) => name)]);
  return (
    request.by.every((name) => known.has(name)) && metric.dimensions.every(({ name }) => request.by.includes(name))
  );
}

function storedModel(
  catalog: Catalog,
  metric: CatalogMetric,
  grain: Grain,
  stored: readonly Grain[],
  asOf: string,
  isAsStored: boolean,
): { readonly model: CatalogModel; readonly expression: string } {
  const name = partsName(metric.name, grain);
  const shape = partsShape(metric, grain);
  const model: CatalogModel = {
    ...catalog.models.get(name)!,
    flattened: new Map(shape.dimensions.map((one) => [one.name, one.column])),
    rows: knownRows(catalog, metric, grain, stored, `timestamptz ${textLiteral(asOf)}`),
  };
  return { model, expression: (isAsStored ? shape.ungrouped : undefined) ?? shape.expression };
}

/** What is stored of the periods before that of `asOf`, and of that one what is known by then. */
function knownRows(
  catalog: Catalog,
  metric: CatalogMetric,
  grain: Grain,
  stored: readonly Grain[],
  asOf: string,
): string {
  const name = partsName(metric.name, grain);
  const shape = partsShape(metric, grain);
  const setting: PartsSetting = { catalog, metric, shape, grain };
  const open = periodSql({ sql: asOf, type: 'timestamp', zone: zoneOf(metric, catalog) }, grain, catalog.calendar);
  const columns = [grain, ...[...shape.dimensions, ...shape.members, ...shape.parts].map(({ column }) => column)];
  const list = columns.map((column) => `s.${id(column)} as ${id(column)}`).join(', ');
  const finer = finerGrain(grain, stored);
  const from = finer && { grain: finer, from: `(${knownRows(catalog, metric, finer, stored, asOf)})` };
  const late = partsSql(setting, from, { open, asOf });
  return `select ${list} from ${name} as s where s.${id(grain)} < ${open} union all ${late}`;
}

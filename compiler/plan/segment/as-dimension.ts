import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { Catalog, CatalogMetric, CatalogModel } from '../catalog.ts';
import type { CohortRule } from '../cohort/rule.ts';
import { identifier as id } from '../sql-text.ts';
import { isSegmentDimension, segmentPlace as place, segmentOf } from './dimension-name.ts';
import { keyType } from './key-type.ts';
import { membershipSql } from './membership.ts';
import type { CatalogSegment } from './rule.ts';

/**
 * A catalog in which metrics can be cut by the segments that a question names: each is a table with a row for every entity and its part (of a rule `in`, `out` or `unknown`), as of the question's
 * instant, joined along the entity's key. Rows of nobody, or of somebody whom the segment does not know, have no part.
 */
export function withSegments(
  catalog: Catalog,
  request: { readonly metrics: readonly string[]; readonly by: readonly string[] },
  asOf: string,
  diagnostics: Diagnostic[],
): Catalog {
  const names = [...new Set(request.by.filter(isSegmentDimension))];
  if (names.length === 0) return catalog;
  const models = new Map(catalog.models);
  const metrics = new Map(catalog.metrics);
  for (const name of names) {
    const segment = findSegment(catalog, segmentOf(name), diagnostics);
    if (!segment) continue;
    models.set(name, segmentModel(catalog, segment, name, asOf, diagnostics));
    for (const metric of metricsBehind(catalog, request.metrics)) {
      const dimensions = [...(metrics.get(metric.name) ?? metric).dimensions, { name, type: 'text' }];
      metrics.set(metric.name, { ...metric, dimensions });
      const found = metric.rule
        ? findAnchor(catalog, { ...metric, rule: metric.rule }, segment, name)
        : findRows(models, metric, segment, name);
      if (found === undefined) continue;
      if ('code' in found) {
        diagnostics.push(found);
        continue;
      }
      const model = models.get(found.model)!;
      if (!model.relations.some((relation) => relation.name === name))
        models.set(model.name, { ...model, relations: [...model.relations, { name, to: name, on: [found.key] }] });
    }
  }
  return { ...catalog, models, metrics };
}

function findSegment(catalog: Catalog, name: string, diagnostics: Diagnostic[]): CatalogSegment | undefined {
  const segment = catalog.segments.get(name);
  if (segment?.computed) return segment;
  diagnostics.push(
    segment
      ? diagnostic('E1901', `segment \`${name}\` is not computed by this version of Etalon: ${segment.notComputed}`)
      : diagnostic('E1501', `unknown segment \`${name}\``, { hints: suggestNames(name, catalog.segments.keys()) }),
  );
  return undefined;
}

function segmentModel(
  catalog: Catalog,
  segment: CatalogSegment,
  name: string,
  asOf: string,
  diagnostics: Diagnostic[],
): CatalogModel {
  const reads = new Set<string>();
  const { sql } = membershipSql({ catalog, asOf, reads, diagnostics }, segment);
  const part =
    segment.rule!.form === 'split'
      ? 'part'
      : `case verdict when 'member' then 'in' when 'out' then 'out' else 'unknown' end`;
  return {
    name,
    key: [segment.key],
    columns: [
      { name: segment.key, type: keyType(catalog, segment) },
      { name: place, type: 'text' },
    ],
    relations: [],
    rows: `select entity as ${id(segment.key)}, ${part} as ${place} from (${sql}) as membership`,
    behind: [...reads].sort(),
  };
}

/** The metrics that a question comes down to. */
function metricsBehind(catalog: Catalog, names: readonly string[]): readonly CatalogMetric[] {
  const found = new Map<string, CatalogMetric>();
  const visit = (name: string): void => {
    const metric = catalog.metrics.get(name);
    if (!metric || found.has(name)) return;
    found.set(name, metric);
    for (const input of metric.inputs) visit(input);
  };
  for (const name of names) visit(name);
  return [...found.values()];
}

/** Rows that say whose they are: a model, and its column with the entity's key. */
interface KeyedRows {
  readonly model: string;
  readonly key: string;
}

/** Undefined of a metric that has no rows of its own. */
function findRows(
  models: ReadonlyMap<string, CatalogModel>,
  metric: CatalogMetric,
  segment: CatalogSegment,
  name: string,
): KeyedRows | Diagnostic | undefined {
  if (metric.model === undefined) return undefined;
  const model = models.get(metric.model)!;
  const key = keyIn(model, segment);
  return key === undefined ? noKey(metric, model, segment, name) : { model: model.name, key };
}

/** Of a cohort each member is where it is at the question's instant, in every cell: so that parts add up to the whole. The anchor is the row that everyone in it has. */
function findAnchor(
  { activities, cohorts }: Catalog,
  { name: metric, rule }: CatalogMetric & { readonly rule: CohortRule },
  segment: CatalogSegment,
  name: string,
): KeyedRows | Diagnostic {
  const refuse = (why: string, hint: string): Diagnostic =>
    diagnostic('E1601', `metric \`${metric}\` cannot be cut by \`${name}\`: ${why}`, { hints: [hint] });
  if (!('cohort' in rule))
    return refuse(
      'it has no cohort whose members belong somewhere',
      'what is cut so: plain metrics, and retention, churn, revenue retention and ltv of a cohort',
    );
  const { anchor } = cohorts.get(rule.cohort)!;
  const { model, key, entity } = activities.get(anchor)!;
  if (entity !== segment.entity)
    return refuse(
      `its cohort is of \`${entity}\`, and \`${segment.name}\` is of \`${segment.entity}\``,
      'name a segment of the same entity',
    );
  if (model === undefined || key === undefined)
    return refuse(
      `its anchor \`${anchor}\` is made of several activities`,
      'a cohort with an anchor of one model can be cut',
    );
  return { model, key };
}

/** The column with the entity's key: by its name, else the one that leads to the entity's properties. */
function keyIn({ columns, relations }: CatalogModel, { key, attributes }: CatalogSegment): string | undefined {
  if (columns.some(({ name }) => name === key)) return key;
  const ways = relations.filter(({ to, on }) => to === attributes && on.length === 1);
  return ways.length === 1 ? ways[0]!.on[0] : undefined;
}

function noKey(metric: CatalogMetric, model: CatalogModel, segment: CatalogSegment, name: string): Diagnostic {
  return diagnostic(
    'E1601',
    `metric \`${metric.name}\` cannot be cut by \`${name}\`: \`${model.name}\` does not say which \`${segment.entity}\` a row is of`,
    {
      hints: [`it needs a column \`${segment.key}\`, or one relation to \`${segment.attributes ?? segment.entity}\``],
    },
  );
}

import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { Catalog, CatalogMetric, CatalogModel } from '../catalog.ts';
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
      if (metric.model === undefined || metric.rule) continue;
      const model = models.get(metric.model)!;
      const on = keyIn(model, segment);
      if (on === undefined) diagnostics.push(noKey(metric, model, segment, name));
      else if (!model.relations.some((relation) => relation.name === name))
        models.set(model.name, { ...model, relations: [...model.relations, { name, to: name, on: [on] }] });
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

import type { Grain } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import type { RetentionRule } from '../cohort/rule.ts';
import type { EntitiesRequest } from '../query-types.ts';
import { isValueSql, periodRange, readPeriod } from './cell-values.ts';

/** A condition as it is written in a segment's file. */
type Written = Readonly<Record<string, unknown>>;

export interface CellSegment {
  readonly description: string;
  readonly where: Written;
  readonly exclude: readonly string[];
}

type Outcome = { readonly segment?: CellSegment; readonly diagnostics: readonly Diagnostic[] };

/**
 * The entities of a cell of a retention (or of a cohort's churn) as the rule of a segment: who anchored in the cohort's period, and came back in the cell's. Only what a segment can say word for word;
 * of the rest the reason is told.
 */
export function segmentOfCell(catalog: Catalog, request: Omit<EntitiesRequest, 'asOf' | 'limit'>): Outcome {
  const metric = catalog.metrics.get(request.metric);
  const rule = metric?.rule;
  const refuse = (why: string, hint: string): Outcome => ({
    diagnostics: [
      diagnostic('E1604', `the cell of \`${request.metric}\` cannot be saved as a segment: ${why}`, { hints: [hint] }),
    ],
  });
  if (!metric || !rule || (rule.rule !== 'retention' && rule.rule !== 'cohort_churn'))
    return refuse(
      'it is no cell of a cohort that came back or did not',
      'cells of `retention` and of a cohort’s `churn` can be saved',
    );
  if (request.where !== undefined || request.from !== undefined || request.to !== undefined)
    return refuse(
      '`where`, `from` and `to` narrow the question, not the segment',
      'name the cell alone: --cell cohort=2025-01,k=2',
    );
  const why = whyNot(catalog, rule);
  if (why !== undefined) return refuse(why, 'write the segment by hand: docs/segments.md shows how');
  const diagnostics: Diagnostic[] = [];
  const place = rule.cells.find(({ name }) => name === request.cell.k);
  const day = readPeriod('cohort', request.cell.cohort ?? '', diagnostics);
  if (!place) diagnostics.push(unknownInterval(metric, rule, request.cell.k));
  const anchored = day && anchorOf(catalog, metric, rule, request, day, diagnostics);
  if (hasErrors(diagnostics) || !place || !day || !anchored) return { diagnostics };
  const back = place.last === 0 && rule.periodZero === 'anchor' ? undefined : returnOf(catalog, rule, place, day);
  if (place.first === 0 && back !== undefined)
    return refuse('interval 0 counts what follows the anchor within its own period', 'choose an interval from 1 on');
  const where = back === undefined ? whole(rule, anchored) : { all: [anchored, ...back] };
  if (!where) return refuse('nobody of it is lost at interval 0', 'choose an interval from 1 on');
  return {
    segment: {
      description: `Saved from a cell of \`${metric.name}\`: ${Object.entries(request.cell)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}.`,
      where,
      exclude: metric.exclude,
    },
    diagnostics,
  };
}

function whole(rule: RetentionRule, anchored: Written): Written | undefined {
  return rule.rule === 'retention' ? anchored : undefined;
}

function whyNot({ cohorts }: Catalog, rule: RetentionRule): string | undefined {
  const cohort = cohorts.get(rule.cohort)!;
  if (rule.interval !== 'calendar') return 'its intervals begin at each entity’s own instant';
  if (rule.every.count !== 1 || rule.every.unit === 'hour')
    return `its periods are not days, weeks, months, quarters or years of the calendar`;
  if (rule.criteria !== 'on' && rule.criteria !== 'on_or_before')
    return `\`criteria: ${rule.criteria}\` looks at more than one interval`;
  if (typeof cohort.occurrence !== 'string' || cohort.occurrence === 'every_period')
    return 'an entity may be in its cohort by another event than its first';
  return undefined;
}

function unknownInterval({ name }: CatalogMetric, { cells }: RetentionRule, k: string | undefined): Diagnostic {
  const names = cells.map((cell) => cell.name);
  return diagnostic('E1205', `\`k\` of the cell is \`${k ?? ''}\`, which \`${name}\` does not have`, {
    hints: [`it has ${names[0]} to ${names.at(-1)}`],
  });
}

/** Who is in the cohort: the first event of the anchor in its period, with the cohort's own condition and the groups that the cell names. */
function anchorOf(
  catalog: Catalog,
  metric: CatalogMetric,
  rule: RetentionRule,
  { cell }: Pick<EntitiesRequest, 'cell'>,
  day: string,
  diagnostics: Diagnostic[],
): Written {
  const { anchor, where } = catalog.cohorts.get(rule.cohort)!;
  const { from, to } = rangeOf(catalog, rule, day, 0, 0);
  const groups = Object.entries(cell).flatMap(([name, text]) => {
    if (name === 'cohort' || name === 'k') return [];
    const dimension = metric.dimensions.find((one) => one.name === name);
    if (dimension) return [isValueSql(name, dimension, text, diagnostics)];
    diagnostics.push(diagnostic('E1601', `a cell of \`${metric.name}\` has no \`${name}\``));
    return [];
  });
  const conditions = [...(where === undefined ? [] : [where]), ...groups];
  return {
    first: anchor,
    between: [from, to],
    ...(conditions.length === 0
      ? {}
      : { where: conditions.length === 1 ? conditions[0] : conditions.map((one) => `(${one})`).join(' and ') }),
  };
}

/** The deed in the cell's interval, or in all up to it; of churn that it was not done. */
function returnOf(
  catalog: Catalog,
  rule: RetentionRule,
  { first, last }: { readonly first: number; readonly last: number },
  day: string,
): readonly Written[] {
  const { activity, criteria, minOccurrences: many } = rule;
  const { from, to } = rangeOf(catalog, rule, day, criteria === 'on_or_before' ? 1 : first, last);
  const did = { did: activity, ...(many > 1 ? { times: `>= ${many}` } : {}), between: [from, to] };
  return [rule.rule === 'retention' ? did : { not: did }];
}

/** From the first day of the first interval to the day after the last one, intervals counted from the period of `day`. */
function rangeOf(
  { calendar }: Catalog,
  { every }: RetentionRule,
  day: string,
  first: number,
  last: number,
): { readonly from: string; readonly to: string } {
  const unit = every.unit as Exclude<Grain, 'hour'>;
  let range = periodRange(day, unit, calendar);
  let { from } = range;
  for (let k = 1; k <= last; k++) {
    range = periodRange(range.to, unit, calendar);
    if (k <= first) from = range.from;
  }
  return { from, to: range.to };
}

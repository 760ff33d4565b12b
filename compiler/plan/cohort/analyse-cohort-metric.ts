import type { CohortMetric } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import { isTimezone } from '../../definition/timezone.ts';
import { type Diagnostic, diagnostic, hasErrors, type Span } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { CatalogActivity, CatalogCohort, CatalogExclusion, CatalogMetric, CatalogModel } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import type { MetricDimension } from '../metric/analysed-metric.ts';
import type { Knob } from '../metric/describe-metric.ts';
import { leavesOf } from './leaves.ts';
import { resolveRule } from './resolve-rule.ts';
import type { CohortRule } from './rule.ts';

/** A metric of a cohort form once the names in it have been found. */
export interface AnalysedCohortMetric extends CatalogMetric {
  readonly rule: CohortRule;
  readonly timezone: string;
  readonly dimensions: readonly MetricDimension[];
  readonly reads: readonly string[];
  readonly knobs: readonly Knob[];
}

export interface CohortContext {
  readonly calendar: Calendar;
  readonly models: ReadonlyMap<string, CatalogModel>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  readonly activities: ReadonlyMap<string, CatalogActivity>;
  readonly cohorts: ReadonlyMap<string, CatalogCohort>;
  /** Entity → its key. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Undefined where something in it is wrong, here or in what it names (which is said there). */
export function analyseCohortMetric(
  definition: CohortMetric,
  context: CohortContext,
): { readonly metric?: AnalysedCohortMetric; readonly diagnostics: readonly Diagnostic[] } {
  const { rule: written, knobs, diagnostics: found } = resolveRule(definition);
  if (!written) return { diagnostics: found };
  const rule = withLasting(written, context);
  const diagnostics: Diagnostic[] = [...found];
  const cohort = 'cohort' in rule ? context.cohorts.get(rule.cohort) : undefined;
  const activityNames = 'steps' in rule ? rule.steps : [rule.activity];
  const activities = activityNames.flatMap((name) => context.activities.get(name) ?? []);
  if (('cohort' in rule && !cohort) || activities.length < activityNames.length) return { diagnostics };
  const anchor = cohort && context.activities.get(cohort.anchor)!;
  const all = [...(anchor ? [anchor] : []), ...activities];
  checkEntity(definition, all, diagnostics);
  checkColumns(definition, rule, activities, context, diagnostics);
  const exclude = checkExclusions(definition, all, context, diagnostics);
  const timezone = definition.timezone?.value;
  if (timezone !== undefined && !isTimezone(timezone))
    diagnostics.push(
      diagnostic(
        'E1306',
        `\`timezone: ${timezone}\` does not apply to \`${definition.name}\`: its periods are of one zone`,
        {
          span: definition.timezone?.span ?? definition.span,
          hints: ['for example `timezone: Europe/Berlin`'],
        },
      ),
    );
  if (hasErrors(diagnostics)) return { diagnostics };
  const dimensions = cohort ? dimensionsOf(cohort, anchor!, context) : [];
  const why = all.find((activity) => activity.notComputed !== undefined);
  return {
    metric: {
      name: definition.name,
      computed: why === undefined,
      ...(why === undefined ? {} : { notComputed: `its activity \`${why.name}\` is not there: ${why.notComputed}` }),
      rule,
      exclude,
      timezone: timezone ?? context.calendar.timezone,
      ...(timezone === undefined ? {} : { ownTimezone: timezone }),
      dimensions,
      inputs: [],
      reads: readsOf(all, cohort, dimensions, exclude, context),
      type: rule.rule === 'returned' ? 'integer' : 'double',
      knobs,
    },
    diagnostics,
  };
}

/** What is told of money depends on whether it is paid or runs, which its activity says. */
function withLasting(rule: CohortRule, { activities }: CohortContext): CohortRule {
  const activity = rule.rule === 'kept_revenue' ? activities.get(rule.activity) : undefined;
  const lasts = activity && leavesOf(activity, activities).some(({ until }) => until !== undefined);
  return lasts ? ({ ...rule, lasts } as CohortRule) : rule;
}

function checkEntity(definition: CohortMetric, all: readonly CatalogActivity[], diagnostics: Diagnostic[]): void {
  const other = all.find(({ entity }) => entity !== all[0]!.entity);
  if (!other) return;
  diagnostics.push(
    diagnostic(
      'E1407',
      `\`${all[0]!.name}\` is done by a \`${all[0]!.entity}\`, \`${other.name}\` by a \`${other.entity}\``,
      { span: definition.span, hints: [`\`${definition.name}\` follows one entity through its activities`] },
    ),
  );
}

/** What a form reads of its activities beside entity and time. */
function checkColumns(
  { name, places, span }: CohortMetric,
  rule: CohortRule,
  activities: readonly CatalogActivity[],
  context: CohortContext,
  diagnostics: Diagnostic[],
): void {
  const leaves = activities.flatMap((activity) => leavesOf(activity, context.activities));
  const lacking = (key: 'value' | 'order' | 'until', knob: string, hint: string) => {
    const without = leaves.find((leaf) => leaf[key] === undefined);
    if (!without) return;
    const place: Span = places[knob] ?? span;
    diagnostics.push(
      diagnostic('E1202', `\`${name}\` needs \`${key}\` in the activity \`${without.name}\``, {
        span: place,
        hints: [hint],
      }),
    );
  };
  if (rule.rule === 'ltv' || rule.rule === 'kept_revenue' || rule.rule === 'cohort_revenue')
    lacking('value', 'activity', 'what an event is worth: `value: amount`');
  if (rule.rule === 'ltv' && rule.refunds === 'on_order_date')
    lacking('order', 'refunds', 'the column with the order that a refund belongs to: `order: order_id`');
  if (rule.rule === 'kept_revenue' && rule.lasts)
    lacking('until', 'activity', 'what lasts and what happens once are not added up: the column of its end for each');
  if (rule.rule === 'contract_churn') lacking('until', 'activity', 'the column of its end: `until: ended_at`');
}

function checkExclusions(
  { exclude, span, name }: CohortMetric,
  all: readonly CatalogActivity[],
  context: CohortContext,
  diagnostics: Diagnostic[],
): string[] {
  const key = context.keys.get(all[0]!.entity!);
  return exclude.value.flatMap((one) => {
    const exclusion = context.exclusions.get(one.value);
    if (!exclusion) {
      const hints = suggestNames(one.value, context.exclusions.keys());
      diagnostics.push(diagnostic('E1501', `unknown exclusion \`${one.value}\``, { span: one.span ?? span, hints }));
      return [];
    }
    if (exclusion.key !== key) {
      diagnostics.push(
        diagnostic('E1305', `\`${one.value}\` excludes by \`${exclusion.key}\`, and \`${name}\` counts by \`${key}\``, {
          span: one.span ?? span,
          hints: ['an exclusion is of the entity that is counted'],
        }),
      );
      return [];
    }
    return [one.value];
  });
}

function dimensionsOf(cohort: CatalogCohort, anchor: CatalogActivity, context: CohortContext): MetricDimension[] {
  const model = anchor.model === undefined ? undefined : context.models.get(anchor.model);
  if (!model) return [];
  return cohort.by.flatMap((name) => {
    const path = name.split('.');
    const { column } = resolveColumn(context, model, path);
    if (!column) return [];
    return [
      {
        name,
        label: path[path.length - 1]!,
        model: column.model,
        column: column.column,
        ...(column.type === undefined ? {} : { type: column.type }),
        relations: path.slice(0, -1),
      },
    ];
  });
}

/** Models of the activities, and those that relations in the cohort's dimensions and the exclusions lead to. */
function readsOf(
  all: readonly CatalogActivity[],
  cohort: CatalogCohort | undefined,
  dimensions: readonly MetricDimension[],
  exclude: readonly string[],
  context: CohortContext,
): string[] {
  const models = all.flatMap((activity) => leavesOf(activity, context.activities)).map((leaf) => leaf.model!);
  const related = cohort ? dimensions.map((d) => d.model) : [];
  const excluded = exclude.map((name) => context.exclusions.get(name)!.in);
  return [...new Set([...models, ...related, ...excluded])].sort();
}

import { isCalendarDay } from '../../definition/calendar-day.ts';
import type { ConditionDefinition, TimingDefinition } from '../../definition/condition.ts';
import { diagnostic, type Located } from '../../diagnostic/diagnostic.ts';
import type { SqlText } from '../../source/source-file.ts';
import type { CatalogActivity } from '../catalog.ts';
import { leavesOf } from '../cohort/leaves.ts';
import { hasValue } from './activity-rows.ts';
import { type Analysis, readRowCondition } from './analysis.ts';
import { checkMetric } from './check-metric.ts';
import { keyType } from './key-type.ts';
import type { Condition, Timing } from './rule.ts';

/** A condition with its names found; undefined where one leads nowhere or does not fit, which is said here or where names are checked. */
export function resolveCondition(written: ConditionDefinition, analysis: Analysis): Condition | undefined {
  switch (written.form) {
    case 'all':
    case 'any': {
      const of = written.of.flatMap((one) => resolveCondition(one, analysis) ?? []);
      return of.length === written.of.length ? { kind: written.form, of } : undefined;
    }
    case 'not': {
      const of = resolveCondition(written.of, analysis);
      return of && { kind: 'not', of };
    }
    case 'did':
      return resolveDid(written, analysis);
    case 'edge':
      return resolveEdge(written, analysis);
    case 'sequence': {
      const steps = written.steps.flatMap((step) => findActivity(step, analysis) ?? []);
      if (steps.length < written.steps.length) return undefined;
      const within = written.within === undefined ? {} : { within: written.within.value };
      return { kind: 'sequence', steps: steps.map(({ name }) => name), ...within };
    }
    case 'property':
      return resolveProperty(written.is, analysis);
    case 'metric':
      return checkMetric(written, analysis);
    case 'segment':
      return resolveSegment(written.segment, analysis);
    case 'list':
      return resolveList(written, analysis);
  }
}

type Form<F extends ConditionDefinition['form']> = Extract<ConditionDefinition, { form: F }>;

function resolveDid(written: Form<'did'>, analysis: Analysis): Condition | undefined {
  const activity = findActivity(written.activity, analysis);
  if (!activity) return undefined;
  const priced = written.tests.find(({ measure }) => measure !== 'times' && measure !== 'days');
  if (priced && !hasValue(analysis.catalog, activity.name)) {
    const without = leavesOf(activity, analysis.catalog.activities).find(({ value }) => value === undefined)!;
    analysis.diagnostics.push(
      diagnostic('E1202', `\`${priced.measure}\` needs \`value\` in the activity \`${without.name}\``, {
        span: priced.threshold.span,
        hints: [`say there what an event is worth: \`value: amount\``, 'or count: `times: ">= 3"`'],
      }),
    );
  }
  const timing = resolveTiming(written.timing, analysis);
  const where = written.where && resolveEventWhere(written.where, activity, analysis);
  if ((written.timing && !timing) || (written.where && where === undefined)) return undefined;
  return {
    kind: 'did',
    negated: written.negated,
    activity: activity.name,
    tests: written.tests.map(({ measure, threshold: { operator, number } }) => ({ measure, operator, number })),
    ...(timing ? { timing } : {}),
    ...(where === undefined ? {} : { where }),
  };
}

function resolveEdge(written: Form<'edge'>, analysis: Analysis): Condition | undefined {
  const activity = findActivity(written.activity, analysis);
  if (!activity) return undefined;
  const timing = resolveTiming(written.timing, analysis);
  const where = written.where && resolveEventWhere(written.where, activity, analysis);
  if (!timing || (written.where && where === undefined)) return undefined;
  const { which } = written;
  return { kind: 'edge', which, activity: activity.name, timing, ...(where === undefined ? {} : { where }) };
}

function resolveTiming(
  timing: TimingDefinition | Form<'edge'>['timing'] | undefined,
  analysis: Analysis,
): Timing | undefined {
  switch (timing?.form) {
    case undefined:
      return undefined;
    case 'within':
    case 'before':
      return { form: timing.form, length: timing.length.value };
    case 'between':
      for (const one of [timing.from, timing.to]) checkMoment(one, analysis);
      return { form: 'between', from: timing.from.value, to: timing.to.value };
    case 'since': {
      const activity = findActivity(timing.activity, analysis);
      const within = timing.within === undefined ? {} : { within: timing.within.value };
      return activity && { form: 'since', which: timing.which, activity: activity.name, ...within };
    }
  }
}

const timeOfDay = /^T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/;

function checkMoment({ value, span }: Located<string>, { diagnostics }: Analysis): void {
  const rest = value.slice(10);
  if (isCalendarDay(value.slice(0, 10)) && (rest === '' || timeOfDay.test(rest))) return;
  const hints = ['for example 2025-05-01 or 2025-05-01T12:00:00Z'];
  diagnostics.push(diagnostic('E1205', `\`${value}\` is no day and no instant`, { span, hints }));
}

/** The activity, done by the segment's entity. */
export function findActivity(name: Located<string>, analysis: Analysis): CatalogActivity | undefined {
  const { catalog, head, diagnostics, obstacles } = analysis;
  const activity = catalog.activities.get(name.value);
  if (!activity) return undefined;
  if (activity.entity !== head.entity) {
    diagnostics.push(
      diagnostic(
        'E1407',
        `\`${activity.name}\` is done by a \`${activity.entity}\`, and \`${head.name}\` is of \`${head.entity}\``,
        {
          span: name.span,
          hints: ['a segment follows one entity through its activities'],
        },
      ),
    );
    return undefined;
  }
  if (activity.notComputed !== undefined)
    obstacles.push(`its activity \`${activity.name}\` is not there: ${activity.notComputed}`);
  return activity;
}

/** The columns of an event's own model: of an activity that is made of others, each of them has to have them. */
function resolveEventWhere(where: SqlText, activity: CatalogActivity, analysis: Analysis): string | undefined {
  const models = new Set(leavesOf(activity, analysis.catalog.activities).map(({ model }) => model!));
  let canonical: string | undefined;
  for (const model of models) canonical = readRowCondition(where, analysis.catalog.models.get(model)!, analysis);
  return canonical;
}

function resolveProperty(is: SqlText, analysis: Analysis): Condition | undefined {
  const { head, catalog, diagnostics } = analysis;
  const model = head.attributes === undefined ? undefined : catalog.models.get(head.attributes);
  if (!model) {
    if (head.attributes === undefined)
      diagnostics.push(
        diagnostic('E1202', `nothing says where the properties of a \`${head.entity}\` are`, {
          span: is.span,
          hints: [
            `add \`attributes:\` to \`${head.entity}\` in project.yml: \`{key: ${head.key}, attributes: marts.…}\``,
          ],
        }),
      );
    return undefined;
  }
  const canonical = readRowCondition(is, model, analysis);
  return canonical === undefined ? undefined : { kind: 'property', is: canonical };
}

function resolveSegment(name: Located<string>, analysis: Analysis): Condition | undefined {
  const { catalog, head, diagnostics, obstacles } = analysis;
  const other = catalog.segments.get(name.value);
  if (!other) return undefined;
  const wrong =
    other.entity !== head.entity
      ? `\`${other.name}\` is of \`${other.entity}\`, and \`${head.name}\` of \`${head.entity}\``
      : other.rule?.form === 'split'
        ? `\`${other.name}\` is a split: it has parts and no members of its own`
        : undefined;
  if (wrong !== undefined) {
    const hints = ['name a segment with `where` of the same entity'];
    diagnostics.push(diagnostic('E1407', wrong, { span: name.span, hints }));
    return undefined;
  }
  if (!other.computed) obstacles.push(`the segment \`${other.name}\` in it is not computed: ${other.notComputed}`);
  return { kind: 'segment', segment: other.name };
}

function resolveList({ path, key, ids }: Form<'list'>, analysis: Analysis): Condition | undefined {
  const { head, catalog, diagnostics } = analysis;
  if (key !== head.key) {
    diagnostics.push(
      diagnostic(
        'E1305',
        `\`${path.value}\` begins with \`${key}\`, and a \`${head.entity}\` is known by \`${head.key}\``,
        {
          span: path.span,
          hints: [`its first line names the key: \`${head.key}\``],
        },
      ),
    );
    return undefined;
  }
  const type = keyType(catalog, head);
  const odd = type === 'integer' ? ids.find((id) => !/^[-+]?\d+$/.test(id)) : undefined;
  if (odd !== undefined) {
    const hints = [`\`${head.key}\` is ${type}`];
    diagnostics.push(
      diagnostic('E1205', `\`${odd}\` in \`${path.value}\` is no whole number`, { span: path.span, hints }),
    );
    return undefined;
  }
  return { kind: 'list', path: path.value, ids };
}

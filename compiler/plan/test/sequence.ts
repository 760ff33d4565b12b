import type { ModelTest, ModelTestRule } from '../../definition/data-test.ts';
import type { TrackingPlan } from '../../definition/model.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import { checkTime } from '../check-time.ts';
import { newestName } from '../event-conditions.ts';
import type { ModelPlan } from '../plan-model.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { findEventColumn, findEventPlan } from './event-column.ts';
import type { TestBody, TestContext } from './test-plan.ts';
import { sayTest } from './words.ts';

type SequenceRule = Extract<ModelTestRule, { rule: 'sequence' }>;

/**
 * An event comes only after another of the same `per`: a `then` fails where no `first` came before it or at the same instant (ids of events are often random, so that the key says nothing
 * of the order within an instant). One `first` is enough for any number of `then`. What has no `per` or no time is not tested.
 */
export function planSequence(
  test: ModelTest,
  rule: SequenceRule,
  model: ModelPlan,
  where: string | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const event = rule.event ?? findEventColumn(model, context);
  if (event === undefined) {
    const message = `which column of \`${model.name}\` names the event is not known`;
    const hints = [
      'say it: `sequence: {event: COLUMN, …}`',
      'or declare a tracking plan (`events:`) in the source that it comes from',
    ];
    diagnostics.push(diagnostic('E1202', message, { span: test.span, hints }));
    return undefined;
  }
  const plan = findEventPlan(model, event, context);
  if (plan) diagnostics.push(...checkNames(test, rule, plan));
  if (model.time === undefined || checkTime(model, model.time, test.span).length > 0) return undefined; // said of the model
  const name = plan ? newestName(plan, id(event)) : id(event);
  const [per, time] = [id(rule.per), id(model.time)];
  const shown = [...new Set([...model.key, rule.per, model.time])];
  const isThen = `${name} = ${textLiteral(rule.then)}${where ? ` and (${where})` : ''}`;
  const firstAt = `min(case when ${name} = ${textLiteral(rule.first)} then ${time} end) over (partition by ${per})`;
  const events = `select ${shown.map(id).join(', ')}, ${isThen} as is_tested, ${firstAt} as first_at from ${model.name} where ${name} in (${textLiteral(rule.first)}, ${textLiteral(rule.then)}) and ${per} is not null and ${time} is not null`;
  const fails = `(first_at is null or first_at > ${time})`;
  return {
    words: sayTest((words) => words.sequence(rule.then, rule.first, rule.per, rule.maxViolations)),
    counts: 'events',
    check: {
      mode: 'query',
      failures: `select ${shown.map(id).join(', ')} from (${events}) as e where is_tested and ${fails}`,
      tested: `select count(*) from ${model.name} where ${isThen} and ${per} is not null and ${time} is not null`,
      counted: `select count(*) filter (where ${fails}) as failing, count(*) as tested from (${events}) as e where is_tested`,
    },
  };
}

/** A slip in a name would be a test that can never fail: where the tracking plan is known, the names are looked up in it. */
function checkNames(test: ModelTest, { first, then }: SequenceRule, { catalog }: TrackingPlan): readonly Diagnostic[] {
  const known = catalog.map((one) => one.event);
  return [first, then].flatMap((name) => {
    if (known.includes(name)) return [];
    const newer = catalog.find((one) => one.renamedFrom === name);
    const hints = newer ? [`it is \`${newer.event}\` now: rows of either name count`] : suggestNames(name, known);
    return [diagnostic('E1501', `the tracking plan has no event \`${name}\``, { span: test.span, hints })];
  });
}

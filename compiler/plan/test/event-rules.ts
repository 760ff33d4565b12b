import type { ModelTestRule } from '../../definition/data-test.ts';
import type { TrackedEvent, TrackingPlan } from '../../definition/model.ts';
import { carriesAll, isHeld, isUnknownEvent, namesOf } from '../event-conditions.ts';
import type { ModelPlan } from '../plan-model.ts';
import type { TestBody } from './test-plan.ts';
import { sayTest } from './words.ts';

/** The rules of a tracking plan: rows of the event table, each looked at by itself. */
export function planEventRule(
  rule: Extract<ModelTestRule, { rule: 'known_event' | 'event' }>,
  model: ModelPlan,
): TestBody | undefined {
  const plan = model.definition.form === 'source' ? model.definition.events : undefined;
  if (!plan) return undefined;
  if (rule.rule === 'known_event') {
    const shows = plan.version === undefined ? [plan.name] : [plan.name, plan.version];
    return {
      words: sayTest((words) => words.knownEvent),
      counts: 'events',
      check: { mode: 'row', fails: isUnknownEvent(plan), shows },
    };
  }
  const event = plan.catalog.find((one) => one.event === rule.event)!;
  return {
    words: eventWords(plan, event),
    counts: 'events',
    check: {
      mode: 'row',
      fails: `not (${carriesAll(plan, event, model.columns)})`,
      where: isHeld(plan, event),
      shows: namesOf(event).length > 1 ? [plan.name] : [],
    },
  };
}

function eventWords(plan: TrackingPlan, { event: name, renamedFrom, requires, since }: TrackedEvent) {
  return sayTest((words) =>
    words.event({
      name,
      requires,
      ...(renamedFrom === undefined ? {} : { once: renamedFrom }),
      ...(since === undefined ? {} : { since: { column: String(plan.version), version: since } }),
    }),
  );
}

import type { ModelTestRule } from '../../definition/data-test.ts';
import type { TrackedEvent, TrackingPlan } from '../../definition/model.ts';
import { carriesAll, isHeld, isUnknownEvent, namesOf } from '../event-conditions.ts';
import type { ModelPlan } from '../plan-model.ts';
import { listWords, type TestBody } from './test-plan.ts';

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
      words: 'every event is in the tracking plan',
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

function eventWords(plan: TrackingPlan, event: TrackedEvent): string {
  const old = event.renamedFrom === undefined ? '' : ` (once \`${event.renamedFrom}\`)`;
  const since = event.since === undefined ? '' : `, from \`${plan.version}\` ${event.since} on`;
  return `\`${event.event}\`${old} carries ${listWords(event.requires)}${since}`;
}

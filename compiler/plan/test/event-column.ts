import type { TrackingPlan } from '../../definition/model.ts';
import type { ModelPlan } from '../plan-model.ts';
import type { TestContext } from './test-plan.ts';

/** Where the names of events come from: a tracking plan, and whether they are still as it says. */
interface EventNames {
  readonly plan: TrackingPlan;
  readonly asIs: boolean;
}

const usualName = 'event_name';

/** The column of a model that holds the names of events: by the tracking plan that it came from, else `event_name`; undefined where none or several may be meant. */
export function findEventColumn(model: ModelPlan, context: TestContext): string | undefined {
  const found = model.columns.flatMap(({ name, type }) => {
    const names = type === undefined || type === 'text' ? traceNames(model, name, context) : undefined;
    return names ? [{ name, ...names }] : [];
  });
  const asIs = found.filter((one) => one.asIs);
  const candidates = asIs.length > 0 ? asIs : found;
  const best = candidates.length === 1 ? candidates[0] : candidates.find(({ name, plan }) => name === plan.name);
  if (best) return best.name;
  return model.columns.some(({ name }) => name === usualName) ? usualName : undefined;
}

/** The tracking plan whose names stand in a column, unless an expression has made others of them. */
export function findEventPlan(model: ModelPlan, column: string, context: TestContext): TrackingPlan | undefined {
  const names = traceNames(model, column, context);
  return names?.asIs ? names.plan : undefined;
}

function traceNames(model: ModelPlan, column: string, context: TestContext): EventNames | undefined {
  const { definition } = model;
  if (definition.form === 'source') {
    const plan = definition.events;
    return plan?.name === column ? { plan, asIs: true } : undefined;
  }
  const declared = definition.columns.find(({ name }) => name === column);
  if (declared?.body.form === 'event') {
    const source = context.models.get(declared.body.source.value)?.definition;
    return source?.form === 'source' && source.events ? { plan: source.events, asIs: true } : undefined;
  }
  for (const source of model.columns.find(({ name }) => name === column)?.sources ?? []) {
    const from = context.models.get(source.model);
    if (!from || (source.how !== 'same' && source.how !== 'changed')) continue;
    const names = traceNames(from, source.column, context);
    if (names) return { ...names, asIs: names.asIs && source.how === 'same' };
  }
  return undefined;
}

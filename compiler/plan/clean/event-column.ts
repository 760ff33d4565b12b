import type { ColumnDefinition } from '../../definition/model.ts';
import { formatType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import { newestName } from '../event-conditions.ts';
import type { ModelContext, ModelPlan } from '../plan-model.ts';
import { identifier as id } from '../sql-text.ts';
import { alias, type CleanColumn } from './clean-column.ts';

/** The name of an event with old names replaced by the tracking plan of the source that it comes from. */
export function planEvent(
  column: ColumnDefinition,
  { source }: Extract<ColumnDefinition['body'], { form: 'event' }>,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): CleanColumn | undefined {
  const tracked = context.planned.get(source.value)?.definition;
  const plan = tracked?.form === 'source' ? tracked.events : undefined;
  if (!plan) {
    const plans = [...context.planned.values()].filter(({ definition: d }) => d.form === 'source' && d.events);
    const message = tracked ? `\`${source.value}\` has no tracking plan` : `unknown source \`${source.value}\``;
    const names = plans.map(({ name }) => name);
    const hints = names.length > 0 ? suggestNames(source.value, names) : ['add `events:` to the source'];
    diagnostics.push(diagnostic('E1501', message, { span: source.span, hints }));
    return undefined;
  }
  const from = upstream.columns.find(({ name }) => name === plan.name);
  if (!from) {
    const message = `\`${upstream.name}\` has no column \`${plan.name}\`, in which the tracking plan of \`${source.value}\` finds the name of an event`;
    const hints = suggestNames(
      plan.name,
      upstream.columns.map(({ name }) => name),
    );
    diagnostics.push(diagnostic('E1305', message, { span: column.span, hints }));
    return undefined;
  }
  const type = column.type ?? { name: 'text' };
  return {
    name: column.name,
    type: formatType(type),
    expression: newestName(plan, id(plan.name)),
    sources: [{ model: upstream.name, column: plan.name, how: 'changed' }],
    qualified: newestName(plan, `${alias}.${id(plan.name)}`),
  };
}

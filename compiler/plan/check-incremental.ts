import type { IncrementalDefinition } from '../definition/model.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { ModelPlan } from './plan-model.ts';

/** Knobs of an incremental model against what it reads: `reads` names models of its query that have a time, `lookback` has an input that needs it. */
export function checkIncremental(plan: ModelPlan, planned: ReadonlyMap<string, ModelPlan>): Diagnostic[] {
  const { definition } = plan;
  const incremental = 'incremental' in definition ? definition.incremental : undefined;
  if (!incremental) return [];
  return [...checkReads(plan, incremental, planned), ...checkLookback(plan, incremental, planned)];
}

function checkReads(
  plan: ModelPlan,
  { reads = [] }: IncrementalDefinition,
  planned: ReadonlyMap<string, ModelPlan>,
): Diagnostic[] {
  const inputs = storedInputs(plan, planned).map(({ name }) => name);
  return reads.flatMap(({ model: { value, span } }) => {
    if (!inputs.includes(value)) {
      const message = `\`${plan.name}\` does not read \`${value}\``;
      return [diagnostic('E1501', message, { span, hints: suggestNames(value, inputs) })];
    }
    const input = planned.get(value);
    const named = input?.time ?? plan.time;
    const type = input?.columns.find((column) => column.name === named)?.type;
    if (type === 'timestamp' || type === 'date') return [];
    const message = `nothing says which rows of \`${value}\` lie around a period: it has no business time`;
    const hint =
      input?.definition.form === 'source'
        ? `read a clean model of \`${value}\` that has \`time:\`, or remove it from \`reads\``
        : `add \`time:\` to \`${value}\`, or remove it from \`reads\``;
    return [diagnostic('E1202', message, { span, hints: [hint] })];
  });
}

function checkLookback(
  plan: ModelPlan,
  { lookback, lookbackSpan, span }: IncrementalDefinition,
  planned: ReadonlyMap<string, ModelPlan>,
): Diagnostic[] {
  if (lookback === undefined || storedInputs(plan, planned).some(isForeign)) return [];
  const message = `\`lookback\` does not apply: every input of \`${plan.name}\` says which of its rows are new`;
  return [diagnostic('E1306', message, { span: lookbackSpan ?? span, hints: ['remove `lookback`'] })];
}

/** A table that others write, without an arrival column of time. */
function isForeign({ definition, columns }: ModelPlan): boolean {
  if (definition.form !== 'source' || definition.source.from !== 'table') return false;
  const type = columns.find(({ name }) => name === definition.loadedAt)?.type;
  return type !== 'timestamp' && type !== 'date';
}

/** What is read, each view in place of which stands what it reads in turn. */
function storedInputs(plan: ModelPlan, planned: ReadonlyMap<string, ModelPlan>): readonly ModelPlan[] {
  const found = new Set<ModelPlan>();
  const add = (name: string): void => {
    const input = planned.get(name);
    if (!input || found.has(input)) return;
    const isView = 'materialized' in input.definition && input.definition.materialized === 'view';
    if (isView) for (const read of input.reads) add(read);
    else found.add(input);
  };
  for (const name of plan.reads) add(name);
  return [...found];
}

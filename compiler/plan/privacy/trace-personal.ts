import type { ColumnDefinition, ModelDefinition } from '../../definition/model.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { ModelPlan, PlannedColumn } from '../plan-model.ts';
import { findPersonalColumn, type PersonalColumn, type PersonalColumns, pseudonym } from './personal-columns.ts';

type Tags = Map<string, PersonalColumn | undefined>;

/**
 * Follows the tags of `pii:` along the columns, in one pass: each model stands after all that it reads. A value carries its tags on, changed or not; one that is only
 * filtered or joined by carries none, and neither does a count or a sum.
 */
export function tracePersonal(models: Iterable<ModelPlan>): {
  readonly personal: PersonalColumns;
  readonly diagnostics: readonly Diagnostic[];
} {
  const personal = new Map<string, ReadonlyMap<string, PersonalColumn>>();
  const diagnostics: Diagnostic[] = [];
  for (const model of models) {
    const { definition } = model;
    if (!model.reads.some((read) => personal.has(read)) && !definition.columns.some(hasOwnTag)) continue;
    const declared = new Map(definition.columns.map((column) => [column.name, column]));
    const found = new Map<string, PersonalColumn>();
    for (const column of model.columns) {
      const traced = traceColumn(definition, column, declared.get(column.name), personal, diagnostics);
      if (traced.tags.size > 0 || traced.treatment) found.set(column.name, traced);
    }
    if (found.size > 0) personal.set(model.name, found);
  }
  return { personal, diagnostics };
}

function hasOwnTag({ pii, impersonal, body }: ColumnDefinition): boolean {
  return pii !== undefined || impersonal !== undefined || body.form === 'hash';
}

function traceColumn(
  model: ModelDefinition,
  { name, sources }: PlannedColumn,
  declared: ColumnDefinition | undefined,
  personal: PersonalColumns,
  diagnostics: Diagnostic[],
): PersonalColumn {
  const { tags, isAggregated } = inherit(sources, personal);
  const place = { model: model.name, column: name, span: declared?.span ?? model.span };
  if (declared?.impersonal) {
    const { why, span } = declared.impersonal;
    if (tags.size === 0) diagnostics.push(nothingToEnd(model.name, name, span));
    return { ...place, tags: new Map(), treatment: 'declared', why };
  }
  const isHashed = declared?.body.form === 'hash';
  const own: Tags = isHashed ? new Map([[pseudonym, [...tags.values()][0]]]) : tags;
  if (declared?.pii !== undefined && !own.has(declared.pii)) own.set(declared.pii, undefined);
  const treatment = isHashed ? 'hashed' : isAggregated && own.size === 0 ? 'aggregated' : undefined;
  return { ...place, tags: own, ...(treatment ? { treatment } : {}) };
}

/** The tags that values of the sources bring along, each by the first column that has it. */
function inherit(
  sources: PlannedColumn['sources'],
  personal: PersonalColumns,
): { readonly tags: Tags; readonly isAggregated: boolean } {
  const tags: Tags = new Map();
  let isAggregated = false;
  for (const { model, column, how, keepsValues } of sources) {
    const above = how === 'filtered' ? undefined : findPersonalColumn(personal, model, column);
    if (!above || above.tags.size === 0) continue;
    if (how === 'aggregated' && !keepsValues) isAggregated = true;
    else for (const tag of above.tags.keys()) if (!tags.has(tag)) tags.set(tag, above);
  }
  return { tags, isAggregated };
}

function nothingToEnd(model: string, column: string, span: Diagnostic['span']): Diagnostic {
  return diagnostic('E1306', `\`pii: none\` does not apply: no tag comes to \`${model}.${column}\` that it could end`, {
    span,
    hints: ['remove `pii` and `why`'],
  });
}

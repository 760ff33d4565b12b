import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { resolveColumn } from '../joins.ts';
import { createFactRows } from '../metric/fact-rows.ts';
import type { QueryPlan } from '../query-types.ts';
import type { SegmentSetting } from './setting.ts';

/** How many members, and how many others, have each value of a property. */
export interface ProfileQuestion {
  readonly ask: 'profile';
  readonly segment: string;
  readonly by: string;
}

/** `value` as text, `part` (`members` or `others`, of a split its own) and `entities`: everyone whom the segment knows, of a rule also those whom it excludes. */
export function profileSql(
  { catalog, segment, diagnostics, reads }: Pick<SegmentSetting, 'catalog' | 'segment' | 'diagnostics' | 'reads'>,
  membership: string,
  { by }: ProfileQuestion,
): Pick<QueryPlan, 'sql' | 'columns'> | undefined {
  const model = catalog.models.get(segment.attributes ?? '');
  if (!model) {
    diagnostics.push(
      diagnostic('E1601', `a \`${segment.entity}\` has no properties`, {
        hints: [`add \`attributes:\` to \`${segment.entity}\` in project.yml: the model with its properties`],
      }),
    );
    return undefined;
  }
  const path = by.split('.');
  const found: readonly Diagnostic[] = resolveColumn(catalog, model, path).diagnostics;
  diagnostics.push(...found);
  if (found.length > 0) return undefined;
  const rows = createFactRows(catalog, {}, { model: model.name, exclude: [] }, diagnostics);
  const [value, key] = [rows.text(path), rows.text([segment.key])];
  for (const name of rows.reads()) reads.add(name);
  const isSplit = segment.rule!.form === 'split';
  const known = `select ${key} as entity, cast(${value} as text) as value from ${rows.from()}`;
  const own = isSplit ? 'membership.part' : `case when membership.verdict = 'member' then 'members' else 'others' end`;
  const joined = `select known.value, ${own} as part from (${membership}) as membership join (${known}) as known on known.entity = membership.entity`;
  const counted = `select value, part, count(*) as entities from (${joined}) as profiled group by value, part`;
  return {
    sql: `${counted} order by value nulls last, part`,
    columns: [
      { name: 'value', type: 'text', role: 'dimension' },
      { name: 'part', type: 'text', role: 'dimension' },
      { name: 'entities', type: 'integer', role: 'metric' },
    ],
  };
}

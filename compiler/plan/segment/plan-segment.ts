import { type Diagnostic, diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import { canonicalType } from '../canonical-type.ts';
import type { Catalog } from '../catalog.ts';
import type { QueryColumn, QueryPlan } from '../query-types.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { type EvidenceQuestion, evidenceSql } from './evidence.ts';
import { type ExportQuestion, exportSql } from './export-rows.ts';
import { keyType } from './key-type.ts';
import { createSetting, explainedSql, membershipSql } from './membership.ts';
import { type ProfileQuestion, profileSql } from './profile.ts';
import type { CatalogSegment } from './rule.ts';
import { scoredBy } from './split.ts';

/**
 * What is asked of a segment: its members (of a split everyone with their part); how many entities have each mask or part; what one entity looks like to each condition; how many
 * entities are in which of several segments; or the members with columns that are handed out, the key before them.
 */
export type SegmentQuestion =
  | { readonly ask: 'members'; readonly segment: string; readonly limit?: number }
  | { readonly ask: 'masks'; readonly segment: string }
  | { readonly ask: 'entity'; readonly segment: string; readonly entity: string }
  | { readonly ask: 'overlap'; readonly segments: readonly string[] }
  | EvidenceQuestion
  | ProfileQuestion
  | ExportQuestion;

/** A plan, and for one entity which condition each value belongs to. */
export interface SegmentPlan extends QueryPlan {
  readonly values: readonly { readonly path: string; readonly name: string; readonly type: string }[];
}

type Outcome = { readonly plan?: SegmentPlan; readonly diagnostics: readonly Diagnostic[] };

/** A question to segments as one canonical SELECT; `asOf`: the instant as SQL. */
export function planSegment(catalog: Catalog, question: SegmentQuestion, asOf: string): Outcome {
  const diagnostics: Diagnostic[] = [];
  const names = 'segments' in question ? question.segments : [question.segment];
  const segments = names.flatMap((name) => findSegment(catalog, name, diagnostics));
  const other = segments.find(({ entity }) => entity !== segments[0]!.entity);
  if (other)
    diagnostics.push(
      diagnostic(
        'E1407',
        `\`${segments[0]!.name}\` is of \`${segments[0]!.entity}\`, \`${other.name}\` of \`${other.entity}\``,
        {
          hints: ['ask for segments of one entity'],
        },
      ),
    );
  if (hasErrors(diagnostics)) return { diagnostics };
  const reads = new Set<string>();
  const asked = { catalog, asOf, reads, diagnostics };
  if (question.ask === 'evidence') {
    const [segment] = segments;
    const { rule } = segment!;
    const looked = rule!.form === 'split' ? scoredBy(rule!.split) : rule!.where;
    const found = evidenceSql(createSetting(asked, segment!), looked, question);
    return { plan: { kind: 'query-plan', ...found, values: [], reads: [...reads].sort() }, diagnostics };
  }
  const lookAt = question.ask === 'entity' ? explainedSql : membershipSql;
  const parts = segments.map((segment) => ({ segment, ...lookAt(asked, segment) }));
  if (hasErrors(diagnostics)) return { diagnostics };
  if (question.ask === 'profile') {
    const [{ segment, sql: members }] = parts as [Part];
    const found = profileSql({ catalog, segment, diagnostics, reads }, members, question);
    return found
      ? { plan: { kind: 'query-plan', ...found, values: [], reads: [...reads].sort() }, diagnostics }
      : { diagnostics };
  }
  const { sql, columns, values = [], more = [] } = answer(catalog, question, parts);
  for (const model of more) reads.add(model);
  return { plan: { kind: 'query-plan', sql, columns, values, reads: [...reads].sort() }, diagnostics };
}

function findSegment(catalog: Catalog, name: string, diagnostics: Diagnostic[]): CatalogSegment[] {
  const segment = catalog.segments.get(name);
  if (!segment)
    diagnostics.push(
      diagnostic('E1501', `unknown segment \`${name}\``, { hints: suggestNames(name, catalog.segments.keys()) }),
    );
  else if (!segment.computed)
    diagnostics.push(
      diagnostic('E1901', `segment \`${name}\` is not computed by this version of Etalon: ${segment.notComputed}`),
    );
  return segment?.computed ? [segment] : [];
}

type Part = { readonly segment: CatalogSegment } & ReturnType<typeof membershipSql>;
type Answer = Pick<QueryPlan, 'sql' | 'columns'> &
  Partial<Pick<SegmentPlan, 'values'>> & {
    /** Models that are read beside the membership's. */
    readonly more?: readonly string[];
  };

function answer(
  catalog: Catalog,
  question: Exclude<SegmentQuestion, EvidenceQuestion | ProfileQuestion>,
  parts: readonly Part[],
): Answer {
  const [first] = parts as [Part];
  const { segment } = first;
  const isSplit = segment.rule!.form === 'split';
  const key: QueryColumn = { name: segment.key, type: keyType(catalog, segment), role: 'dimension' };
  const part: QueryColumn = { name: 'part', type: 'text', role: 'dimension' };
  switch (question.ask) {
    case 'members': {
      const limit = question.limit === undefined ? '' : ` limit ${question.limit}`;
      const where = isSplit ? '' : ` where verdict = 'member'`;
      const select = `select entity as ${id(key.name)}${isSplit ? ', part' : ''} from (${first.sql}) as membership${where}`;
      return { sql: `${select} order by ${isSplit ? '2, 1' : '1'}${limit}`, columns: isSplit ? [key, part] : [key] };
    }
    case 'masks': {
      const by = isSplit ? ['part'] : ['verdict', 'mask'];
      const columns = by.map((name): QueryColumn => ({ name, type: 'text', role: 'dimension' }));
      const select = `select ${by.join(', ')}, count(*) as entities from (${first.sql}) as membership group by ${by.join(', ')}`;
      const entities: QueryColumn = { name: 'entities', type: 'integer', role: 'metric' };
      return { sql: `${select} order by ${by.join(', ')}`, columns: [...columns, entities] };
    }
    case 'entity': {
      const of = `where entity = cast(${textLiteral(question.entity)} as ${canonicalType(key.type)})`;
      const names = isSplit ? ['part'] : ['verdict', 'mask'];
      const columns = [
        ...names.map((name): QueryColumn => ({ name, type: 'text', role: 'dimension' })),
        ...first.values.map(({ type }, i): QueryColumn => ({ name: `value_${i + 1}`, type, role: 'metric' })),
      ];
      return {
        sql: `select ${columns.map(({ name }) => name).join(', ')} from (${first.sql}) as membership ${of}`,
        columns,
        values: first.values,
      };
    }
    case 'overlap':
      return overlap(parts);
    case 'export':
      return exportSql(catalog, question, first);
  }
}

/** The sets that an overlap is of: segments, and of a split each part. */
export function setsOf(segments: readonly CatalogSegment[]): readonly string[] {
  return segments.flatMap(({ name, rule }) =>
    rule?.form === 'split' ? rule.split.parts.map((part) => `${name}.${part.name}`) : [name],
  );
}

/** How many entities are in the same sets: a mark for each. */
function overlap(parts: readonly Part[]): Answer {
  const sets = setsOf(parts.map(({ segment }) => segment));
  const members = parts.map(({ segment, sql }) =>
    segment.rule!.form === 'split'
      ? `select entity, ${textLiteral(`${segment.name}.`)} || part as label from (${sql}) as membership`
      : `select entity, ${textLiteral(segment.name)} as label from (${sql}) as membership where verdict = 'member'`,
  );
  const marks = sets.map((set) => `max(case when label = ${textLiteral(set)} then '1' else '0' end)`);
  const each = `select entity, ${marks.join(' || ')} as mask from (${members.join(' union all ')}) as sets group by entity`;
  return {
    sql: `select mask, count(*) as entities from (${each}) as marked group by mask order by mask`,
    columns: [
      { name: 'mask', type: 'text', role: 'dimension' },
      { name: 'entities', type: 'integer', role: 'metric' },
    ],
  };
}

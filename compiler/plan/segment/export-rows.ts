import { noPart } from '../../definition/define-split.ts';
import type { Catalog } from '../catalog.ts';
import type { QueryColumn, QueryPlan } from '../query-types.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { keyType } from './key-type.ts';
import type { CatalogSegment } from './rule.ts';

/** The members (of a split those whom it gives a part, or the given one) with columns of the entity's properties. */
export interface ExportQuestion {
  readonly ask: 'export';
  readonly segment: string;
  readonly columns: readonly string[];
  readonly part?: string;
  readonly limit?: number;
}

/** One row for each member: the key, then the columns. The properties are those of today, whenever the cut is. */
export function exportSql(
  catalog: Catalog,
  { columns, part, limit }: ExportQuestion,
  { segment, sql }: { readonly segment: CatalogSegment; readonly sql: string },
): Pick<QueryPlan, 'sql' | 'columns'> & { readonly more: readonly string[] } {
  const isSplit = segment.rule!.form === 'split';
  const model = catalog.models.get(segment.attributes ?? '');
  const columnOf = (name: string): { readonly sql: string; readonly type: string } => {
    if (name === segment.key) return { sql: 'membership.entity', type: keyType(catalog, segment) };
    if (isSplit && name === 'part') return { sql: 'membership.part', type: 'text' };
    return { sql: `properties.${id(name)}`, type: model?.columns.find((one) => one.name === name)?.type ?? 'text' };
  };
  const wanted = columns.map((name) => ({ name, ...columnOf(name) }));
  const key: QueryColumn = { name: segment.key, type: keyType(catalog, segment), role: 'dimension' };
  const needsProperties = model !== undefined && wanted.some(({ sql: one }) => one.startsWith('properties.'));
  const joined = needsProperties
    ? ` left join ${model.name} as properties on properties.${id(segment.key)} = membership.entity`
    : '';
  const isIn = isSplit
    ? part === undefined
      ? `membership.part <> ${textLiteral(noPart)}`
      : `membership.part = ${textLiteral(part)}`
    : `membership.verdict = 'member'`;
  const select = [
    'membership.entity as exported_key',
    ...wanted.map(({ sql: one }, i) => `${one} as exported_${i + 1}`),
  ].join(', ');
  return {
    sql: `select ${select} from (${sql}) as membership${joined} where ${isIn} order by 1${limit === undefined ? '' : ` limit ${limit}`}`,
    columns: [key, ...wanted.map(({ name, type }): QueryColumn => ({ name, type, role: 'dimension' }))],
    more: needsProperties ? [model.name] : [],
  };
}

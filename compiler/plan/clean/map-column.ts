import type { ColumnBody, ColumnDefinition } from '../../definition/model.ts';
import { formatType } from '../../definition/type-name.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { canonicalType } from '../canonical-type.ts';
import type { ModelContext, ModelPlan } from '../plan-model.ts';
import { valueLiteral } from '../sql-text.ts';
import { type CleanColumn, qualify } from './clean-column.ts';

export type MapBody = Extract<ColumnBody, { form: 'map' }>;

/** A status dictionary: many spellings, one word. A value that it does not list becomes what `else` says, or refuses the row. */
export function planMap(
  column: ColumnDefinition,
  body: MapBody,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): CleanColumn | undefined {
  const read = context.sql.expression(body.from, upstream);
  diagnostics.push(...read.diagnostics);
  if (!read.node) return undefined;
  const type = column.type ? formatType(column.type) : 'text';
  const from = qualify(read.node);
  const sql = caseOf(from, body);
  const isListed = Object.values(body.values).map((spellings) => isSpelled(from, spellings));
  const unlisted = `(not coalesce(${isListed.map((test) => `(${test})`).join(' or ')}, false))`;
  const reason = `\`${column.name}\`: a value that its \`map\` does not list`;
  return {
    name: column.name,
    type,
    expression: caseOf(read.canonical!, body),
    sources: read.sources.map((source) => ({ ...source, how: 'changed' })),
    qualified: column.type ? `cast(${sql} as ${canonicalType(type)})` : sql,
    ...('error' in body.else ? { rejections: [{ condition: unlisted, reason }] } : {}),
  };
}

function caseOf(from: string, body: MapBody): string {
  const branches = Object.entries(body.values).map(
    ([value, spellings]) => `when ${isSpelled(from, spellings)} then ${valueLiteral(value)}`,
  );
  const otherwise = 'error' in body.else ? 'null' : valueLiteral(body.else.value);
  return `case ${branches.join(' ')} else ${otherwise} end`;
}

function isSpelled(from: string, spellings: readonly (string | number | boolean | null)[]): string {
  const texts = spellings.filter((spelling) => spelling !== null).map((spelling) => valueLiteral(spelling));
  const tests = [
    ...(texts.length > 0 ? [`(${from}) in (${texts.join(', ')})`] : []),
    ...(spellings.includes(null) ? [`(${from}) is null`] : []),
  ];
  return tests.join(' or ');
}

import type { DeclarativeModel } from '../../definition/model.ts';
import type { ModelPlan, PlannedColumn } from '../plan-model.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { CleanColumn, Rejection } from './clean-column.ts';
import { ownColumn } from './clean-column.ts';

/**
 * The account of a clean model: a row for each key of which something did not come out, though the model wants it. `duplicates` are copies beyond the one that is kept; `fate` is `excluded`
 * or `rejected`, with the rule; the columns of what is read are there for rows that were rejected. Rows that `where` does not want are the rest: in - out - all of these.
 */
export interface AccountPlan {
  readonly sql: string;
  readonly columns: readonly PlannedColumn[];
  readonly key: readonly string[];
  /** The model that the rows come from. */
  readonly from: string;
  /** Are there rules that refuse rows? */
  readonly rejects: boolean;
  /** Does the model not want all of them? */
  readonly hasWhere: boolean;
  /** Do others write there while it is read? */
  readonly isLive: boolean;
}

/** An exclusion as a condition that is true for rows that stay. */
export interface ExclusionRule {
  readonly name: string;
  readonly stays: string;
}

export interface CleanParts {
  readonly columns: readonly CleanColumn[];
  /** What is read, with copies numbered where the model drops them. */
  readonly source: string;
  readonly joins: readonly string[];
  readonly where: readonly string[];
  readonly exclusions: readonly ExclusionRule[];
  readonly rejections: readonly Rejection[];
}

/** Undefined where every row comes out, or nothing tells rows apart. */
export function planAccount(
  definition: DeclarativeModel,
  upstream: ModelPlan,
  parts: CleanParts,
): AccountPlan | undefined {
  const { dedupe, key } = definition;
  const { exclusions, rejections } = parts;
  if (key.length === 0 || (!dedupe && exclusions.length === 0 && rejections.length === 0)) return undefined;
  const keys = key.map((name) => parts.columns.find((column) => column.name === name)!);
  const duplicates = dedupe ? `${ownColumn('etalon_copies')} - 1` : 'cast(0 as bigint)';
  const refused = rejections.map(({ condition, reason }) => `case when ${condition} then ${textLiteral(reason)} end`);
  const isRefused = rejections.map(({ condition }) => `(${condition}) is true`);
  const isExcluded = exclusions.map(({ stays }) => `(${stays}) is not true`);
  const fate = caseOf([
    ...isExcluded.map((test) => [test, `'excluded'`] as const),
    ...(isRefused.length > 0 ? [[isRefused.join(' or '), `'rejected'`] as const] : []),
  ]);
  const rule = caseOf([
    ...exclusions.map(({ name }, i) => [isExcluded[i]!, textLiteral(name)] as const),
    ...(refused.length > 0 ? [['true', `nullif(concat_ws('; ', ${refused.join(', ')}), '')`] as const] : []),
  ]);
  // Marts hold nothing of raw rows that no column of theirs treats.
  const kept =
    definition.layer === 'clean' && rejections.length > 0
      ? upstream.columns.filter(({ name }) => !key.includes(name) && !reserved.has(name))
      : [];
  const inner = [
    ...keys.map((column) => `${column.qualified} as ${id(column.name)}`),
    `${duplicates} as duplicates`,
    `${fate} as fate`,
    `${rule} as rule`,
    ...kept.map(({ name }) => `${ownColumn(name)} as ${id(name)}`),
  ];
  const wanted = [...(dedupe ? [`${ownColumn('etalon_copy')} = 1`] : []), ...parts.where];
  const rows = `select ${inner.join(', ')} from ${[parts.source, ...parts.joins].join(' ')}${wanted.length > 0 ? ` where ${wanted.join(' and ')}` : ''}`;
  const shown = [
    ...keys.map(({ name }) => `a.${id(name)}`),
    'a.duplicates',
    'a.fate',
    'a.rule',
    ...kept.map(({ name }) => `case when a.fate = 'rejected' then a.${id(name)} end as ${id(name)}`),
  ];
  return {
    sql: `select ${shown.join(', ')} from (${rows}) as a where a.duplicates > 0 or a.fate is not null`,
    key,
    from: upstream.name,
    rejects: rejections.length > 0,
    hasWhere: parts.where.length > 0,
    isLive: upstream.definition.form === 'source' && upstream.definition.source.from === 'table',
    columns: [
      ...keys.map(({ qualified: _, ...column }) => ({
        name: column.name,
        ...(column.type ? { type: column.type } : {}),
        description: `The key, as in \`${definition.name}\`.`,
        sources: column.sources,
      })),
      { name: 'duplicates', type: 'integer', description: 'Copies beyond the one that is kept.', sources: [] },
      {
        name: 'fate',
        type: 'text',
        description: '`excluded` or `rejected`; empty where only copies were dropped.',
        sources: [],
      },
      { name: 'rule', type: 'text', description: 'The exclusion, or the reasons.', sources: [] },
      ...kept.map(({ name, type }) => ({
        name,
        ...(type ? { type } : {}),
        description: `As in \`${upstream.name}\`, of rows that were rejected.`,
        sources: [{ model: upstream.name, column: name, how: 'same' as const }],
      })),
    ],
  };
}

const reserved = new Set(['duplicates', 'fate', 'rule']);

function caseOf(branches: readonly (readonly [condition: string, value: string])[]): string {
  if (branches.length === 0) return 'cast(null as text)';
  return `case ${branches.map(([condition, value]) => `when ${condition} then ${value}`).join(' ')} end`;
}

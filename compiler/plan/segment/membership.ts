import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Catalog } from '../catalog.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { type ConditionSql, conditionSql } from './condition-sql.ts';
import { childrenOf, isGroup, leafConditions } from './placed.ts';
import { populationSql, propertyColumn } from './population.ts';
import type { CatalogSegment, Condition } from './rule.ts';
import { amongSql, createTables, population, type SegmentSetting } from './setting.ts';
import { scoreValues, splitSql } from './split.ts';

/** A segment at a cut as one SELECT, and the models it reads. */
export interface MembershipSql {
  /**
   * `entity`, and of a rule `verdict` (`member`, `unknown`, `out`) and `mask` (a mark for each condition that is no group, then for each exclusion: `1`, `0`, `?`); of a split `part`. With
   * `values` what each condition looked at, as `value_1`, `value_2` …
   */
  readonly sql: string;
  readonly values: readonly { readonly path: string; readonly name: string; readonly type: string }[];
}

export interface Asked {
  readonly catalog: Catalog;
  /** The instant as SQL. */
  readonly asOf: string;
  /** A SELECT of the entities that are looked at; absent: everyone. */
  readonly among?: string;
  readonly reads: Set<string>;
  /** Models that rows of another one look into; absent: nobody asks. */
  readonly joined?: Set<string>;
  readonly diagnostics: Diagnostic[];
}

export function createSetting(asked: Asked, segment: CatalogSegment, explains = false): SegmentSetting {
  const zone = textLiteral(asked.catalog.calendar.timezone);
  return { joined: new Set(), ...asked, segment, zone, tables: createTables(), explains };
}

export function membershipSql(asked: Asked, segment: CatalogSegment): MembershipSql {
  const setting = createSetting(asked, segment);
  const { rule } = segment;
  return rule!.form === 'split'
    ? { sql: splitSql(setting, rule!.split, excludedSql(setting)), values: [] }
    : ruleSql(setting, rule!.where, asked);
}

/** The same, with what each condition looked at, or each part comes from, as values. */
export function explainedSql(asked: Asked, segment: CatalogSegment): MembershipSql {
  const setting = createSetting(asked, segment, true);
  if (segment.rule!.form !== 'split') return ruleSql(setting, segment.rule!.where, asked);
  const { split } = segment.rule!;
  return { sql: splitSql(setting, split, excludedSql(setting), true), values: scoreValues(setting, split) };
}

/** The tables of those whom exclusions name. A condition that is unknown excludes nobody. */
export function excludedSql(setting: SegmentSetting): string[] {
  const { segment, catalog, tables, reads } = setting;
  return segment.exclude.map((name) => {
    const { key, in: model, where } = catalog.exclusions.get(name)!;
    reads.add(model);
    const those = [`(${where})`, ...amongSql(setting, id(key))].join(' and ');
    return tables.add('excluded', `select distinct ${id(key)} as entity from ${model} where ${those}`);
  });
}

function ruleSql(setting: SegmentSetting, rule: Condition, asked: Asked): MembershipSql {
  const { tables, catalog } = setting;
  const leaves = leafConditions(rule);
  const properties = leaves.flatMap(({ condition }) => (condition.kind === 'property' ? [condition.is] : []));
  tables.add(population, populationSql(setting, properties));
  const other = (name: string) =>
    `select entity, verdict from (${membershipSql(asked, catalog.segments.get(name)!).sql}) as other`;
  let seen = 0;
  const answers = leaves.map(({ condition }) => {
    const property = condition.kind === 'property' ? propertyColumn(seen++) : undefined;
    return conditionSql(setting, condition, property, other);
  });
  const excluded = excludedSql(setting);
  const shown = setting.explains ? answers : answers.map((answer) => ({ ...answer, values: [] }));
  const verdicts = tables.add('verdicts', verdictsSql(shown, excluded));
  const columns = new Map(leaves.map(({ condition }, i) => [condition, column(i)]));
  const holds = logicSql(rule, columns);
  const out = excluded.map((_, i) => exclusionColumn(i)).join(' or ');
  const verdict = [
    ...(out ? [`when ${out} then 'out'`] : []),
    `when ${holds} then 'member'`,
    `when (${holds}) is null then 'unknown'`,
  ].join(' ');
  const marks = [...answers.map((_, i) => column(i)), ...excluded.map((_, i) => exclusionColumn(i))].map(
    (name) => `case when ${name} then '1' when not ${name} then '0' else '?' end`,
  );
  const values = shown.flatMap((answer, i) => answer.values.map((value) => ({ path: leaves[i]!.path, ...value })));
  const select = [
    'entity',
    `case ${verdict} else 'out' end as verdict`,
    `${marks.join(' || ')} as mask`,
    ...values.map((_, i) => `value_${i + 1}`),
  ];
  const ctes = tables.all.map(([name, sql]) => `${name} as (${sql})`).join(', ');
  return { sql: `with ${ctes} select ${select.join(', ')} from ${verdicts}`, values };
}

function verdictsSql(answers: readonly ConditionSql[], excluded: readonly string[]): string {
  const joined = [...new Set([...answers.flatMap((answer) => answer.tables), ...excluded])];
  const values = answers.flatMap((answer) => answer.values);
  const select = [
    `${population}.entity`,
    ...answers.map(({ sql }, i) => `${sql} as ${column(i)}`),
    ...excluded.map((table, i) => `${table}.entity is not null as ${exclusionColumn(i)}`),
    ...values.map(({ sql }, i) => `${sql} as value_${i + 1}`),
  ];
  const joins = joined.map((table) => ` left join ${table} on ${table}.entity = ${population}.entity`);
  return `select ${select.join(', ')} from ${population}${joins.join('')}`;
}

function column(i: number): string {
  return `condition_${i + 1}`;
}

function exclusionColumn(i: number): string {
  return `is_excluded_${i + 1}`;
}

/** SQL's own three-valued logic is that of semantics.md §9. */
function logicSql(condition: Condition, columns: ReadonlyMap<Condition, string>): string {
  if (!isGroup(condition)) return columns.get(condition)!;
  const parts = childrenOf(condition).map((child) => logicSql(child, columns));
  if (condition.kind === 'not') return `not (${parts[0]})`;
  return `(${parts.join(condition.kind === 'all' ? ' and ' : ' or ')})`;
}

import { type Grain, grains } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import { answerRule } from '../cohort/answer-rule.ts';
import { readSetting } from '../cohort/plan-cohort-query.ts';
import type { CohortRule } from '../cohort/rule.ts';
import { planQuestion } from '../plan-query.ts';
import type { EntitiesRequest, QueryColumn, QueryPlan } from '../query-types.ts';
import { readPredicate } from '../read-predicate.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { isValueSql, periodRange, readPeriod } from './cell-values.ts';
import { cellKeys, entitiesOf } from './entities-of-rule.ts';

export interface EntitiesPlan {
  readonly plan?: QueryPlan;
  /** The columns that the ids come from: whether they may be shown is decided by what is known of these. */
  readonly ids: readonly { readonly model: string; readonly column: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** An entity of the project: its name and the column that holds its id. */
export interface Entity {
  readonly name: string;
  readonly key: string;
}

/**
 * Who is in a cell, as one canonical SELECT: the entity's id, and what it has to do with the cell. Of a plain metric each entity with its own value.
 *
 * @example
 * planEntities(catalog, [{ name: 'user', key: 'user_id' }], { metric: 'signup_retention', cell: { cohort: '2025-01', k: '2' }, limit: 100, asOf })
 */
export function planEntities(catalog: Catalog, entities: readonly Entity[], request: EntitiesRequest): EntitiesPlan {
  const metric = catalog.metrics.get(request.metric);
  const diagnostics: Diagnostic[] = [];
  if (!metric?.computed)
    return {
      ids: [],
      diagnostics: planQuestion(catalog, questionOf(request, []), "timestamptz '2000-01-01'").diagnostics,
    };
  const asOf = `timestamptz ${textLiteral(request.asOf)}`;
  if (metric.rule) return ofRule(catalog, { ...metric, rule: metric.rule }, request, asOf, diagnostics);
  return ofPlain(catalog, metric, entities, request, asOf, diagnostics);
}

function questionOf(request: EntitiesRequest, by: readonly string[], where?: string) {
  const { metric, from, to } = request;
  const conditions = [request.where, where].filter((one) => one !== undefined).map((one) => `(${one})`);
  return {
    metrics: [metric],
    by,
    order: [],
    ...(conditions.length > 0 ? { where: conditions.join(' and ') } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** A question's own `where`, before the cell's conditions stand beside it: so that its places are those that were written. */
function checkAsked(metric: CatalogMetric, { where }: EntitiesRequest, diagnostics: Diagnostic[]): boolean {
  if (where !== undefined) readPredicate({ where }, [metric], diagnostics);
  return !hasErrors(diagnostics);
}

function ofRule(
  catalog: Catalog,
  metric: CatalogMetric & { readonly rule: CohortRule },
  request: EntitiesRequest,
  asOf: string,
  diagnostics: Diagnostic[],
): EntitiesPlan {
  const { rule } = metric;
  const own = cellKeys(rule);
  const given = Object.keys(request.cell);
  const known = [...own.needed, ...own.cuts, ...own.free, ...metric.dimensions.map(({ name }) => name)];
  for (const name of given.filter((one) => !known.includes(one)))
    diagnostics.push(
      diagnostic('E1601', `a cell of \`${metric.name}\` has no \`${name}\``, { hints: suggestNames(name, known) }),
    );
  const lacking = own.needed.filter((name) => !given.includes(name));
  if (lacking.length > 0)
    diagnostics.push(
      diagnostic(
        'E1604',
        `the cell of \`${metric.name}\` is not named: ${lacking.map((one) => `\`${one}\``).join(' and ')} missing`,
        {
          hints: [`for example \`${own.example}\``],
        },
      ),
    );
  if (hasErrors(diagnostics)) return { ids: [], diagnostics };
  if (!checkAsked(metric, request, diagnostics)) return { ids: [], diagnostics };
  const by = given.filter((name) => !own.free.includes(name));
  const setting = readSetting(catalog, metric, questionOf(request, by), asOf, diagnostics);
  if (!setting) return { ids: [], diagnostics };
  const answer = answerRule(setting);
  const found = entitiesOf(setting, request.cell);
  for (const name of metric.exclude) setting.reads.add(catalog.exclusions.get(name)!.in);
  if (hasErrors(diagnostics) || !found) return { ids: [], diagnostics };
  const leaves = activitiesOf(rule, catalog).flatMap((name) => leavesNamed(name, catalog));
  const key = leaves[0]!.key!;
  const columns: QueryColumn[] = [{ name: key, type: 'text', role: 'entity' }, ...found.columns];
  const select = [`entity as ${id(key)}`, ...found.columns.map((column) => id(column.name))];
  const ctes = answer.with.map(([name, sql]) => `${name} as (${sql})`).join(', ');
  const order = [...found.order, 'entity'].join(', ');
  const sql = `with ${ctes} select ${select.join(', ')} from (${found.rows}) as found order by ${order} limit ${request.limit}`;
  return {
    plan: { kind: 'query-plan', sql, columns, reads: [...setting.reads].sort() },
    ids: leaves.map((leaf) => ({ model: leaf.model!, column: leaf.key! })),
    diagnostics,
  };
}

/** The activities whose ids a result shows. */
function activitiesOf(rule: CohortRule, catalog: Catalog): string[] {
  if ('cohort' in rule) return [catalog.cohorts.get(rule.cohort)!.anchor];
  return 'steps' in rule ? [...rule.steps] : [rule.activity];
}

function leavesNamed(name: string, catalog: Catalog): { model?: string; key?: string }[] {
  const activity = catalog.activities.get(name)!;
  return activity.model === undefined ? activity.any.flatMap((one) => leavesNamed(one, catalog)) : [activity];
}

/** Each entity with its own value of a plain metric: the question, cut by the entity's key. */
function ofPlain(
  catalog: Catalog,
  metric: CatalogMetric,
  entities: readonly Entity[],
  request: EntitiesRequest,
  asOf: string,
  diagnostics: Diagnostic[],
): EntitiesPlan {
  const models = modelsOf(metric, catalog);
  const entity = entities.find(({ key }) =>
    models.every((name) => catalog.models.get(name)!.columns.some((column) => column.name === key)),
  );
  if (!entity) {
    const keys = entities.map(({ key }) => `\`${key}\``).join(', ');
    const lacking = models.map((name) => `\`${name}\``).join(', ');
    diagnostics.push(
      diagnostic(
        'E1601',
        `nobody can be told of \`${metric.name}\`: ${lacking} ${models.length === 1 ? 'has' : 'have'} no key of an entity`,
        {
          hints: [keys ? `entities of the project have the key ${keys}` : 'declare `entities:` in project.yml'],
        },
      ),
    );
    return { ids: [], diagnostics };
  }
  const cell = readCell(catalog, metric, request, diagnostics);
  if (!cell) return { ids: [], diagnostics };
  const type = catalog.models.get(models[0]!)!.columns.find((column) => column.name === entity.key)?.type;
  const own = { ...metric, dimensions: [...metric.dimensions, { name: entity.key, ...(type ? { type } : {}) }] };
  if (!checkAsked(own, request, diagnostics)) return { ids: [], diagnostics };
  const scoped = { ...catalog, metrics: new Map([...catalog.metrics, [metric.name, own]]) };
  const question = {
    ...questionOf({ ...request, ...cell.range }, [entity.key], cell.where),
    ...(cell.grain ? { grain: cell.grain } : {}),
  };
  const outcome = planQuestion(scoped, question, asOf);
  diagnostics.push(...outcome.diagnostics);
  if (!outcome.plan) return { ids: [], diagnostics };
  const columns = outcome.plan.columns.map((c): QueryColumn => (c.name === entity.key ? { ...c, role: 'entity' } : c));
  const name = id(metric.name);
  const select = columns.map((column) => id(column.name)).join(', ');
  const sql = `select ${select} from (${outcome.plan.sql}) as found where ${name} is not null and ${id(entity.key)} is not null order by ${name} desc, ${id(entity.key)} limit ${request.limit}`;
  return {
    plan: { ...outcome.plan, sql, columns },
    ids: models.map((model) => ({ model, column: entity.key })),
    diagnostics,
  };
}

function modelsOf(metric: CatalogMetric, catalog: Catalog): string[] {
  if (metric.model !== undefined) return [metric.model];
  return [...new Set(metric.inputs.flatMap((name) => modelsOf(catalog.metrics.get(name)!, catalog)))];
}

interface PlainCell {
  readonly grain?: Grain;
  readonly range: { readonly from?: string; readonly to?: string };
  readonly where?: string;
}

/** A period narrows the range, dimensions the rows. */
function readCell(
  catalog: Catalog,
  metric: CatalogMetric,
  request: EntitiesRequest,
  diagnostics: Diagnostic[],
): PlainCell | undefined {
  const conditions: string[] = [];
  let grain: Exclude<Grain, 'hour'> | undefined;
  let range: { from?: string; to?: string } = {};
  const available = [...grains.filter((one) => one !== 'hour'), ...metric.dimensions.map((d) => d.name)];
  for (const [name, text] of Object.entries(request.cell)) {
    const dimension = metric.dimensions.find((one) => one.name === name);
    if (dimension) {
      const column = name
        .split('.')
        .map((part) => id(part))
        .join('.');
      conditions.push(isValueSql(column, dimension, text, diagnostics));
    } else if (name !== 'hour' && (grains as readonly string[]).includes(name)) {
      const day = readPeriod(name, text, diagnostics);
      grain = name as Exclude<Grain, 'hour'>;
      if (day !== undefined) range = periodRange(day, grain, catalog.calendar);
    } else
      diagnostics.push(
        diagnostic('E1601', `a cell of \`${metric.name}\` has no \`${name}\``, {
          hints: suggestNames(name, available),
        }),
      );
  }
  if (hasErrors(diagnostics)) return undefined;
  const { from, to } = request;
  if (range.from && from && from > range.from) range = { ...range, from };
  if (range.to && to && to < range.to) range = { ...range, to };
  return {
    ...(grain ? { grain } : {}),
    range,
    ...(conditions.length > 0 ? { where: conditions.join(' and ') } : {}),
  };
}

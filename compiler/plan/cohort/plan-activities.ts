import type { Definitions } from '../../definition/definitions.ts';
import type { ActivityDefinition, CohortDefinition } from '../../definition/metric.ts';
import type { EntityDefinition } from '../../definition/project.ts';
import { parseType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic, hasErrors, type Located } from '../../diagnostic/diagnostic.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import { inferExpression } from '../../expression/infer-expression.ts';
import { topologicalOrder } from '../../graph/topological-order.ts';
import type { SqlText } from '../../source/source-file.ts';
import type { CatalogActivity, CatalogCohort, CatalogModel } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import { refuseSubqueries } from '../metric/check-aggregates.ts';
import type { SqlReader } from '../sql-reader.ts';

interface Setting {
  readonly definitions: Definitions;
  readonly models: ReadonlyMap<string, CatalogModel>;
  /** Models that have columns only: their rows come from examples. */
  readonly contracts: ReadonlySet<string>;
  readonly sql: SqlReader;
  readonly diagnostics: Diagnostic[];
}

export interface PlannedActivities {
  readonly activities: ReadonlyMap<string, CatalogActivity>;
  readonly cohorts: ReadonlyMap<string, CatalogCohort>;
}

/** Finds the columns that activities and cohorts name. One with an error is left out: what hangs on it says nothing more. */
export function planActivities(setting: Setting): PlannedActivities {
  const { definitions, diagnostics } = setting;
  const byName = new Map(definitions.activities.map((a) => [a.name, a]));
  const parts = (name: string) => {
    const body = byName.get(name)?.body;
    return body?.form === 'any' ? body.of.map((one) => one.value).filter((one) => byName.has(one)) : [];
  };
  const { order, cycle } = topologicalOrder([...byName.keys()], parts);
  const activities = new Map<string, CatalogActivity>();
  if (cycle) {
    diagnostics.push(
      diagnostic('E1502', `cycle: ${cycle.map((name) => `\`${name}\``).join(' is made of ')}`, {
        span: byName.get(cycle[0]!)!.span,
        hints: ['one of them must be rows of a model: `from`, `entity`, `time`'],
      }),
    );
    return { activities, cohorts: new Map() };
  }
  for (const name of order) {
    const planned = planActivity(byName.get(name)!, activities, setting);
    if (planned) activities.set(name, planned);
  }
  const cohorts = definitions.cohorts.flatMap((cohort) => planCohort(cohort, activities, setting) ?? []);
  return { activities, cohorts: new Map(cohorts.map((cohort) => [cohort.name, cohort])) };
}

function planActivity(
  activity: ActivityDefinition,
  known: ReadonlyMap<string, CatalogActivity>,
  setting: Setting,
): CatalogActivity | undefined {
  const { body } = activity;
  if (body.form === 'rows') return planRows(activity.name, body, setting);
  const parts = body.of.flatMap((one) => known.get(one.value) ?? []);
  if (parts.length < body.of.length) return undefined;
  const entity = parts[0]?.entity;
  const other = parts.find((part) => part.entity !== entity);
  if (other) {
    setting.diagnostics.push(
      diagnostic(
        'E1407',
        `\`${activity.name}\` is made of what a \`${entity}\` does and, in \`${other.name}\`, of what a \`${other.entity}\` does`,
        { span: activity.span, hints: ['an activity is of one entity'] },
      ),
    );
    return undefined;
  }
  const why = parts.find((part) => part.notComputed !== undefined)?.notComputed;
  return {
    name: activity.name,
    any: body.of.map((one) => one.value),
    ...(entity === undefined ? {} : { entity }),
    ...(why === undefined ? {} : { notComputed: why }),
  };
}

function planRows(
  name: string,
  body: Extract<ActivityDefinition['body'], { form: 'rows' }>,
  setting: Setting,
): CatalogActivity | undefined {
  const model = setting.models.get(body.from.value);
  const entity = setting.definitions.project.entities.find((one) => one.name === body.entity.value);
  if (!model || !entity) return undefined; // said where references are checked
  const before = setting.diagnostics.length;
  const rows = createRows(model, setting);
  const key = keyColumn(model, entity, setting.definitions);
  rows.column({ value: key, span: body.entity.span });
  rows.moment(body.time);
  if (body.until) rows.moment(body.until);
  if (body.order) rows.column(body.order);
  const where = body.where && rows.predicate(body.where);
  const value = body.value && rows.number(body.value);
  if (hasErrors(setting.diagnostics.slice(before))) return undefined;
  const why = model.notComputed !== undefined && !setting.contracts.has(model.name) ? model.notComputed : undefined;
  return {
    name,
    model: model.name,
    entity: entity.name,
    key,
    time: body.time.value,
    ...(body.until ? { until: body.until.value } : {}),
    ...(where === undefined ? {} : { where }),
    ...(value === undefined ? {} : { value }),
    ...(body.order ? { order: body.order.value } : {}),
    any: [],
    ...(why === undefined ? {} : { notComputed: `the model \`${model.name}\` is not built: ${why}` }),
  };
}

/** The column with the entity's id: called as its key is, or else the one that is stitched to it. */
function keyColumn(model: CatalogModel, entity: EntityDefinition, { models }: Definitions): string {
  if (model.columns.some(({ name }) => name === entity.key)) return entity.key;
  const definition = models.find(({ name }) => name === model.name);
  const stitched =
    definition?.columns.filter(({ body }) => body.form === 'identity' && body.entity.value === entity.name) ?? [];
  return stitched.length === 1 ? stitched[0]!.name : entity.key;
}

/** What definitions say of the rows of a model, read with all their places. */
function createRows(model: CatalogModel, { models, sql, diagnostics }: Setting) {
  const find = (path: readonly string[], span: Located<string>['span']) => {
    const outcome = resolveColumn({ models }, model, path, span);
    diagnostics.push(...outcome.diagnostics);
    return outcome.column;
  };
  const read = (text: SqlText): { parsed: ParsedExpression; type: string | undefined } | undefined => {
    const { parsed, diagnostics: found } = sql.parse(text);
    diagnostics.push(...found);
    if (!parsed) return undefined;
    const types = new Map(parsed.columns.map((c) => [c.path.join('.'), find(c.path, c.span)?.type]));
    refuseSubqueries(parsed, diagnostics);
    if (parsed.aggregate)
      diagnostics.push(diagnostic('E1410', 'an aggregate where each row is looked at by itself', { span: text.span }));
    const inferred = inferExpression(parsed, (path) => {
      const type = types.get(path.join('.'));
      const known = type === undefined ? undefined : parseType(type);
      return { ...(known ? { type: known } : {}), sources: [] };
    });
    diagnostics.push(...inferred.diagnostics);
    return { parsed, type: inferred.type?.name };
  };
  return {
    find,
    column: ({ value, span }: Located<string>) => find([value], span),
    moment({ value, span }: Located<string>): void {
      const type = find([value], span)?.type;
      if (type === undefined || type === 'date' || type === 'timestamp') return;
      diagnostics.push(
        diagnostic('E1603', `\`${value}\` of \`${model.name}\` is ${type}, not a date or timestamp`, {
          span,
          hints: ['an activity happens at a time'],
        }),
      );
    },
    predicate(text: SqlText): string | undefined {
      const outcome = read(text);
      if (outcome?.type !== undefined && outcome.type !== 'boolean')
        diagnostics.push(diagnostic('E1407', `${outcome.type} where true or false is expected`, { span: text.span }));
      return outcome?.parsed.canonical;
    },
    number(text: SqlText): string | undefined {
      const outcome = read(text);
      if (outcome?.type !== undefined && !/^(integer|decimal|double)$/.test(outcome.type))
        diagnostics.push(diagnostic('E1407', `${outcome.type} where a number is expected`, { span: text.span }));
      return outcome?.parsed.canonical;
    },
  };
}

function planCohort(
  cohort: CohortDefinition,
  activities: ReadonlyMap<string, CatalogActivity>,
  setting: Setting,
): CatalogCohort | undefined {
  const anchor = activities.get(cohort.anchor.value);
  if (!anchor) return undefined;
  const common = { name: cohort.name, anchor: anchor.name, occurrence: cohort.occurrence };
  if (anchor.model === undefined) {
    const place = cohort.where?.span ?? cohort.by[0]?.span;
    if (!place) return { ...common, by: [] };
    setting.diagnostics.push(
      diagnostic(
        'E1306',
        `\`${cohort.where ? 'where' : 'by'}\` does not apply to \`${cohort.name}\`: its anchor \`${anchor.name}\` is made of several activities, which share no columns`,
        { span: place, hints: ['anchor it in one of them'] },
      ),
    );
    return undefined;
  }
  const before = setting.diagnostics.length;
  const rows = createRows(setting.models.get(anchor.model)!, setting);
  const where = cohort.where && rows.predicate(cohort.where);
  for (const { value, span } of cohort.by) rows.find(value.split('.'), span);
  if (hasErrors(setting.diagnostics.slice(before))) return undefined;
  return { ...common, ...(where === undefined ? {} : { where }), by: cohort.by.map(({ value }) => value) };
}

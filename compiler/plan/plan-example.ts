import type { ExampleDefinition, ExampleValue, GivenTable } from '../definition/example.ts';
import { type Grain, grains } from '../definition/metric.ts';
import { type Diagnostic, diagnostic, hasErrors, type Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { parseStatements } from '../expression/parser.ts';
import { mapAst } from '../expression/walk-ast.ts';
import { writeSql } from '../expression/write-sql.ts';
import { canonicalType } from './canonical-type.ts';
import type { Catalog, CatalogModel } from './catalog.ts';
import { startOfDaySql } from './period.ts';
import type { ModelPlan } from './plan-model.ts';
import { planQuestion } from './plan-query.ts';
import type { QueryPlan } from './query-types.ts';
import { whereFile } from './read-predicate.ts';
import { planSegment } from './segment/plan-segment.ts';
import { identifier as id, textLiteral } from './sql-text.ts';

/** A model as an example needs it: its columns, and how to build it where it is not given. */
export interface ExampleModel extends CatalogModel {
  readonly columns: readonly ExampleColumn[];
  readonly form: string;
  readonly generated?: object;
  readonly reads: readonly string[];
  readonly sql?: string;
}

interface ExampleColumn {
  readonly name: string;
  readonly type?: string;
  /** Of a timestamp that arrives without a zone. */
  readonly zone?: string;
}

/** Every model there is, with those that stand behind one: a table of rates is built where the model that takes them is. */
export function exampleModels(models: Iterable<ModelPlan>): ReadonlyMap<string, ExampleModel> {
  const all = [...models].flatMap((model): ExampleModel[] => [
    { ...model, form: model.definition.form },
    ...(model.companions ?? []).map((one) => ({ ...one, form: 'declarative', relations: [] })),
  ]);
  return new Map(all.map((model) => [model.name, model]));
}

type Outcome = { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] };

/**
 * An example of a metric as one SELECT that needs no table: the given rows stand in it as VALUES, a declarative model that is not given is built from what is given
 * upstream, any other is empty. So an example runs on any engine and any target, and leaves nothing behind.
 */
export function planExample(
  catalog: Catalog,
  models: ReadonlyMap<string, ExampleModel>,
  metric: string,
  example: ExampleDefinition,
): Outcome {
  return planOverGiven(catalog, models, example, (scoped, asOf) =>
    planQuestion(
      scoped,
      {
        metrics: [metric],
        by: example.by,
        ...(example.grain === undefined ? {} : { grain: asGrain(example.grain) }),
        ...(example.where === undefined ? {} : { where: example.where }),
        ...(example.from === undefined ? {} : { from: example.from }),
        ...(example.to === undefined ? {} : { to: example.to }),
        order: [],
      },
      asOf,
    ),
  );
}

/** An example of a segment: its members, or for `attrition` the masks that it is counted from. */
export function planSegmentExample(
  catalog: Catalog,
  models: ReadonlyMap<string, ExampleModel>,
  segment: string,
  example: ExampleDefinition,
): Outcome {
  const ask = example.expect.form === 'attrition' ? 'masks' : 'members';
  return planOverGiven(catalog, models, example, (scoped, asOf) => planSegment(scoped, { ask, segment }, asOf));
}

/** `plan`: what is asked, in the example's calendar and at its cut. */
function planOverGiven(
  catalog: Catalog,
  models: ReadonlyMap<string, ExampleModel>,
  example: ExampleDefinition,
  plan: (catalog: Catalog, asOf: string) => Outcome,
): Outcome {
  const diagnostics = example.given.flatMap((table) => checkGiven(table, models));
  if (hasErrors(diagnostics)) return { diagnostics };
  const calendar = example.calendar ?? catalog.calendar;
  const asOf =
    example.asOf === undefined
      ? dayAfterGiven(example, models, calendar.timezone)
      : asOfSql(example.asOf, textLiteral(calendar.timezone));
  const outcome = plan({ ...catalog, calendar }, asOf);
  if (!outcome.plan) return { diagnostics: outcome.diagnostics.map((d) => ({ ...d, span: placeOf(d, example) })) };
  const needed = tablesNeeded(outcome.plan.reads, example, models);
  const tables = needed.map((name) => `${cteName(name)} as (${tableSql(models.get(name)!, example)})`);
  const sql = `with ${tables.join(', ')} select * from (${readFromCtes(outcome.plan.sql)}) as asked`;
  return { plan: { ...outcome.plan, sql, reads: [] }, diagnostics: [] };
}

/** A day is its first instant by the calendar, as for `--as-of`. */
function asOfSql(text: string, zone: string): string {
  return /^[-0-9]{10}$/.test(text)
    ? startOfDaySql(`date ${textLiteral(text)}`, zone)
    : `timestamptz ${textLiteral(text)}`;
}

/** A place in a question's `where` is one in the example. */
function placeOf({ span }: Diagnostic, example: ExampleDefinition): Span {
  return span === undefined || span.file === whereFile ? example.span : span;
}

function asGrain(text: string): Grain {
  return (grains as readonly string[]).includes(text) ? (text as Grain) : 'day';
}

function checkGiven(table: GivenTable, models: ReadonlyMap<string, ExampleModel>): Diagnostic[] {
  const model = models.get(table.model);
  if (!model) {
    const hints = suggestNames(table.model, models.keys());
    return [diagnostic('E1501', `unknown model \`${table.model}\``, { span: table.span, hints })];
  }
  const names = model.columns.map((c) => c.name);
  return table.rows.flatMap((row) =>
    Object.keys(row.cells).flatMap((column) =>
      names.includes(column)
        ? []
        : [
            diagnostic('E1305', `\`${model.name}\` has no column \`${column}\``, {
              span: row.span,
              hints: suggestNames(column, names),
            }),
          ],
    ),
  );
}

/** Models read, and what those that are built here read in turn; what is read first. */
function tablesNeeded(
  reads: readonly string[],
  example: ExampleDefinition,
  models: ReadonlyMap<string, ExampleModel>,
): string[] {
  const order: string[] = [];
  const add = (name: string) => {
    if (order.includes(name)) return;
    const model = models.get(name)!;
    if (isBuilt(model, example)) for (const read of model.reads) add(read);
    order.push(name);
  };
  for (const read of reads) add(read);
  return order;
}

function isBuilt(model: ExampleModel, example: ExampleDefinition): boolean {
  return (
    (model.form === 'declarative' || model.form === 'identity' || model.generated !== undefined) &&
    model.sql !== undefined &&
    !example.given.some((table) => table.model === model.name)
  );
}

function cteName(model: string): string {
  return `given_${model.replace('.', '__')}`;
}

function tableSql(model: ExampleModel, example: ExampleDefinition): string {
  if (isBuilt(model, example)) return readFromCtes(model.sql!);
  const rows = example.given.find((table) => table.model === model.name)?.rows ?? [];
  const none = `select ${model.columns.map((c) => `${cellSql(c, null)} as ${id(c.name)}`).join(', ')} where false`;
  const given = rows.map((row) => `select ${model.columns.map((c) => cellSql(c, row.cells[c.name])).join(', ')}`);
  return [none, ...given].join(' union all ');
}

/** A given value as its column has it. A time that says no offset is read in the zone of its column, as it would be on arrival. */
function cellSql({ type = 'text', zone }: ExampleColumn, value: ExampleValue | undefined): string {
  const isLocal = type === 'timestamp' && zone !== undefined && typeof value === 'string';
  if (isLocal && !/(Z|[+-]\d\d(:?\d\d)?)$/.test(value.slice(10)))
    return `timezone(${textLiteral(zone)}, cast(${textLiteral(value)} as timestamp))`;
  return `cast(${literal(value)} as ${canonicalType(type)})`;
}

function literal(value: ExampleValue | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? textLiteral(value) : value.number;
}

/** Every `layer.model` becomes the common table expression that stands for it. */
function readFromCtes(sql: string): string {
  const parsed = parseStatements(sql);
  if (!parsed.ok) throw new Error(`canonical SQL does not parse: ${parsed.message}`);
  return writeSql(
    mapAst(parsed.statements[0]!, (node) => {
      if (!('RangeVar' in node) || node.RangeVar.schemaname === undefined) return node;
      const { schemaname, relname = '', ...rest } = node.RangeVar;
      return {
        RangeVar: {
          ...rest,
          relname: cteName(`${schemaname}.${relname}`),
          alias: rest.alias ?? { aliasname: relname },
        },
      };
    }),
  );
}

/** Without `as_of`: the end of the day after the last given instant, in the calendar's zone. */
function dayAfterGiven(
  example: ExampleDefinition,
  models: ReadonlyMap<string, ExampleModel>,
  timezone: string,
): string {
  const zone = textLiteral(timezone);
  const instants = example.given.flatMap((table) => {
    const timed = models.get(table.model)!.columns.filter((c) => c.type === 'timestamp' || c.type === 'date');
    return table.rows.flatMap((row) =>
      timed.flatMap((column) => {
        const value = row.cells[column.name];
        if (typeof value !== 'string') return [];
        return [column.type === 'date' ? startOfDaySql(`date ${textLiteral(value)}`, zone) : cellSql(column, value)];
      }),
    );
  });
  const last = instants.length === 0 ? "timestamptz '1970-01-01 00:00:00+00'" : `greatest(${instants.join(', ')})`;
  return startOfDaySql(`(cast((${last} at time zone ${zone}) as date) + 2)`, zone);
}

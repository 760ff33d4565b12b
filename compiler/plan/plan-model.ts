import type {
  ColumnDefinition,
  DeclarativeModel,
  IdentityModel,
  ModelDefinition,
  SqlModel,
} from '../definition/model.ts';
import type { ProjectDefinition } from '../definition/project.ts';
import { type ColumnType, formatType } from '../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { ColumnSource, ExpressionType, OutputColumn } from '../expression/contract.ts';
import { inferSelect } from '../expression/infer-select.ts';
import type { ResolvedModel } from '../graph/resolve.ts';
import { type CatalogExclusion, type CatalogModel, shapeOf } from './catalog.ts';
import type { AccountPlan } from './clean/account.ts';
import { checkLinks } from './clean/check-links.ts';
import type { CompanionPlan } from './clean/clean-column.ts';
import { identitySql, plannedIdentityColumns, sharedDevicesSql } from './clean/identity-sql.ts';
import { planDeclarative } from './clean/plan-declarative.ts';
import { columnType } from './column-type.ts';
import type { SqlReader } from './sql-reader.ts';

export interface PlannedColumn {
  readonly name: string;
  /** As `formatType` writes it. */
  readonly type?: string;
  readonly expression?: string;
  /** Of a column that nobody declares. */
  readonly description?: string;
  readonly sources: readonly ColumnSource[];
}

/** A model as canonical SQL with the columns it yields. `sql` is absent in sources, contracts and identities. */
export interface ModelPlan extends CatalogModel {
  readonly definition: ModelDefinition;
  readonly reads: readonly string[];
  readonly columns: readonly PlannedColumn[];
  readonly sql?: string;
  readonly authoredSql?: string;
  /** Columns read to choose, join or group rows, not to yield them. */
  readonly filters: readonly ColumnSource[];
  /** Of a declarative model: what of the rows read does not come out. */
  readonly account?: AccountPlan;
  /** Tables made for it, which it reads in place of what they are made from. */
  readonly companions?: readonly CompanionPlan[];
  /** Of an identity model: the query for devices that several people use. */
  readonly sharedDevices?: string;
}

export interface ModelContext {
  /** Models planned already: all that this one reads. */
  readonly planned: ReadonlyMap<string, ModelPlan>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  readonly sql: SqlReader;
  readonly project: ProjectDefinition;
}

type Outcome = { readonly plan?: ModelPlan; readonly diagnostics: readonly Diagnostic[] };

/** Plans one model. What it reads has been planned before it. */
export function planModel(model: ResolvedModel, context: ModelContext): Outcome {
  const { definition } = model;
  switch (definition.form) {
    case 'contract':
      return {
        plan: planned(model, context, definition.columns.map(declared), []),
        diagnostics: [withoutBody(definition)],
      };
    case 'identity':
      return planIdentityModel(model, definition, context);
    case 'source':
      return { plan: planned(model, context, definition.columns.map(declared), []), diagnostics: [] };
    case 'declarative':
      return planFrom(model, definition, context);
    case 'sql':
      return planSql(model, definition, context);
  }
}

/** Columns alone are enough for examples, which give the rows; a warning, since a project is seldom meant so. */
function withoutBody({ name, path, span }: ModelDefinition): Diagnostic {
  const hints = [`add \`from:\`, or a query in \`${path.replace(/\.yml$/, '.sql')}\``];
  return diagnostic('E1303', `\`${name}\` has neither \`from\` nor a query: it is never built`, {
    span,
    hints,
    severity: 'warning',
  });
}

function planned(
  model: ResolvedModel,
  context: ModelContext,
  columns: readonly PlannedColumn[],
  filters: readonly ColumnSource[],
  sql?: Pick<ModelPlan, 'authoredSql' | 'account' | 'companions' | 'sharedDevices'> & { readonly sql: string },
): ModelPlan {
  const { definition } = model;
  const notComputed = whyNotComputed(model, context, sql !== undefined);
  return {
    name: definition.name,
    definition,
    reads: model.reads,
    key: definition.key,
    ...(definition.time === undefined ? {} : { time: definition.time }),
    columns,
    relations: definition.relations.map((r) => ({ name: r.name, to: r.to.value, on: r.on })),
    filters,
    ...(notComputed === undefined ? {} : { notComputed }),
    ...sql,
  };
}

function whyNotComputed(model: ResolvedModel, context: ModelContext, hasSql: boolean): string | undefined {
  const { definition } = model;
  if (definition.form === 'contract') return 'it has columns only, and neither `from` nor SQL';
  if (definition.form === 'declarative' && !hasSql) return 'a column uses what this version of Etalon does not compute';
  const above = model.reads.find((read) => context.planned.get(read)?.notComputed !== undefined);
  return above === undefined ? undefined : `it reads \`${above}\`, which is not built`;
}

function declared(column: ColumnDefinition): PlannedColumn {
  return { name: column.name, ...(column.type ? { type: formatType(column.type) } : {}), sources: [] };
}

function planFrom(model: ResolvedModel, definition: DeclarativeModel, context: ModelContext): Outcome {
  const upstream = context.planned.get(definition.from.value);
  if (!upstream) return { diagnostics: [] };
  const { columns, filters, sql, account, companions, diagnostics } = planDeclarative(definition, upstream, context);
  diagnostics.push(...checkNamed(definition, columns));
  const body =
    sql === undefined
      ? undefined
      : { sql, ...(account ? { account } : {}), ...(companions.length > 0 ? { companions } : {}) };
  const plan = planned(model, context, columns, filters, body);
  return { plan: { ...plan, reads: readsOf(plan, definition.from.value, companions) }, diagnostics };
}

/** What a companion is made from the model does not read itself, unless it comes from there. */
function readsOf(plan: ModelPlan, from: string, companions: readonly CompanionPlan[]): readonly string[] {
  const behind = new Set(companions.flatMap(({ reads }) => reads).filter((name) => name !== from));
  return [...plan.reads.filter((name) => !behind.has(name)), ...companions.map(({ name }) => name)].sort();
}

/** A generated model: its columns are the links' and what the stitching says of them. */
function planIdentityModel(model: ResolvedModel, definition: IdentityModel, context: ModelContext): Outcome {
  const diagnostics = checkLinks(definition, context.planned);
  const columns = plannedIdentityColumns(definition);
  if (diagnostics.length > 0) return { plan: planned(model, context, columns, []), diagnostics };
  const linked = (name: string) => {
    const { key, columns: shape, definition: source } = context.planned.get(name)!;
    return { name, key, columns: shape, isDistinct: source.layer !== 'raw' };
  };
  const plan = planned(model, context, columns, [], {
    sql: identitySql(definition, linked),
    sharedDevices: sharedDevicesSql(definition, linked),
  });
  return { plan: { ...plan, key: [columns[0]!.name, columns[1]!.name, 'evidence'] }, diagnostics };
}

function planSql(model: ResolvedModel, definition: SqlModel, context: ModelContext): Outcome {
  const select = model.select;
  if (!select) return { diagnostics: [] };
  const shape = inferSelect(select, (name) => {
    const upstream = context.planned.get(name);
    return upstream && shapeOf(upstream);
  });
  const diagnostics = [...shape.diagnostics];
  if (definition.columns.length > 0 && shape.columns.length > 0)
    diagnostics.push(...compareContract(definition, shape.columns));
  const yielded = new Map(shape.columns.map((column) => [column.name, column]));
  const columns: PlannedColumn[] =
    definition.columns.length > 0
      ? definition.columns.map((column) => ({
          ...declared(column),
          ...typed(column.type, yielded.get(column.name)?.type),
          sources: yielded.get(column.name)?.sources ?? [],
        }))
      : shape.columns.map((column) => ({
          name: column.name,
          ...typed(undefined, column.type),
          sources: column.sources,
        }));
  diagnostics.push(...checkNamed(definition, columns));
  return {
    plan: planned(model, context, columns, shape.filters, { sql: select.canonical, authoredSql: select.text.text }),
    diagnostics,
  };
}

function typed(declared: ColumnType | undefined, inferred: ExpressionType | undefined): { type?: string } {
  if (declared) return { type: formatType(declared) };
  const type = inferred && columnType(inferred);
  return type ? { type: formatType(type) } : {};
}

const numbers = new Set(['integer', 'decimal', 'double']);
const instants = new Set(['date', 'timestamp']);

/** May a value of the one type be stored as the other without losing what it means? The build casts it. */
function fits(from: ExpressionType, to: ColumnType): boolean {
  if (from.name === to.name) return true;
  if (numbers.has(from.name) && numbers.has(to.name)) return to.name !== 'integer';
  if (from.name === 'integer' && to.name === 'integer') return true;
  if (instants.has(from.name) && to.name === 'timestamp') return true;
  return from.name === 'text' && to.name === 'json';
}

function compareContract(definition: SqlModel, yielded: readonly OutputColumn[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const names = yielded.map((column) => column.name);
  const contract = definition.columns.map((column) => column.name);
  for (const column of definition.columns) {
    const output = yielded.find((o) => o.name === column.name);
    if (!output) {
      found.push(
        diagnostic(
          'E1406',
          `the contract of \`${definition.name}\` has \`${column.name}\`, which its query does not yield`,
          {
            span: column.span,
            hints: suggestNames(
              column.name,
              names.filter((n) => !contract.includes(n)),
            ).concat(`the query yields ${list(names)}`),
          },
        ),
      );
    } else if (column.type && output.type && !fits(output.type, column.type)) {
      found.push(
        diagnostic(
          'E1406',
          `\`${column.name}\` of \`${definition.name}\` is ${formatType(column.type)} in the contract and ${output.type.name} in the query`,
          { span: output.span, hints: [`change the type in ${definition.path}, or cast it in the query`] },
        ),
      );
    }
  }
  for (const output of yielded) {
    if (!contract.includes(output.name))
      found.push(
        diagnostic('E1406', `the query of \`${definition.name}\` yields \`${output.name}\`, which its contract lacks`, {
          span: output.span,
          hints: [`add \`${output.name}:\` to \`columns\` in ${definition.path}, or leave it out of the query`],
        }),
      );
  }
  if (found.length === 0 && names.join() !== contract.join()) {
    found.push(
      diagnostic('E1406', `the columns of \`${definition.name}\` stand in another order in its query`, {
        span: definition.sql.span,
        hints: [`contract: ${list(contract)}`, `query: ${list(names)}`],
      }),
    );
  }
  return found;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** `key`, `time` and relations name columns that are there. */
function checkNamed(definition: ModelDefinition, columns: readonly PlannedColumn[]): Diagnostic[] {
  const names = columns.map((column) => column.name);
  const uses = [
    ...definition.key.map((name) => ['key', name] as const),
    ...(definition.time === undefined ? [] : [['time', definition.time] as const]),
  ];
  const found = uses.flatMap(([what, name]) =>
    names.includes(name)
      ? []
      : [
          diagnostic(
            'E1305',
            `\`${what}\` of \`${definition.name}\` names \`${name}\`, which is not among its columns`,
            { span: definition.span, hints: suggestNames(name, names) },
          ),
        ],
  );
  if (definition.columns.length > 0) return found;
  for (const relation of definition.relations) {
    for (const name of relation.on)
      if (!names.includes(name))
        found.push(
          diagnostic('E1305', `\`${definition.name}\` has no column \`${name}\``, {
            span: relation.span,
            hints: suggestNames(name, names),
          }),
        );
  }
  return found;
}

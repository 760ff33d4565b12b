import { createHash } from 'node:crypto';
import {
  canonicalType,
  closedRowsSql,
  type ManifestModel,
  parseType,
  type QualifiedName,
  qualify,
  quoteIdentifier,
} from '../../compiler/index.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import { checkContract } from './check-contract.ts';
import { lookupsOf } from './lookups-of.ts';
import { readPeriodBounds } from './period-bounds.ts';
import { publishVersion, type Staged } from './publish-version.ts';
import { type RunContext, render, resolver, StepError, stepSession } from './run-context.ts';
import type { StepOutcome } from './step-outcome.ts';
import { cutName, inTables, physicalName } from './target-names.ts';
import { stops, testRelation } from './test-relation.ts';
import { completeThroughOf, versionOf } from './version-of.ts';

/** Builds a new version of a model beside the old one, tests it and, where the tests allow, publishes it. What is not published, the end of the run drops. */
export async function buildModel(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  seconds: () => number,
): Promise<StepOutcome> {
  if (model.sql === undefined) {
    throw new StepError(`\`${model.name}\` is not computed by this version of Etalon: ${model.strategy}`);
  }
  const relation = physicalName(model, step.build);
  const session = stepSession(context);
  const kind = model.materialized === 'view' ? 'view' : 'table';
  const completeThrough = completeThroughOf(context, model);
  const create = `create ${kind} ${qualify(relation)} as ${await stagedSelect(context, model, completeThrough)}`;
  await session.execute(create);
  if (kind === 'table') await prepareTable(context, model, relation);
  const names = resolver(context, { [model.name]: relation });
  const scan = await testRelation(context, session, model, step.tests, names, completeThrough);
  if (scan.outcomes.some(({ result }) => stops(result))) {
    return { status: 'failed', tests: scan.outcomes, rows: scan.rows };
  }
  const version = versionOf(context, model, step, { relation, kind, scan, completeThrough });
  const staged: Staged = { version, relation, tests: scan.outcomes, sqlHash: hashSql(create) };
  await publishVersion(context, model, step, staged, seconds());
  return { status: 'built', tests: scan.outcomes, rows: scan.rows, published: true };
}

/** The SELECT with each column cast to the contract's type, after a look at what it really yields. */
async function stagedSelect(
  context: RunContext,
  model: ManifestModel,
  completeThrough: string | undefined,
): Promise<string> {
  const names = resolver(context);
  const yielded = await stepSession(context).execute(
    render(context, `select * from (${model.sql}) as q limit 0`, names),
  );
  checkContract(model, yielded.columns);
  const sorted = model.partition !== undefined && model.time !== undefined && model.materialized !== 'view';
  const order = sorted ? ` order by q.${quoteIdentifier(model.time!)}` : '';
  const complete = { before: undefined, now: completeThrough };
  const { open } = await readPeriodBounds(context, stepSession(context), model, undefined, complete, names);
  const sql = open === undefined ? model.sql! : closedRowsSql(context.manifest, model, model.sql!, open);
  return render(context, `${castColumns(model, sql)}${order}`, names);
}

/** Canonical SQL of the model's rows with each column in the contract's type. */
export function castColumns(model: ManifestModel, sql: string): string {
  const columns = model.columns.map((column) => {
    const name = quoteIdentifier(column.name);
    const type = column.type === undefined ? undefined : parseType(column.type);
    return type === undefined ? `q.${name}` : `cast(q.${name} as ${canonicalType(type)}) as ${name}`;
  });
  return `select ${columns.join(', ')} from (${sql}) as q`;
}

async function prepareTable(context: RunContext, model: ManifestModel, relation: QualifiedName): Promise<void> {
  if (context.engine.capabilities.indexes) {
    for (const [index, columns] of model.indexes.entries()) {
      const name = quoteIdentifier(cutName(`${relation.table}__${index + 1}`));
      const list = columns.map(quoteIdentifier).join(', ');
      await stepSession(context).execute(`create index ${name} on ${qualify(relation)} (${list})`);
    }
  }
  await context.engine.analyze(relation);
  await context.engine.indexLookups(relation, lookupsOf(context.manifest, model.name));
  await indexInputs(context, model);
}

/** What it reads was perhaps built when nobody looked rows up there. */
async function indexInputs(context: RunContext, model: ManifestModel): Promise<void> {
  if (!context.engine.capabilities.indexes || model.increment?.kind !== 'increment') return;
  for (const { input, lookups } of model.increment.edges) {
    const version = context.published.get(input);
    if (lookups !== undefined && version?.relationKind === 'table')
      await context.engine.indexLookups(inTables(version.relation), lookups);
  }
}

export function hashSql(sql: string): string {
  return createHash('sha256').update(sql).digest('hex').slice(0, 16);
}

import {
  canonicalType,
  type ManifestColumn,
  type ManifestModel,
  parseType,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  quoteLiteral,
} from '../../compiler/index.ts';
import type { PlannedStep } from '../schedule/run-plan.ts';
import { recordCursor } from '../state/record.ts';
import { hashSql } from './build-model.ts';
import { describeMissing } from './describe-missing.ts';
import { earlierInstant } from './instants.ts';
import { findSourceTable } from './observe-sources.ts';
import { recordPublished } from './publish-version.ts';
import { type RunContext, render, resolver, StepError, stepSession, writeState } from './run-context.ts';
import type { StepOutcome } from './step-outcome.ts';
import { inTables, physicalName, publishedName } from './target-names.ts';
import { stops, testRelation } from './test-relation.ts';
import { versionOf } from './version-of.ts';

/** A source that is a table in the target: a view of its declared columns in their declared types. A new version each time its rows moved; the view itself is made once. */
export async function publishTableSource(
  context: RunContext,
  model: ManifestModel,
  step: PlannedStep,
  seconds: () => number,
): Promise<StepOutcome> {
  const current = context.published.get(model.name);
  const standing =
    current !== undefined && current.fingerprint === model.fingerprint && step.reason !== 'its table is gone';
  const relation = standing ? inTables(current.relation) : physicalName(model, step.build);
  const table = await findSourceTable(context.engine, model);
  const select = castSelect(context, model, table);
  if (!standing) await createView(context, model, table, relation, select);
  const names = resolver(context, { [model.name]: relation });
  const watermark = readWatermark(context, step);
  const scan = await testRelation(context, stepSession(context), model, step.tests, names, watermark);
  if (scan.outcomes.some(({ result }) => stops(result))) {
    return { status: 'failed', tests: scan.outcomes, rows: scan.rows };
  }
  const version = versionOf(context, model, step, { relation, kind: 'view', scan, completeThrough: watermark });
  await writeState(context, async (session) => {
    if (!standing) {
      const view = publishedName(context.manifest, context.target, model.name);
      await context.engine.publish(session, [{ view, over: relation, columns: model.columns.map(({ name }) => name) }]);
    }
    if (step.table !== undefined && 'rows' in step.table) {
      const { rows, watermark: mark } = step.table;
      const cursor = { model: model.name, build: step.build, rows, ...(mark === undefined ? {} : { watermark: mark }) };
      await recordCursor(session, context.run, cursor, context.startedAt);
    }
    await recordPublished(context, session, step, version, scan.outcomes, {
      seconds: seconds(),
      sqlHash: hashSql(select),
    });
  });
  context.published.set(model.name, version);
  return { status: 'built', tests: scan.outcomes, rows: scan.rows, published: true };
}

/** The last arrival, but never later than the run: a row stamped in the future moves nothing. Without an arrival column, the run itself. */
function readWatermark(context: RunContext, step: PlannedStep): string {
  const mark = step.table !== undefined && 'rows' in step.table ? step.table.watermark : undefined;
  return mark === undefined ? context.startedAt : earlierInstant(mark, context.startedAt);
}

async function createView(
  context: RunContext,
  model: ManifestModel,
  table: QualifiedName,
  relation: QualifiedName,
  select: string,
): Promise<void> {
  const problem = await describeMissing(context.engine, model, table);
  if (problem !== undefined) throw new StepError(problem);
  const own = publishedName(context.manifest, context.target, model.name);
  if (own.schema === table.schema && own.table === table.table) {
    throw new StepError(
      `\`${model.name}\` reads the table \`${table.schema}.${table.table}\`, which is the name that it is published under: rename the model, or the schema in project.yml`,
    );
  }
  await stepSession(context).execute(`create view ${qualify(relation)} as ${select}`);
}

function castSelect(context: RunContext, model: ManifestModel, table: QualifiedName): string {
  const columns = model.columns.map((column) => `${castColumn(column)} as ${quoteIdentifier(column.name)}`);
  return render(context, `select ${columns.join(', ')} from ${model.name}`, () => table);
}

/** A timestamp that arrives without a zone is read in the zone declared. */
function castColumn(column: ManifestColumn): string {
  const name = quoteIdentifier(column.from ?? column.name);
  const type = parseType(column.type ?? 'text');
  if (type === undefined)
    throw new StepError(`the column \`${column.name}\` has the type \`${column.type}\`, which is none of the language`);
  if (type.name === 'timestamp' && column.zone !== undefined) {
    return `timezone(${quoteLiteral(column.zone)}, cast(${name} as timestamp))`;
  }
  return `cast(${name} as ${canonicalType(type)})`;
}

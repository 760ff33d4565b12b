import { type CountedRows, eventCountsSql, type ManifestModel, type QualifiedName } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { type EventCounts, findEventMark, insertEventCounts, restartEventCounts } from '../state/event-counts.ts';
import { hashSql } from './build-model.ts';
import { renderIncrement } from './increment-names.ts';
import { type RunContext, writeState } from './run-context.ts';
import { changesName, inTables } from './target-names.ts';

/** Rows that a build brought to a source; `before`: the build that they came on top of, where all that changed since is written down. */
export interface EventBuild {
  readonly relation: QualifiedName;
  readonly build: number;
  readonly before: number | undefined;
}

/**
 * Keeps the account of a source's tracking plan, per day and event: what came and went is added to it; it is made anew where the plan is another, or where nobody knows what changed.
 * Commits with the rows.
 */
export async function countEvents(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  { relation, build, before }: EventBuild,
): Promise<void> {
  const all = eventCountsSql(context.manifest, model, 'all');
  if (all.length === 0) return;
  const counts: EventCounts = { model: model.name, relation: relation.table, plan: hashSql(all.join()), build };
  const mark = await findEventMark(session, model.name);
  const goesOn =
    mark !== undefined && mark.relation === counts.relation && mark.plan === counts.plan && mark.build === before;
  if (!goesOn) await restartEventCounts(session, model.name);
  const rows: CountedRows = goesOn ? { build } : 'all';
  const beside = (what: string) => model.name.replace('.', `__${what}.`);
  const names = (name: string) => (name === beside('changes') ? changesName(relation) : relation);
  const queries = eventCountsSql(context.manifest, model, rows).map((sql) => renderIncrement(context, sql, names));
  await insertEventCounts(session, counts, context.run, context.startedAt, queries);
}

/** After an edit of the plan: the rows are those of before, the account is not. */
export async function recountEvents(context: RunContext, model: ManifestModel): Promise<void> {
  const version = context.published.get(model.name);
  if (version === undefined) return;
  const all = eventCountsSql(context.manifest, model, 'all');
  const { relation, build } = version;
  await writeState(context, async (session) => {
    const mark = await findEventMark(session, model.name);
    if (mark?.relation === relation && mark.build === build && mark.plan === hashSql(all.join())) return;
    await countEvents(context, session, model, { relation: inTables(relation), build, before: undefined });
  });
}

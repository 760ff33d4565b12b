import {
  type ManifestModel,
  type NameResolver,
  type PeriodPlace,
  type PeriodSpan,
  periodGrain,
  periodNameSql,
  tellsArrival,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import type { InPlace } from '../schedule/run-plan.ts';
import { renderIncrement } from './increment-names.ts';
import type { Naming } from './run-context.ts';

/** Names of periods that the knobs of an incremental model go by. */
export interface PeriodBounds {
  /** Late rows of periods before it wait for a backfill. */
  readonly late?: string;
  /** Rows from this period on are not in the table: it is still open. */
  readonly open?: string;
  /** Periods that are computed although no change may say so: they have ended since the last run, or nothing says what is new in them. */
  readonly again: readonly { readonly span: PeriodSpan; readonly orAbsent: boolean }[];
}

/** How far the model's inputs were complete when it was last computed, and how far they are now. */
export interface Completeness {
  readonly before: string | undefined;
  readonly now: string | undefined;
}

/** One query at most, and none for models without knobs. */
export async function readPeriodBounds(
  context: Naming,
  session: Session,
  model: ManifestModel,
  inPlace: InPlace | undefined,
  complete: Completeness,
  names: NameResolver,
): Promise<PeriodBounds> {
  const { late, lookback, partial } = model.incremental ?? {};
  const isIncrement = inPlace?.kind === 'increment';
  const places: Record<string, PeriodPlace> = {};
  if (isIncrement && late !== undefined && complete.now !== undefined)
    places.late = { instant: complete.now, back: late };
  if (partial === false && complete.now !== undefined) places.open = { instant: complete.now };
  if (isIncrement && partial === false && complete.before !== undefined) places.opened = { instant: complete.before };
  if (isIncrement && lookback !== undefined && hasForeign(context, inPlace.seen))
    places.lookback = { latest: true, back: lookback };
  if (inPlace?.kind === 'backfill') {
    places.from = { day: inPlace.from };
    places.to = { day: inPlace.to };
  }
  const found = await readNames(context, session, model, places, names);
  const again: { span: PeriodSpan; orAbsent: boolean }[] = [];
  if (inPlace?.kind === 'backfill') {
    // A week that a day cuts belongs to what comes before it.
    const to = periodGrain(context.manifest, model) === 'hour' ? found.to! : inPlace.to;
    again.push({ span: { from: found.from!, to }, orAbsent: false });
  }
  if (isIncrement && partial === false && complete.before !== complete.now)
    again.push({ span: between(found.opened, found.open), orAbsent: false });
  if (places.lookback)
    again.push({ span: found.lookback === undefined ? {} : { from: found.lookback }, orAbsent: true });
  return {
    ...(found.late === undefined ? {} : { late: found.late }),
    ...(found.open === undefined ? {} : { open: found.open }),
    again,
  };
}

/** Periods that were open and are no longer, or the other way round; where one end is not known, all after the other. */
function between(a: string | undefined, b: string | undefined): PeriodSpan {
  const [from, to] = [a, b].sort();
  return from === undefined ? {} : { from, ...(to === undefined ? {} : { to }) };
}

function hasForeign(context: Naming, seen: Readonly<Record<string, number>>): boolean {
  return Object.keys(seen).some((name) => {
    const input = context.models.get(name);
    return input?.source?.from === 'table' && !tellsArrival(input);
  });
}

async function readNames(
  context: Naming,
  session: Session,
  model: ManifestModel,
  places: Readonly<Record<string, PeriodPlace>>,
  names: NameResolver,
): Promise<Readonly<Record<string, string | undefined>>> {
  const keys = Object.keys(places);
  if (keys.length === 0) return {};
  const asked = keys.map((key) => `(${periodNameSql(context.manifest, model, places[key]!)}) as ${key}_`);
  const found = await session.execute(renderIncrement(context, `select ${asked.join(', ')}`, names));
  const row = found.rows[0] ?? [];
  return Object.fromEntries(
    keys.map((key, i) => [key, row[i] === null || row[i] === undefined ? undefined : String(row[i])]),
  );
}

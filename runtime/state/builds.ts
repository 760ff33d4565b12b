import type { Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { lockClaims } from './claim.ts';
import { instant, orNull } from './record.ts';
import { defined, statement, toCount, toOptionalCount, toOptionalText, toText } from './rows.ts';

/** A definition as a build found it. */
export interface BuiltDefinition {
  readonly kind: 'metric' | 'segment' | 'model';
  readonly name: string;
  readonly fingerprint: string;
  readonly version?: number;
  readonly title?: string;
  /** What the author says of this version. */
  readonly reason?: string;
}

/** The value of a period that is over, under one meaning. */
export interface BuiltValue {
  readonly metric: string;
  readonly fingerprint: string;
  readonly version: number;
  readonly grain: string;
  readonly period: string;
  /** Decimal text. */
  readonly value: string;
}

export interface BuildFound {
  readonly run?: string;
  readonly etalon: string;
  readonly at: string;
  readonly definitions: readonly BuiltDefinition[];
  readonly values: readonly BuiltValue[];
}

export interface DefinitionChange extends Omit<BuiltDefinition, 'fingerprint'> {
  readonly build: number;
  readonly change: 'added' | 'changed' | 'removed';
  readonly fingerprint?: string;
}

/** What the builds so far have found, oldest first. */
export interface BuildHistory {
  readonly builds: readonly { readonly number: number; readonly at: string }[];
  readonly changes: readonly DefinitionChange[];
  /** Of metrics that had more than one meaning: the last value of each period under each. */
  readonly values: readonly (BuiltValue & { readonly build: number })[];
  /** Values of periods that were over and are others now, though the meaning is the same. */
  readonly restated: readonly (BuiltValue & { readonly build: number; readonly previous: string })[];
}

/**
 * Writes down what differs from the build before, and nothing where nothing does. The state schema must be there. Builds come one after another.
 *
 * @example
 * await engine.transaction((session) => recordBuild(session, found))
 */
export async function recordBuild(session: Session, found: BuildFound): Promise<void> {
  await lockClaims(session);
  const known = new Map((await readDefinitions(session)).map((one) => [`${one.kind} ${one.name}`, one]));
  const changes = compareDefinitions(found.definitions, known);
  const values = await compareValues(session, found.values);
  if (changes.length === 0 && values.length === 0) return;
  const last = await session.execute('select coalesce(max(number), 0) from etalon_state.builds');
  const build = toCount(last.rows[0]?.[0]) + 1;
  await session.execute(
    statement(
      `insert into etalon_state.builds (number, run, etalon, built_at) values ($1, $2, $3, ${instant(4)})`,
      build,
      orNull(found.run),
      found.etalon,
      found.at,
    ),
  );
  await insertAll(
    session,
    'build_definitions (build, kind, name, change, fingerprint, version, title, reason)',
    changes.map((one) => [
      build,
      one.kind,
      one.name,
      one.change,
      orNull(one.fingerprint),
      orNull(one.version),
      orNull(one.title),
      orNull(one.reason),
    ]),
  );
  await insertAll(
    session,
    'build_values (build, metric, fingerprint, version, grain, period, value, previous)',
    values.map((one) => [
      build,
      one.metric,
      one.fingerprint,
      one.version,
      one.grain,
      one.period,
      one.value,
      orNull(one.previous),
    ]),
  );
}

const rowsOfInsert = 500;

async function insertAll(session: Session, into: string, rows: readonly (readonly Value[])[]): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsOfInsert) {
    const some = rows.slice(from, from + rowsOfInsert);
    const width = some[0]!.length;
    const places = some.map(
      (_, row) => `(${some[0]!.map((_each, column) => `$${row * width + column + 1}`).join(', ')})`,
    );
    await session.execute(statement(`insert into etalon_state.${into} values ${places.join(', ')}`, ...some.flat()));
  }
}

type Found = Omit<DefinitionChange, 'build'>;

function compareDefinitions(
  now: readonly BuiltDefinition[],
  known: ReadonlyMap<string, DefinitionChange>,
): readonly Found[] {
  const isThere = (one: DefinitionChange | undefined): one is DefinitionChange =>
    one !== undefined && one.change !== 'removed';
  const keys = new Set(now.map(({ kind, name }) => `${kind} ${name}`));
  const here = now.flatMap((one): Found[] => {
    const before = known.get(`${one.kind} ${one.name}`);
    if (!isThere(before)) return [{ ...one, change: 'added' }];
    const isSame = before.fingerprint === one.fingerprint && (before.version ?? 1) === (one.version ?? 1);
    return isSame ? [] : [{ ...one, change: 'changed' }];
  });
  const gone = [...known.values()].flatMap((one): Found[] => {
    if (!isThere(one) || keys.has(`${one.kind} ${one.name}`)) return [];
    const { kind, name, title } = one;
    return [defined({ kind, name, title, change: 'removed' as const })];
  });
  return [...here, ...gone];
}

async function compareValues(session: Session, now: readonly BuiltValue[]) {
  const found = await session.execute(`${lastValues} where place = 1`);
  const keyOf = (one: Omit<BuiltValue, 'version' | 'value'>): string =>
    JSON.stringify([one.metric, one.fingerprint, one.grain, one.period]);
  const known = new Map(found.rows.map((row) => [keyOf(toValue(row)), toValue(row).value]));
  return now.flatMap((one) => {
    const previous = known.get(keyOf(one));
    return previous === one.value ? [] : [{ ...one, previous }];
  });
}

const lastValues = `select metric, fingerprint, version, grain, period, value, build from (
    select v.*, row_number() over (partition by metric, fingerprint, grain, period order by build desc) as place from etalon_state.build_values v
  ) ranked`;

function toValue(row: readonly Value[]): BuiltValue & { readonly build: number } {
  const [metric, fingerprint, version, grain, period, value, build] = row;
  return {
    metric: String(metric),
    fingerprint: String(fingerprint),
    version: Number(version),
    grain: String(grain),
    period: String(period),
    value: String(value),
    build: Number(build),
  };
}

/** The last that is known of each definition. */
async function readDefinitions(session: Session): Promise<readonly DefinitionChange[]> {
  const found = await session.execute(
    `select build, kind, name, change, fingerprint, version, title, reason from (
       select d.*, row_number() over (partition by kind, name order by build desc) as place from etalon_state.build_definitions d
     ) ranked where place = 1 order by kind, name`,
  );
  return found.rows.map(toChange);
}

function toChange(row: readonly Value[]): DefinitionChange {
  return defined({
    build: toCount(row[0]),
    kind: toText(row[1]) as DefinitionChange['kind'],
    name: toText(row[2]),
    change: toText(row[3]) as DefinitionChange['change'],
    fingerprint: toOptionalText(row[4]),
    version: toOptionalCount(row[5]),
    title: toOptionalText(row[6]),
    reason: toOptionalText(row[7]),
  });
}

/** Builds whose restated values are told. */
export const toldBuilds = 50;

/** The state schema must be there; writes nothing. */
export async function readBuilds(session: Session): Promise<BuildHistory> {
  const builds = await session.execute('select number, built_at from etalon_state.builds order by number');
  const changes = await session.execute(
    'select build, kind, name, change, fingerprint, version, title, reason from etalon_state.build_definitions order by build, kind, name',
  );
  const values = await session.execute(
    `${lastValues} where place = 1 and metric in (
       select metric from etalon_state.build_values group by metric having count(distinct fingerprint) > 1
     ) order by metric, build, grain, period`,
  );
  const restated = await session.execute(
    `select metric, fingerprint, version, grain, period, value, build, previous from etalon_state.build_values
     where previous is not null and build > (select max(number) from etalon_state.builds) - ${toldBuilds}
     order by build, metric, grain, period`,
  );
  return {
    builds: builds.rows.map(([number, at]) => ({ number: toCount(number), at: toText(at) })),
    changes: changes.rows.map(toChange),
    values: values.rows.map(toValue),
    restated: restated.rows.map((row) => ({ ...toValue(row), previous: toText(row[7]) })),
  };
}

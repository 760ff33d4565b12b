import { type Manifest, quoteLiteral, type Value } from '../../../compiler/index.ts';
import type { Engine } from '../../../runtime/index.ts';
import { createMutex } from '../../../runtime/run/mutex.ts';
import { forStep, type RunContext } from '../../../runtime/run/run-context.ts';
import type { Evaluated } from '../../../runtime/run/run-types.ts';
import { evaluateSegment } from '../../../runtime/segments/evaluate-segment.ts';
import { migrate } from '../../../runtime/state/migrate.ts';
import type { VersionRecord } from '../../../runtime/state/records.ts';
import { toText } from '../cohort/clock.ts';
import type { Row, User } from './arbitrary.ts';

const models = {
  users: 'user_id text, plan text, age integer, is_test boolean, since timestamptz',
  events: 'event_id integer, user_id text, "at" timestamptz, kind text, value integer, color text',
  rest: 'event_id integer, user_id text, "at" timestamptz',
} as const;
type Model = keyof typeof models;

const state = ['versions', 'evaluations', 'parts', 'memberships', 'masks'].map((name) =>
  name === 'versions' ? 'etalon_state.segment_versions' : `etalon_state.segment_${name}`,
);

/** Tables of models with logs of their changes, as runs leave them, written by hand: so a history costs milliseconds. */
export interface MemoryTarget {
  readonly engine: Engine;
  /** Empties everything. */
  reset(): Promise<void>;
  /** Makes the tables hold these rows; with `isRebuilt` they are new ones, and no log says what differs. */
  hold(users: readonly User[], rows: readonly Row[], isRebuilt: boolean): Promise<void>;
  evaluate(manifest: Manifest, segment: string, cut: bigint, at: string): Promise<Evaluated>;
}

export async function openMemoryTarget(engine: Engine): Promise<MemoryTarget> {
  await migrate(engine, 0, '2025-01-01T00:00:00Z');
  await engine.execute('create schema if not exists marts');
  for (const [model, columns] of Object.entries(models)) {
    const table = tableOf(model);
    await engine.execute(`create table ${table} (${columns})`);
    await engine.execute(`create table ${logOf(model)} (${columns}, _build bigint, _came boolean)`);
    await engine.execute(`create view marts.${model} as select * from ${table}`);
  }
  // What is read through a view, as `compileSegments` has it.
  await engine.execute(`create view ${tableOf('others')} as select * from ${tableOf('rest')} where event_id > 0`);
  await engine.execute(`create view marts.others as select * from ${tableOf('others')}`);
  for (const model of ['(run)', 'segment:s'])
    await engine.execute(`insert into etalon_state.claims values ('r', 1, '${model}', 'write')`);
  let held = new Map<Model, ReadonlyMap<string, string>>();
  const published = new Map<string, VersionRecord>();
  const since = new Map<string, number>();
  let builds = 0;
  return {
    engine,
    async reset() {
      for (const table of state) await engine.execute(`delete from ${table}`);
      for (const model of Object.keys(models)) {
        await engine.execute(`delete from ${tableOf(model)}`);
        await engine.execute(`delete from ${logOf(model)}`);
      }
      held = new Map();
      published.clear();
      builds = 0;
    },
    async hold(users, rows, isRebuilt) {
      for (const [model, now] of rowsOf(users, rows)) {
        const before = held.get(model) ?? new Map();
        const came = [...now].filter(([key, row]) => before.get(key) !== row).map(([, row]) => row);
        const gone = [...before].filter(([key, row]) => now.get(key) !== row);
        const name = `marts.${model}`;
        if (came.length + gone.length === 0 && published.has(name) && !isRebuilt) continue;
        builds += 1;
        if (gone.length > 0) {
          const keys = gone.map(([key]) => quoteLiteral(key)).join(', ');
          await engine.execute(`delete from ${tableOf(model)} where cast(${keyOf(model)} as text) in (${keys})`);
        }
        if (came.length > 0) await engine.execute(`insert into ${tableOf(model)} values (${came.join('), (')})`);
        if (isRebuilt || !published.has(name)) since.set(name, builds);
        else {
          const logged = [
            ...came.map((row) => `(${row}, ${builds}, true)`),
            ...gone.map(([, row]) => `(${row}, ${builds}, false)`),
          ];
          await engine.execute(`insert into ${logOf(model)} values ${logged.join(', ')}`);
        }
        held.set(model, now);
        published.set(name, versionOf(name, builds, `marts__${model}__1`));
      }
      const rest = published.get('marts.rest')!.build;
      published.set('marts.others', { ...versionOf('marts.others', rest, 'marts__others__1'), relationKind: 'view' });
      since.set('marts.others', rest);
      await engine.execute('delete from etalon_state.versions');
      // The row of the build that made the relation, and that of the one that stands.
      const marks = [...published].flatMap(([name, { build, relation }]) =>
        [...new Set([since.get(name)!, build])].map(
          (one) => `('${name}', ${one}, '${relation}', ${one === build ? 'null' : 'current_timestamp'})`,
        ),
      );
      await engine.execute(
        `insert into etalon_state.versions (model, build, relation, valid_to) values ${marks.join(', ')}`,
      );
    },
    evaluate(manifest, segment, cut, at) {
      const context = contextOf(engine, manifest, published, at);
      const one = manifest.segments.find(({ name }) => name === segment)!;
      return evaluateSegment(forStep(context, `segment:${segment}`), one, toText(cut));
    },
  };
}

function tableOf(model: string): string {
  return `etalon_tables.marts__${model}__1`;
}

function logOf(model: string): string {
  return `${tableOf(model)}__changes`;
}

function keyOf(model: Model): string {
  return model === 'users' ? 'user_id' : 'event_id';
}

function literals(...values: readonly Value[]): string {
  return values.map((value) => (value === null ? 'null' : quoteLiteral(value))).join(', ');
}

function at(instant: bigint | null): string {
  return instant === null ? 'cast(null as timestamptz)' : `timestamptz '${toText(instant)}'`;
}

/** By key, as SQL. */
function rowsOf(users: readonly User[], rows: readonly Row[]): ReadonlyMap<Model, ReadonlyMap<string, string>> {
  const user = (u: User) => `${literals(u.user, u.plan, u.age, u.isTest)}, ${at(u.since)}`;
  const event = (r: Row) => `${literals(r.key, r.user)}, ${at(r.at)}`;
  const ofModel = (model: Row['model']) => rows.filter((row) => row.model === model);
  return new Map<Model, ReadonlyMap<string, string>>([
    ['users', new Map(users.map((u) => [u.user, user(u)]))],
    [
      'events',
      new Map(ofModel('events').map((r) => [String(r.key), `${event(r)}, ${literals(r.kind, r.value, r.color)}`])),
    ],
    ['rest', new Map(ofModel('others').map((r) => [String(r.key), event(r)]))],
  ]);
}

function versionOf(model: string, build: number, relation: string): VersionRecord {
  return {
    model,
    build,
    fingerprint: '',
    relation,
    relationKind: 'table',
    inputs: {},
    validFrom: '2025-01-01T00:00:00Z',
    run: 'r',
  };
}

function contextOf(
  engine: Engine,
  manifest: Manifest,
  published: Map<string, VersionRecord>,
  startedAt: string,
): RunContext {
  return {
    manifest,
    models: new Map(manifest.models.map((model) => [model.name, model])),
    engine,
    effects: { clock: () => startedAt, emit: () => undefined, folder: '' },
    target: 'dev',
    run: { id: 'r', number: 1 },
    claim: { run: 'r', token: 1 },
    claimed: new Set(['segment:s']),
    startedAt,
    published,
    before: new Map(published),
    files: [],
    accounts: new Map(),
    cursors: new Map(),
    acceptLoss: false,
    writes: createMutex(),
    cancelled: async () => undefined,
  };
}

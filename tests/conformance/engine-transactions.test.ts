import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, EngineError, type Session } from '../../runtime/engine/engine.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

async function fail(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

describe.each(listRunnableEngines())('transactions of $name', ({ name, prepare }) => {
  let target: TestTarget;
  let engine: Engine;
  let other: Engine;
  beforeAll(async () => {
    target = await prepare();
    engine = await target.open();
    other = await target.open();
  });
  beforeEach(async () => {
    await engine.execute('drop table if exists t');
    await engine.execute('create table t as select 1 as id, 0 as n');
  });
  afterAll(() => target.drop());

  const count = async (): Promise<unknown> => (await other.execute('select count(*) from t')).rows[0]?.[0];

  it('commits all, DDL too', async () => {
    await engine.transaction(async (session) => {
      await session.execute('insert into t values (2, 0)');
      await session.execute('create table made as select 1 as x');
      expect(await count()).toBe(1);
    });
    expect(await count()).toBe(2);
    expect((await other.execute('select x from made')).rows).toEqual([[1]]);
    await engine.execute('drop table made');
  });

  it('answers a question, and goes on as before after it, also where it failed', async () => {
    expect((await engine.ask({ sql: 'select id + $1 from t', parameters: [1] })).rows).toEqual([[2]]);
    expect((await fail(engine.ask('select nope from t'))).kind).toBe('sql');
    await engine.execute('insert into t values (2, 0)');
    expect(await count()).toBe(2);
  });

  const itPlans = name === 'postgres' ? it : undefined;
  itPlans?.('plans a question without nested loops, as far as it can', async () => {
    const plan = 'explain select count(*) from t as a join t as b on a.id = b.id where a.n = 0';
    const text = async (ask: Promise<{ readonly rows: readonly unknown[] }>) => JSON.stringify((await ask).rows);
    await engine.execute('create index t_by_id on t (id)');
    await engine.execute('insert into t select g, g from generate_series(2, 10000) as g');
    await engine.execute('analyze t');
    expect(await text(engine.execute(plan))).toContain('Nested Loop');
    expect(await text(engine.ask(plan))).not.toContain('Nested Loop');
    expect(await text(engine.ask('show jit'))).toContain('off');
    expect(await text(engine.execute(plan))).toContain('Nested Loop');
    expect(await text(engine.execute('show jit'))).toContain('on');
  });

  it('leaves nothing when the work throws', async () => {
    const cause = new Error('mine');
    await expect(
      engine.transaction(async (session) => {
        await session.execute('insert into t values (2, 0)');
        await session.execute('create table made as select 1 as x');
        throw cause;
      }),
    ).rejects.toBe(cause);
    expect(await count()).toBe(1);
    expect((await fail(other.execute('select x from made'))).kind).toBe('sql');
  });

  it('does not commit after a failed statement that the work has swallowed', async () => {
    const error = await fail(
      engine.transaction(async (session) => {
        await session.execute('insert into t values (2, 0)');
        await session.execute('select nope from t').catch(() => undefined);
      }),
    );
    expect(error.message).toContain('nope');
    expect(await count()).toBe(1);
  });

  it('runs statements of a session one after another, however they are asked for', async () => {
    const results = await engine.transaction((session) =>
      Promise.all([1, 2, 3].map((n) => session.execute(`select ${n}`))),
    );
    expect(results.map(({ rows }) => rows[0]?.[0])).toEqual([1, 2, 3]);
  });

  const readN = async (session: Session): Promise<number> =>
    Number((await session.execute('select n from t where id = 1')).rows[0]?.[0]);
  const writeN = (session: Session, n: number): Promise<unknown> =>
    session.execute({ sql: 'update t set n = $1 where id = 1', parameters: [n] });

  it('repeats the work that lost against another', async () => {
    const seen: number[] = [];
    await engine.transaction(async (session) => {
      const n = await readN(session);
      seen.push(n);
      // What this work has read is overtaken, once, between its reading and its writing.
      if (seen.length === 1) await other.transaction((winner) => writeN(winner, 10));
      await writeN(session, n + 1);
    });
    expect(seen).toEqual([0, 10]);
    expect((await engine.execute('select n from t')).rows).toEqual([[11]]);
  });

  it('loses no work of many at once', async () => {
    const raise = (by: Engine): Promise<unknown> =>
      by.transaction(async (session) => writeN(session, (await readN(session)) + 1));
    await Promise.all([raise(engine), raise(other), raise(engine), raise(other)]);
    expect((await engine.execute('select n from t')).rows).toEqual([[4]]);
  });

  it('does not repeat what will not pass', async () => {
    let attempts = 0;
    const error = await fail(
      engine.transaction(async (session) => {
        attempts += 1;
        await session.execute('select nope');
      }),
    );
    expect([error.kind, attempts]).toEqual(['sql', 1]);
  });

  it('points at the place of a mistake', async () => {
    expect(await fail(engine.execute("select '😀', nope from t"))).toMatchObject({ kind: 'sql', position: 13 });
    expect(await fail(engine.execute('selct 1'))).toMatchObject({ kind: 'sql', position: 0 });
    expect(await fail(engine.execute("select cast('a' as integer)"))).toMatchObject({ kind: 'data' });
  });

  it('is cancelled in the database too', async () => {
    const long =
      name === 'duckdb'
        ? 'select sum(hash(a.range + b.range) % 7) from range(1000000) a, range(1000000) b'
        : 'select pg_sleep(120)';
    const running = fail(engine.execute(long));
    const timer = setInterval(() => void engine.cancel(), 50);
    expect(await running).toMatchObject({ kind: 'cancelled', message: 'the statement was cancelled' });
    clearInterval(timer);
    expect((await engine.execute('select 1')).rows).toEqual([[1]]);
  });

  it('has a limit of time for a statement', async () => {
    const hurried = await target.open({ statementTimeoutSeconds: 0.2 });
    const long =
      name === 'duckdb'
        ? 'select sum(hash(a.range + b.range) % 7) from range(1000000) a, range(1000000) b'
        : 'select pg_sleep(120)';
    const error = await fail(hurried.execute(long));
    expect(error.kind).toBe('cancelled');
    expect(error.message).toMatch(/ran longer than/);
    await hurried.close();
  });

  it('writes nothing when read-only', async () => {
    const reader = await target.open({ readOnly: true });
    expect((await reader.execute('select id from t')).rows).toEqual([[1]]);
    expect((await fail(reader.execute('insert into t values (3, 3)'))).kind).toBe('read_only');
    expect(
      (await fail(reader.transaction((session) => session.execute('create table no as select 1 as x')))).kind,
    ).toBe('read_only');
    await reader.close();
  });

  it('serves more askers than it has connections', async () => {
    const narrow = await target.open({ threads: 1 });
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => narrow.transaction((session) => session.execute(`select ${index}`))),
    );
    expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 12 }, (_, index) => index));
    await narrow.close();
  });

  it('closes twice', async () => {
    const brief = await target.open();
    await brief.close();
    await brief.close();
    expect(await count()).toBe(1);
  });
});

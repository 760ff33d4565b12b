import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, EngineError } from '../../runtime/engine/engine.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';

const view = { schema: 'marts', table: 'orders' };

describe.each(listRunnableEngines())('publishing on $name', ({ name, prepare }) => {
  let target: TestTarget;
  let engine: Engine;
  beforeAll(async () => {
    target = await prepare();
    engine = await target.open();
    await engine.execute('create schema etalon_tables');
    await engine.execute('create schema marts');
    await engine.execute('create table etalon_tables.o1 as select 1 as id, 10 as amount');
    await engine.execute("create table etalon_tables.o2 as select 2 as id, 20 as amount, cast('x' as text) as note");
    await engine.execute('create table etalon_tables.o3 as select cast(30 as decimal(12,2)) as amount, 3 as id');
    await engine.execute("create table etalon_tables.o4 as select cast('y' as text) as note");
  });
  beforeEach(async () => {
    for (const made of ['public_total', 'public_report']) await engine.execute(`drop view if exists marts.${made}`);
    await engine.execute('drop view if exists marts.orders');
  });
  afterAll(() => target.drop());

  const publish = (table: string, columns: readonly string[], comment?: string): Promise<void> =>
    engine.transaction((session) =>
      engine.publish(session, [
        { view, over: { schema: 'etalon_tables', table }, columns, ...(comment === undefined ? {} : { comment }) },
      ]),
    );
  const read = async (relation: string): Promise<unknown> => (await engine.execute(`select * from ${relation}`)).rows;

  it('points a view at a table, at another, and at one of another shape', async () => {
    await publish('o1', ['id', 'amount']);
    expect(await read('marts.orders')).toEqual([[1, 10]]);
    await publish('o2', ['id', 'amount', 'note']);
    expect(await read('marts.orders')).toEqual([[2, 20, 'x']]);
    await publish('o3', ['amount', 'id']);
    expect(await read('marts.orders')).toEqual([['30.00', 3]]);
    await publish('o1', ['id']);
    expect(await read('marts.orders')).toEqual([[1]]);
  });

  it('makes the schema where it is missing', async () => {
    await engine.transaction((session) =>
      engine.publish(session, [
        { view: { schema: 'fresh', table: 'a "b"' }, over: { schema: 'etalon_tables', table: 'o1' }, columns: ['id'] },
      ]),
    );
    expect(await read('fresh."a ""b"""')).toEqual([[1]]);
  });

  it('makes the schema again where it was dropped, or where the transaction that made it was undone', async () => {
    const fresh = { view: { schema: 'fresh', table: 'invoices' }, over: { schema: 'etalon_tables', table: 'o1' } };
    const publishFresh = () =>
      engine.transaction((session) => engine.publish(session, [{ ...fresh, columns: ['id'] }]));
    const undone = engine.transaction(async (session) => {
      await engine.publish(session, [{ ...fresh, columns: ['id'] }]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await publishFresh();
    await publishFresh();
    await engine.execute('drop schema fresh cascade');
    await publishFresh();
    expect((await engine.execute('select count(*) from fresh.invoices')).rows).toHaveLength(1);
  });

  it('keeps views that read the view, and views that read those', async () => {
    await publish('o1', ['id', 'amount']);
    await engine.execute('create view marts.public_report as select id, amount * 2 as twice from marts.orders');
    await engine.execute(
      'create view marts.public_total as select sum(twice) as total, count(*) as n from marts.public_report',
    );
    await publish('o3', ['amount', 'id']);
    expect(await read('marts.public_report')).toEqual([[3, '60.00']]);
    expect((await engine.execute('select n from marts.public_total')).rows).toEqual([[1]]);
  });

  it('keeps the comment, or replaces it', async () => {
    const comment = async (): Promise<unknown> =>
      (
        await engine.execute(
          name === 'duckdb'
            ? "select comment from duckdb_views() where view_name = 'orders'"
            : "select obj_description('marts.orders'::regclass)",
        )
      ).rows[0]?.[0];
    await publish('o1', ['id', 'amount'], "the shop's orders");
    await publish('o3', ['amount', 'id']);
    expect(await comment()).toBe("the shop's orders");
    await publish('o1', ['id'], 'new');
    expect(await comment()).toBe('new');
  });

  it('refuses to take the place of a table', async () => {
    await engine.execute('create table marts.precious as select 1 as x');
    const error = await engine
      .transaction((session) =>
        engine.publish(session, [
          {
            view: { schema: 'marts', table: 'precious' },
            over: { schema: 'etalon_tables', table: 'o1' },
            columns: ['id'],
          },
        ]),
      )
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ kind: 'sql', message: expect.stringContaining('`marts.precious` is a table') });
    expect(await read('marts.precious')).toEqual([[1]]);
    await engine.execute('drop table marts.precious');
  });

  it('publishes several views together or none', async () => {
    await publish('o1', ['id']);
    const both = [
      { view, over: { schema: 'etalon_tables', table: 'o2' }, columns: ['id'] },
      {
        view: { schema: 'marts', table: 'public_report' },
        over: { schema: 'etalon_tables', table: 'nowhere' },
        columns: ['id'],
      },
    ];
    await expect(engine.transaction((session) => engine.publish(session, both))).rejects.toMatchObject({ kind: 'sql' });
    expect(await read('marts.orders')).toEqual([[1]]);
  });

  it('never shows a reader nothing, or half of two', async () => {
    await publish('o1', ['id', 'amount']);
    const readers = await target.open();
    let done = false;
    const seen = new Set<string>();
    let reads = 0;
    const reading = Promise.all(
      [1, 2].map(async () => {
        while (!done) {
          const { rows } = await readers.execute('select id, amount from marts.orders');
          seen.add(JSON.stringify(rows));
          reads += 1;
        }
      }),
    );
    for (let turn = 0; turn < 50; turn += 1)
      await publish(turn % 2 === 0 ? 'o3' : 'o1', turn % 2 === 0 ? ['amount', 'id'] : ['id', 'amount']);
    done = true;
    await reading;
    expect(reads).toBeGreaterThan(20);
    for (const rows of seen) expect(['[[1,10]]', '[[3,"30.00"]]']).toContain(rows);
    await readers.close();
  });

  describe.skipIf(name === 'duckdb')('with what only a server has', () => {
    const grants = async (): Promise<unknown> =>
      (
        await engine.execute(
          "select c.relname::text, pg_get_userbyid(c.relowner)::text, c.relacl::text, obj_description(c.oid, 'pg_class'), array_to_string(c.reloptions, ',') from pg_class c where c.relname in ('orders', 'public_report') order by 1",
        )
      ).rows;
    const columnGrants = async (): Promise<unknown> =>
      (
        await engine.execute(
          "select attname::text, attacl::text, col_description(attrelid, attnum) from pg_attribute where attrelid = 'marts.public_report'::regclass and attacl is not null",
        )
      ).rows;

    it('keeps owners, grants, comments, options and triggers of the view and its readers', async () => {
      await engine.execute('create role etalon_reader');
      await engine.execute('create role "etalon Owner"');
      await publish('o1', ['id', 'amount']);
      await engine.execute(`create view marts.public_report with (security_barrier=true) as select amount as a from marts.orders;
        comment on view marts.public_report is 'it''s'; comment on column marts.public_report.a is 'column';
        grant usage, create on schema marts to "etalon Owner"; grant select on marts.orders to "etalon Owner" with grant option;
        alter view marts.public_report owner to "etalon Owner"; grant select on marts.public_report to public; grant select (a) on marts.public_report to etalon_reader;
        create function marts.nothing() returns trigger language plpgsql as 'begin return null; end';
        create trigger watch instead of insert on marts.public_report for each row execute function marts.nothing()`);
      const before = [await grants(), await columnGrants()];
      await publish('o3', ['amount', 'id']);
      expect(await read('marts.public_report')).toEqual([['30.00']]);
      expect([await grants(), await columnGrants()]).toEqual(before);
      expect(
        (await engine.execute("select tgname::text from pg_trigger where tgrelid = 'marts.public_report'::regclass"))
          .rows,
      ).toEqual([['watch']]);
      await engine.execute('drop view marts.public_report');
      await engine.execute('drop function marts.nothing');
    });

    it('changes nothing where a reader does not fit, and names it', async () => {
      await publish('o1', ['id', 'amount']);
      await engine.execute('create view marts.public_report as select amount from marts.orders');
      await expect(publish('o4', ['note'])).rejects.toMatchObject({
        kind: 'sql',
        message:
          'the view `marts.public_report` reads `marts.orders` and does not fit its new columns: column "amount" does not exist',
      });
      expect(await read('marts.orders')).toEqual([[1, 10]]);
      expect(await read('marts.public_report')).toEqual([[10]]);
    });

    it('does not touch what is not a view', async () => {
      await publish('o1', ['id', 'amount']);
      await engine.execute('create materialized view marts.stored as select amount from marts.orders');
      await expect(publish('o3', ['amount', 'id'])).rejects.toMatchObject({
        kind: 'sql',
        message: expect.stringContaining('marts.stored'),
      });
      expect(await read('marts.stored')).toEqual([[10]]);
      await engine.execute('drop materialized view marts.stored');
    });

    it('waits its turn for a reader that holds the view, without failing', async () => {
      await publish('o1', ['id', 'amount']);
      const reader = await target.open();
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let started: () => void = () => undefined;
      const holding = new Promise<void>((resolve) => {
        started = resolve;
      });
      const reading = reader.transaction(async (session) => {
        await session.execute('select * from marts.orders');
        started();
        await held;
      });
      await holding;
      const publishing = publish('o3', ['amount', 'id']);
      await expect
        .poll(async () => (await engine.execute('select count(*) from pg_locks where not granted')).rows[0]?.[0], {
          timeout: 5000,
        })
        .toBe(1);
      release();
      await reading;
      await publishing;
      expect(await read('marts.orders')).toEqual([['30.00', 3]]);
      await reader.close();
    });

    it('ends no reader whose transaction goes from the name to a view on it while both are to change', async () => {
      await publish('o1', ['id', 'amount']);
      await engine.execute('create view marts.public_total as select sum(amount) as total from marts.orders');
      const reader = await target.open();
      let publishing: Promise<void> | undefined;
      await reader.transaction(async (session) => {
        await session.execute('select * from marts.orders');
        publishing = publish('o3', ['amount', 'id']);
        const waiting = "select count(*) from pg_locks where not granted and mode = 'AccessExclusiveLock'";
        await expect.poll(async () => (await engine.execute(waiting)).rows[0]?.[0], { timeout: 5000 }).toBe(1);
        // Past the moment when the publish itself would look for a deadlock: now only the reader would.
        await session.execute('select pg_sleep(1.3)');
        expect((await session.execute('select total from marts.public_total')).rows).toEqual([[10]]);
      });
      await publishing;
      expect(await read('marts.public_total')).toEqual([['30.00']]);
      await reader.close();
    });

    it('leaves the settings of the transaction as they were', async () => {
      await engine.transaction(async (session) => {
        await engine.publish(session, [{ view, over: { schema: 'etalon_tables', table: 'o1' }, columns: ['id'] }]);
        expect(
          (await session.execute("select current_setting('search_path'), current_setting('lock_timeout')")).rows,
        ).toEqual([['"$user", public', '0']]);
      });
    });
  });
});

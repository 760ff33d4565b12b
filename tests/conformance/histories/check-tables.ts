import { type Manifest, type ManifestModel, quoteIdentifier, renderSql, shapesOf } from '../../../compiler/index.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { castColumns } from '../../../runtime/run/build-model.ts';
import type { HistoryWorld } from './history-world.ts';
import { instantOf } from './history-world.ts';

/** What is wrong, in words; empty: nothing. */
export type Faults = readonly string[];

/**
 * Holds each model's table to its query over what its inputs hold, and each source to what arrived: so, input by input, to what a rebuild would leave. In the database, and in one statement: what
 * differs is counted there, nothing is pulled.
 */
export async function checkTables(
  engine: Engine,
  manifest: Manifest,
  world: HistoryWorld,
  models: ReadonlySet<string>,
): Promise<Faults> {
  const { dialect } = engine.capabilities;
  const checked = manifest.models.filter(({ name }) => models.has(name));
  if (checked.length === 0) return [];
  const parts = checked.map((model) => {
    const wanted = model.form === 'source' ? sourceSql(model, world) : modelSql(manifest, model, dialect);
    const mark = (column: string) =>
      `(select ${column} from etalon_state.versions where model = '${model.name}' and valid_to is null)`;
    return `select '${model.name}' as model, (select count(*) from (${differenceSql(model, wanted)}) as d), (select count(*) from ${model.name}), ${mark('row_count')}, ${mark('fresh_through')}, ${latestSql(model, mark('complete_through'))}`;
  });
  const { rows } = await engine.execute(parts.join(' union all '));
  const faults: string[] = [];
  for (const [name, differing, count, marked, fresh, latest] of rows) {
    const model = checked.find((one) => one.name === name)!;
    if (Number(differing) > 0) {
      const wanted = model.form === 'source' ? sourceSql(model, world) : modelSql(manifest, model, dialect);
      const found = await engine.execute(differenceSql(model, wanted));
      const rowsOf = found.rows.map((row) => `  ${row.map(String).join(' | ')}`);
      faults.push([`${model.name} is not what its query says (1: too much, -1: missing):`, ...rowsOf].join('\n'));
    }
    if (Number(count) !== Number(marked)) faults.push(`${model.name} has ${count} rows, and its mark says ${marked}`);
    if (String(fresh) !== String(latest)) faults.push(`${name} is fresh through ${latest}, and its mark says ${fresh}`);
  }
  return faults;
}

function latestSql({ name, time }: ManifestModel, complete: string): string {
  if (time === undefined) return 'cast(null as timestamptz)';
  const instant = `cast(${quoteIdentifier(time)} as timestamptz)`;
  return `(select max(${instant}) from ${name} where ${instant} <= ${complete} or ${complete} is null)`;
}

/** Rows of which the table has another number of copies than the query. */
function differenceSql(model: ManifestModel, wanted: string): string {
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  return `select ${columns}, sum(side) as surplus from (select ${columns}, 1 as side from ${model.name} union all select ${columns}, -1 from (${wanted}) as w) as b group by ${columns} having sum(side) <> 0`;
}

const rendered = new WeakMap<ManifestModel, Map<string, string>>();

function modelSql(manifest: Manifest, model: ManifestModel, dialect: 'duckdb' | 'postgres'): string {
  const known = rendered.get(model) ?? new Map<string, string>();
  rendered.set(model, known);
  const before = known.get(dialect);
  if (before !== undefined) return before;
  const names = (name: string) => {
    const [schema = '', table = ''] = name.split('.');
    return { schema, table };
  };
  const sql = renderSql(castColumns(model, model.sql!), dialect, names, { shapeOf: shapesOf(manifest) });
  known.set(dialect, sql);
  return sql;
}

function sourceSql(model: ManifestModel, world: HistoryWorld): string {
  const columns = model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  if (model.source?.from === 'table') return `select ${columns} from ${model.source.table}`;
  const source = model.name === 'raw.users' ? 'users' : 'events';
  const types =
    source === 'users' ? ['bigint', 'text', 'bigint'] : ['bigint', 'bigint', 'timestamptz', 'bigint', 'bigint'];
  const casts = types.map(
    (type, index) => `cast(c${index} as ${type}) as ${quoteIdentifier(model.columns[index]!.name)}`,
  );
  const values = world.rowsOf(source).rows.map((row) => {
    const cells = row.map((cell, index) => {
      if (cell === null) return 'cast(null as text)';
      if (source === 'users' && index === 1) return `'team${cell}'`;
      return types[index] === 'timestamptz' ? `'${instantOf(cell)}'` : `'${cell}'`;
    });
    return `select ${cells.map((cell, index) => `${cell} as c${index}`).join(', ')}`;
  });
  const none = `select ${types.map((_, index) => `cast(null as text) as c${index}`).join(', ')} where false`;
  return `select ${casts.join(', ')} from (${[none, ...values].join(' union all ')}) as v`;
}

/** Of every test on these models: the counts that were recorded last, against a look at all rows. */
export async function checkCounts(engine: Engine, manifest: Manifest, models: ReadonlySet<string>): Promise<Faults> {
  const tests = manifest.tests.filter(({ reads }) => reads.every((name) => models.has(name)));
  if (tests.length === 0) return [];
  const parts = tests.map(({ name, model, check }) => {
    if (check.mode === 'query')
      return `select '${name}' as test, (${check.tested}), (select count(*) from (${check.failures}) as f)`;
    const where = check.where === undefined ? 'true' : `(${check.where})`;
    return `select '${name}' as test, (select count(*) from ${model} where ${where}), (select count(*) from ${model} where ${where} and (${check.fails}))`;
  });
  const { rows } = await engine.execute(
    `select t.test, t.tested, t.failing, r.tested, r.failing from (select '' as test, 0 as tested, 0 as failing union all ${parts.join(' union all ')}) as t left join (select r.*, row_number() over (partition by test order by run_number desc) as place from etalon_state.test_results r) as r on r.test = t.test and r.place = 1 where t.test <> ''`,
  );
  return rows.flatMap(([test, tested, failing, wasTested, wasFailing]) =>
    Number(tested) === Number(wasTested) && Number(failing) === Number(wasFailing) && wasTested !== null
      ? []
      : [`the test ${test} counts ${failing} of ${tested}, and its mark says ${wasFailing} of ${wasTested}`],
  );
}

/** Nothing left over, nobody who claims, no run that goes on. */
export async function checkState(engine: Engine): Promise<Faults> {
  const { rows } = await engine.execute(
    `select (select count(*) from etalon_state.runs where status = 'running'), (select count(*) from etalon_state.locks where name = 'run' and owner is not null),
       (select count(*) from information_schema.tables where table_catalog = current_database() and table_schema = 'etalon_tables' and (table_name like '%\\_\\_rows\\_%' escape '\\' or table_name like '%\\_\\_units\\_%' escape '\\'))`,
  );
  const [open, claimed, scratch] = (rows[0] ?? []).map(Number);
  return [
    ...(open === 0 ? [] : [`${open} runs are still open`]),
    ...(claimed === 0 ? [] : ['the target is still claimed']),
    ...(scratch === 0 ? [] : [`${scratch} scratch tables are left over`]),
  ];
}

/** A short text that tells two contents of a table apart; tables that are not there are left out. */
export async function fingerprintTables(
  engine: Engine,
  manifest: Manifest,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await engine.execute(
    "select table_schema || '.' || table_name from information_schema.tables where table_catalog = current_database() and table_schema in ('raw', 'clean', 'marts')",
  );
  const there = new Set(found.rows.map(([name]) => String(name)));
  const parts = manifest.models
    .filter(({ name, materialized }) => names.includes(name) && there.has(name) && materialized !== 'view')
    .map(
      // A row as a text, whatever columns it has today: an edited model keeps its old ones until it is built.
      ({ name }) =>
        `select '${name}', md5(coalesce(string_agg(r, ';' order by r), '')) from (select cast(t as text) as r from ${name} as t) as rows_of_it`,
    );
  if (parts.length === 0) return new Map();
  const { rows } = await engine.execute(parts.join(' union all '));
  return new Map(rows.map(([name, print]) => [String(name), String(print)]));
}

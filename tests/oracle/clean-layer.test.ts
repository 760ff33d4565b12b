import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, loadParser, type Manifest, renderSql } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import { engines } from '../conformance/on-engines.ts';
import { readTables } from '../conformance/play-scenario.ts';
import { type Hit, type Rules, stitch } from './identity-oracle.ts';

const modes = ['nearest', 'first', 'last', 'none'] as const;

function compileProject(anonymous: Rules['anonymous'], from = 'raw.hits'): Manifest {
  const texts = {
    'project.yml':
      'project: clean\nlanguage: 1\ncurrency: EUR\nentities: {user: {key: user_id}}\ntargets: {dev: {engine: duckdb, path: x.duckdb}}\n',
    'models/raw/hits.yml':
      'description: Events.\nsource: {files: data/hits/*.csv}\nkey: id\ncolumns: {id: text, device: text, login: text, at: timestamp, amount: "decimal(9,2)", currency: text, n: text}\n',
    'models/raw/rates.yml':
      'description: Rates.\nsource: {files: data/rates/*.csv}\ncolumns: {day: date, currency: text, eur: "decimal(9,4)"}\n',
    'models/clean/events.yml':
      "description: One row per event.\nfrom: raw.hits\nkey: id\ndedupe: {keep: last, by: at}\ntime: at\nincremental: {by: day}\nwhere: n is distinct from '0'\ncolumns:\n  id:\n  device:\n  login:\n  at: {required: true}\n  n: {type: integer}\n  value: {money: {amount: amount, currency: currency, at: at, rates: raw.rates}}\n",
    'models/clean/people.yml': `description: People.\nidentity: {entity: user, links: [{from: ${from}, anonymous: device, known: login, at: at}], anonymous: ${anonymous}, shared_device: {max_users: 2}, block: ["-", "null"]}\n`,
    'models/clean/stitched.yml': `description: Events with their person.\nfrom: ${from}\nkey: id\ntime: at\nincremental: {by: day}\ncolumns:\n  id:\n  at:\n  person: {identity: user}\n`,
  };
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  if (!manifest) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return manifest;
}

const name = (values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: null, freq: 3 });
const hit = fc.record({
  device: name(['d1', 'd2', '-']),
  login: name(['U1', 'U2', 'U3', 'null']),
  at: fc.integer({ min: 0, max: 12 }),
});
const hits = fc
  .array(hit, { maxLength: 9, size: 'max' })
  .map((rows): Hit[] => rows.map((row, i) => ({ id: `e${i}`, ...row })));

const text = (value: string | null) => (value === null ? 'null' : `'${value}'`);
const instant = (hours: number) => `timestamptz '2025-01-01 00:00:00+00' + interval '${hours * 6} hours'`;

/** The SQL of the two models over a table of the given events. */
async function stitchBySql(
  engine: Engine,
  manifest: Manifest,
  rows: readonly Hit[],
): Promise<Map<string, string | null>> {
  const values = rows.map(
    ({ id, device, login, at }) => `(${text(id)}, ${text(device)}, ${text(login)}, ${instant(at)})`,
  );
  const none = "select 'x' as id, 'x' as device, 'x' as login, timestamptz '2025-01-01 00:00:00+00' as at where false";
  const given = values.length === 0 ? none : `${none} union all select * from (values ${values.join(', ')}) as v`;
  const tables: Readonly<Record<string, string>> = { 'raw.hits': 'given_hits', 'clean.people': 'given_people' };
  const sql = (model: string) =>
    renderSql(manifest.models.find((one) => one.name === model)!.sql!, engine.capabilities.dialect, (read) => ({
      schema: engine.capabilities.dialect === 'duckdb' ? 'main' : 'public',
      table: tables[read]!,
    }));
  await engine.execute('drop table if exists given_people');
  await engine.execute('drop table if exists given_hits');
  await engine.execute(`create table given_hits as ${given.replaceAll(' as at ', ' as "at" ')}`);
  await engine.execute(`create table given_people as ${sql('clean.people')}`);
  const found = await engine.execute(`select id, person from (${sql('clean.stitched')}) as s`);
  return new Map(found.rows.map(([id, person]) => [String(id), person === null ? null : String(person)]));
}

const rules = (anonymous: Rules['anonymous']): Rules => ({ anonymous, maxUsers: 2, block: ['-', 'null'] });

type Row = readonly string[];
const cell = (values: readonly string[]) => fc.constantFrom(...values);
const rawRow = fc.tuple(
  cell(['e1', 'e2', 'e3', 'e4', 'e5']),
  cell(['d1', 'd2', '']),
  cell(['U1', 'U2', 'U3', '']),
  cell(['2025-01-01T01:00Z', '2025-01-02T01:00Z', '2025-01-03T01:00Z', '2025-02-01T01:00Z', '']),
  cell(['1.10', '-3.33', '']),
  cell(['EUR', 'USD', 'GBP', '']),
  cell(['0', '7', 'seven', '']),
);
const rateRow = fc.tuple(cell(['2025-01-01', '2025-01-02', '2025-01-20']), cell(['USD', 'GBP']), cell(['0.9', '1.25']));

const hitsHead = 'id,device,login,at,amount,currency,n';
const ratesHead = 'day,currency,eur';
const csv = (head: string, rows: readonly Row[]) => `${[head, ...rows.map((row) => row.join(','))].join('\n')}\n`;

interface Delivery {
  readonly hits: readonly Row[];
  readonly rates: readonly Row[];
}

/** The tables and the accounts that some deliveries leave, a run after each. */
async function deliver(engine: Engine, manifest: Manifest, deliveries: readonly Delivery[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-clean-'));
  try {
    for (const [i, { hits: rows, rates }] of deliveries.entries()) {
      for (const [path, body] of [
        [`data/hits/${i}.csv`, csv(hitsHead, rows)],
        [`data/rates/${i}.csv`, csv(ratesHead, rates)],
      ] as const) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), body);
      }
      const effects = { clock: () => `2025-06-01T00:00:${String(i).padStart(2, '0')}Z`, emit: () => undefined, folder };
      const result = await run({ manifest, engine, effects, command: 'run', threads: 2 });
      expect(result.steps.filter(({ status }) => status === 'failed')).toEqual([]);
    }
    // From a row to all that came of it: by the key, as many as the account says.
    const { rows: untraced } = await engine.execute(
      'select e.id from clean.events e join raw.hits h on h.id = e.id left join clean.events__account a on a.id = e.id group by e.id, a.duplicates having count(*) <> 1 + coalesce(a.duplicates, 0)',
    );
    expect(untraced).toEqual([]);
    const accounts = await engine.execute(
      'select model, part, rule, row_count from (select a.*, max(build) over (partition by model) as newest from etalon_state.accounts a) l where build = newest order by 1, 2, 3',
    );
    const tables = await readTables(engine, manifest);
    return { tables, accounts: accounts.rows.map(String) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(engines)('the clean layer on %s', (engineName, on) => {
  beforeAll(loadParser);
  const isDuckdb = engineName === 'DuckDB';

  it.each(modes)('stitches by the rule `%s` as the oracle does', async (mode) => {
    const manifest = compileProject(mode);
    await on((engine) =>
      fc.assert(
        fc.asyncProperty(hits, async (rows) => {
          expect(await stitchBySql(engine, manifest, rows)).toEqual(stitch(rows, rules(mode)));
        }),
        { numRuns: isDuckdb ? 100 : 30 },
      ),
    );
  });

  it('any shuffle and batching of the rows gives the same tables and the same accounts', async () => {
    const manifest = compileProject('nearest', 'clean.events');
    const story = fc
      .record({ hits: fc.array(rawRow, { maxLength: 10, size: 'max' }), rates: fc.array(rateRow, { maxLength: 4 }) })
      .chain((all) =>
        fc.record({
          all: fc.constant(all),
          order: fc.shuffledSubarray([...all.hits.keys()], { minLength: all.hits.length, maxLength: all.hits.length }),
          cuts: fc.tuple(fc.nat(10), fc.nat(10), fc.nat(4)),
        }),
      );
    await fc.assert(
      fc.asyncProperty(story, async ({ all, order, cuts }) => {
        const shuffled = order.map((i) => all.hits[i]!);
        const [a, b] = [Math.min(cuts[0], cuts[1]), Math.max(cuts[0], cuts[1])];
        const batches: Delivery[] = [
          { hits: shuffled.slice(0, a), rates: [] },
          { hits: shuffled.slice(a, b), rates: all.rates.slice(cuts[2]) },
          { hits: shuffled.slice(b), rates: all.rates.slice(0, cuts[2]) },
        ];
        const whole = await on((engine) => deliver(engine, manifest, [all]));
        expect(await on((engine) => deliver(engine, manifest, batches))).toEqual(whole);
      }),
      { numRuns: isDuckdb ? 10 : 4 },
    );
  }, 600_000);
});

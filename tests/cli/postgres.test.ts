import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTinyProject, runCli, type TemporaryProject } from '../support/cli.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

const obstacle = findPostgresObstacle();
let project: TemporaryProject;
let database: Awaited<ReturnType<typeof freshDatabase>>;

describe.skipIf(obstacle !== undefined)(
  `the same project on PostgreSQL${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    const heard: string[] = [];
    const etalon = async (...words: string[]) => {
      const found = await runCli(words, { cwd: project.folder, env: { TINY_URL: database.url } });
      heard.push(found.out, found.err);
      return found;
    };
    beforeAll(async () => {
      project = createTinyProject();
      database = await freshDatabase();
    });
    afterAll(async () => {
      project.remove();
      await database.drop();
    });

    it('builds, then has nothing to do', async () => {
      const first = await etalon('build', '--target', 'prod', '--json');
      expect(first.code, first.err).toBe(0);
      const document = JSON.parse(first.out);
      expect(document.totals).toMatchObject({ models: { built: 2 }, rows: 6, rejected: 1, tests: { passed: 4 } });
      const again = JSON.parse((await etalon('run', '--target', 'prod', '--json')).out);
      expect(again.totals.models).toMatchObject({ built: 0, fresh: 2 });
    });

    it('answers as DuckDB does', async () => {
      const question = [
        'query',
        'revenue',
        'orders',
        'aov',
        '--by',
        'country',
        '--grain',
        'week',
        '--order',
        'week,country',
        '--as-of',
        '2026-01-01',
      ];
      const onPostgres = await etalon(...question, '--target', 'prod', '--format', 'json');
      expect((await etalon('run')).code).toBe(0);
      const onDuckdb = await etalon(...question, '--format', 'json');
      // Each is complete as far as its own run.
      const { watermark: _, ...answer } = JSON.parse(onPostgres.out);
      expect(JSON.parse(onDuckdb.out)).toEqual({ ...answer, watermark: expect.any(String) });
      expect(JSON.parse(onPostgres.out).rows).toHaveLength(3);
    });

    it('computes the examples itself', async () => {
      const { code, out, err } = await etalon('test', '--examples', '--target', 'prod');
      expect(code, err).toBe(0);
      expect(out).toContain('1 passed');
    });

    it('keeps what somebody else reads', async () => {
      project.write('models/marts/countries.yml', 'description: Countries.\nowner: shop\ncolumns: {country: text}\n');
      project.write('models/marts/countries.sql', 'select distinct country from raw.orders\n');
      expect((await etalon('run', '--target', 'prod')).code).toBe(0);
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      await client.query('create view public.mine as select * from marts.countries');
      for (const ending of ['yml', 'sql']) rmSync(join(project.folder, `models/marts/countries.${ending}`));
      const kept = await etalon('clean', '--yes', '--target', 'prod');
      expect(kept.code).toBe(5);
      expect(kept.err).toContain('kept     marts.countries');
      expect((await client.query('select count(*)::int as n from public.mine')).rows).toEqual([{ n: 2 }]);
      await client.query('drop view public.mine');
      await client.end();
      expect((await etalon('clean', '--yes', '--target', 'prod')).out).toContain('removed  marts.countries');
    });

    it('finds the server sound', async () => {
      expect(JSON.parse((await etalon('doctor', '--target', 'prod', '--json')).out)).toMatchObject({ ok: true });
    });

    it('says what the role lacks, with the grant that mends it', async () => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const name = new URL(database.url).pathname.slice(1);
      const role = `limited_${name}`;
      const password = 'a password of a limited role';
      await client.query(`create role ${role} login password '${password}'`);
      await client.query(`revoke temporary on database ${name} from public`);
      const url = new URL(database.url);
      url.username = role;
      url.password = password;
      project.write('models/marts/people.yml', 'columns: {user_id: text, seen_at: timestamp}\nkey: user_id\n');
      project.write('segments/all.yml', 'segments: {all: {entity: person, where: {property: user_id is not null}}}\n');
      const yml = readFileSync(join(project.folder, 'project.yml'), 'utf8');
      project.write('project.yml', `${yml}entities: {person: {key: user_id, attributes: marts.people}}\n`);
      const doctor = async () => {
        const env = { TINY_URL: url.href };
        const { code, out } = await runCli(['doctor', '--target', 'prod', '--json'], { cwd: project.folder, env });
        const { findings } = JSON.parse(out) as { findings: { check: string; status: string; hint?: string }[] };
        return { code, of: (check: string) => findings.find((finding) => finding.check === check) };
      };
      const before = await doctor();
      expect(before.code).toBe(4);
      for (const [check, privilege] of [
        ['permissions', 'create'],
        ['segments', 'temporary'],
      ] as const) {
        const found = before.of(check);
        expect(found).toMatchObject({ status: 'wrong' });
        const grant = `grant ${privilege} on database "${name}" to "${role}"`;
        expect(found?.hint).toContain(grant);
        await client.query(grant);
      }
      const after = await doctor();
      expect([after.of('permissions')?.status, after.of('segments')?.status]).toEqual(['good', 'good']);
      for (const path of ['models/marts/people.yml', 'segments/all.yml']) rmSync(join(project.folder, path));
      project.write('project.yml', yml);
      await client.query(`revoke all on database ${name} from ${role}`);
      await client.query(`drop role ${role}`);
      await client.end();
    });

    it('tells its password nowhere', async () => {
      expect((await etalon('docs', 'build', '--target', 'prod')).code).toBe(0);
      await etalon('compile');
      const password = new URL(database.url).password;
      expect(password.length).toBeGreaterThan(8);
      const made = readdirSync(join(project.folder, 'target'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.includes('.duckdb'))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
      expect(made.length).toBeGreaterThan(5);
      for (const text of [...heard, ...made]) expect(text).not.toContain(password);
    });
  },
);

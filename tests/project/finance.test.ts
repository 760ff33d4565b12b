import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeStorefront } from '../../cli/storefront/write-storefront.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { type Ended, runEtalon } from './run-etalon.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A day on which there are payments in a story of so many users. */
const lostDay = '2025-01-14';
const story = { users: 400, days: 25 };

/** Finance and the shop's figures in the reference project: what is told to somebody who has to find out why they differ. */
describe.each(['dev', 'prod'])('the reconciliation with finance, on target %s', (target) => {
  const obstacle = target === 'prod' ? findPostgresObstacle() : undefined;
  describe.skipIf(obstacle !== undefined)(obstacle ? `(skipped: ${obstacle})` : 'of a month of orders', () => {
    let folder: string;
    let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;
    const etalon = (...words: string[]): Promise<Ended> =>
      runEtalon(folder, [...words, '--target', target], database ? { DATABASE_URL: database.url } : {});

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'etalon-finance-'));
      // Without what is counted from the models, finance being told of tables; and so without exclusions and units, which nothing else uses.
      for (const path of ['models', 'tests/data']) cpSync(join(root, path), join(folder, path), { recursive: true });
      const project = readFileSync(join(root, 'project.yml'), 'utf8');
      writeFileSync(join(folder, 'project.yml'), project.replace(/^(exclude|site):\n(?: .*\n)+/gm, ''));
      writeStorefront({ out: join(folder, 'data'), ...story });
      if (target === 'prod') database = await freshDatabase();
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      await database?.drop();
    });

    test('passes', async () => {
      const { code, out, err } = await etalon('run', '--json');
      expect(code, err).toBe(0);
      const { tests } = JSON.parse(out) as { tests: { test: string; status: string; tested: number }[] };
      const found = tests.find((one) => one.test === 'finance_agrees')!;
      expect(found.status).toBe('passed');
      expect(found.tested).toBeGreaterThan(10);
    }, 120_000);

    test('goes on passing where a file goes that was loaded: its rows stay, and are not read anew without it unasked', async () => {
      rmSync(join(folder, `data/payments/${lostDay}.csv`));
      const { code, err } = await etalon('run');
      expect(code, err).toBe(0);
      const refused = await etalon('run', '--full-refresh');
      expect(refused.code).toBe(5);
      expect(refused.out + refused.err).toContain(`data/payments/${lostDay}.csv`);
      expect(refused.out + refused.err).not.toContain('finance_agrees');
    }, 120_000);

    test('fails where a payment file is missing, and says for which day by how much', async () => {
      const { code, out, err } = await etalon('run', '--full-refresh', '--accept-loss');
      expect(code).toBe(5);
      const told = out + err;
      expect(told).toContain(
        'failed   finance_agrees  sum of amount of `marts.orders` agrees with sum of amount of `clean.ledger`, per paid_day, within 0.5%: 1 of',
      );
      expect(told).toMatch(new RegExp(`\\n {9}paid_day ${lostDay}, left nothing, right \\d+\\.\\d\\d\\n`));
      // Where to look: the orders that the shop calls paid and the provider knows nothing of.
      expect(told).toMatch(
        /warned {3}marts\.orders\.expression_2 {2}An order is paid exactly when the payment provider has a charge for it: \d+ of \d+ rows fail\n/,
      );
      const status = await etalon('status');
      expect(status.out).toMatch(/error\s+finance_agrees\s+since/);
    }, 120_000);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPagePlayer } from './play-page.ts';

const path = fileURLToPath(new URL('../../docs/how-etalon-stays-right.md', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-right-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what docs/how-etalon-stays-right.md shows is what comes out', { timeout: 120_000 }, async () => {
  const page = readFileSync(path, 'utf8');
  // With `-u` the page is written anew.
  await expect(await createPagePlayer(folder, 'target/shop.duckdb').play(page)).toMatchFileSnapshot(path);
});

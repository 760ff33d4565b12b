import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatTable } from '../../cli/output/format-table.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { runEtalon } from '../project/run-etalon.ts';

const path = fileURLToPath(new URL('../../docs/how-etalon-stays-right.md', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-right-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A run each morning. */
let mornings = 0;

async function command(line: string): Promise<string> {
  const [, words = '', comment = ''] = /^etalon (.*?)(?:\s+# (.*))?$/.exec(line)!;
  const isRun = words.startsWith('run');
  if (isRun) mornings += 1;
  const clock = () => `2025-06-0${mornings}T06:00:00Z`;
  const { code, out, err } = await runEtalon(folder, words.split(' '), {}, { clock });
  expect(code, err).toBe(Number(/exit code (\d+)/.exec(comment)?.[1] ?? 0));
  return `${err}${out}`.replaceAll(/\b\d+\.\d s\b/g, '0.1 s');
}

async function ask(sql: string): Promise<string> {
  const engine = await openEngine({ engine: 'duckdb', path: join(folder, 'target/shop.duckdb') });
  try {
    const { columns, rows } = await engine.execute(sql);
    return formatTable(
      columns.map(({ name }) => ({ title: name })),
      rows.map((row) => row.map((value) => (value === null ? '' : String(value)))),
    );
  } finally {
    await engine.close();
  }
}

/** Does what a block says: writes a file, runs commands, asks. What comes out belongs into the block of text after it. */
async function follow(file: string | undefined, language: string, body: string): Promise<string> {
  if (file !== undefined) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), body);
    return '';
  }
  if (language === 'sql') return ask(body);
  const printed: string[] = [];
  for (const line of body.trimEnd().split('\n')) printed.push(await command(line));
  return printed.join('');
}

/** The page, with what its commands and queries print today. */
async function play(page: string): Promise<string> {
  let last = '';
  let played = '';
  let at = 0;
  for (const block of page.matchAll(/(?:^`([\w/.-]+)`\n)?^```(sh|sql|yaml|csv|text)\n([\s\S]*?)^```$/gm)) {
    const [whole, file, language = '', body = ''] = block;
    played += page.slice(at, block.index);
    at = block.index + whole.length;
    if (language === 'text') played += `\`\`\`text\n${last}\`\`\``;
    else {
      last = await follow(file, language, body);
      played += whole;
    }
  }
  return played + page.slice(at);
}

test('what docs/how-etalon-stays-right.md shows is what comes out', { timeout: 120_000 }, async () => {
  const page = readFileSync(path, 'utf8');
  // With `-u` the page is written anew.
  await expect(await play(page)).toMatchFileSnapshot(path);
});

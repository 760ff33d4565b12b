import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runEtalon } from '../project/run-etalon.ts';

const path = fileURLToPath(new URL('../../docs/segments.md', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-segments-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Long after the data of the page: whoever follows it does so at some such time. Each run is that of the next morning of March, the first on the second of it. */
let day = 1;

async function command(line: string): Promise<string> {
  if (line === 'etalon run') day += 1;
  const { code, out, err } = await runEtalon(
    folder,
    [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word).slice(1),
    {},
    { clock: () => `2026-03-0${day}T06:00:00Z` },
  );
  expect(code, `${line}\n${err}${out}`).toBe(0);
  return out.replaceAll(/\b\d+\.\d s\b/g, '0.1 s');
}

/** The page, with what its commands print today; of a block of several their outputs, a line between. */
async function play(page: string): Promise<string> {
  let last = '';
  let played = '';
  let at = 0;
  for (const block of page.matchAll(/(?:^`([\w/.-]+)`\n)?^```(sh|yaml|csv|text)\n([\s\S]*?)^```$/gm)) {
    const [whole, file, language, body = ''] = block;
    played += page.slice(at, block.index);
    at = block.index + whole.length;
    if (language === 'text') {
      played += `\`\`\`text\n${last}\`\`\``;
      continue;
    }
    played += whole;
    if (file !== undefined) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), body);
    } else {
      const printed: string[] = [];
      for (const line of body.trimEnd().split('\n')) printed.push(await command(line));
      last = printed.join('\n');
    }
  }
  return played + page.slice(at);
}

test('what docs/segments.md shows is what comes out', { timeout: 120_000 }, async () => {
  const page = readFileSync(path, 'utf8');
  // With `-u` the page is written anew.
  await expect(await play(page)).toMatchFileSnapshot(path);
});

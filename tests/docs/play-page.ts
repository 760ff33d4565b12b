import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { formatTable } from '../../cli/output/format-table.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { runEtalon } from '../project/run-etalon.ts';

/** What a page does: files are written, commands run, questions asked in SQL, each `text` block filled with what came out of the block before it. */
export interface PagePlayer {
  /** The page, with what its commands and queries print today. */
  play(page: string): Promise<string>;
}

/** `database`: the DuckDB file that SQL blocks ask. Each `run` is that of the next morning of June 2025. */
export function createPagePlayer(folder: string, database: string): PagePlayer {
  let mornings = 0;

  async function command(line: string): Promise<string> {
    const [, words = '', comment = ''] = /^etalon (.*?)(?:\s+# (.*))?$/.exec(line)!;
    const isRun = words.startsWith('run');
    if (isRun) mornings += 1;
    const clock = () => `2025-06-0${mornings}T06:00:00Z`;
    const parts = [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
    const { code, out, err } = await runEtalon(folder, parts, {}, { clock });
    expect(code, err).toBe(Number(/exit code (\d+)/.exec(comment)?.[1] ?? 0));
    return `${err}${out}`
      .replaceAll(/\b\d+\.\d s\b/g, '0.1 s')
      .replaceAll(/"fingerprint":"[0-9a-f]+"/g, '"fingerprint":"…"');
  }

  async function ask(sql: string): Promise<string> {
    const engine = await openEngine({ engine: 'duckdb', path: join(folder, database) });
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

  return {
    async play(page) {
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
    },
  };
}

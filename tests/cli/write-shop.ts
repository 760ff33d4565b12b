import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** As far as one morning goes: after it more files come, and a rule changes. */
const [page] = readFileSync(new URL('../../docs/segments.md', import.meta.url), 'utf8').split(
  '## What is remembered',
) as [string];

/** The shop of docs/segments.md, with a target on PostgreSQL (`prod`, by `SHOP_URL`) and what `change` makes of its files. */
export function writeShop(folder: string, change: (path: string, text: string) => string = (_, text) => text): void {
  for (const [, path, body] of page.matchAll(/^`([\w/.-]+)`\n```(?:yaml|csv)\n([\s\S]*?)^```$/gm)) {
    const text =
      path === 'project.yml'
        ? body!.replace('target: dev', '  prod: {engine: postgres, url_env: SHOP_URL}\ntarget: dev')
        : body!;
    mkdirSync(dirname(join(folder, path!)), { recursive: true });
    writeFileSync(join(folder, path!), change(path!, text));
  }
}

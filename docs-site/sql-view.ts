import type { DialectName } from '../compiler/index.ts';
import { highlightCode } from './highlight-code.ts';
import { safeHtml } from './render-template.ts';
import type { SiteContext } from './site-context.ts';

const engines: readonly { readonly dialect: DialectName; readonly label: string }[] = [
  { dialect: 'duckdb', label: 'DuckDB' },
  { dialect: 'postgres', label: 'PostgreSQL' },
];

/** Beyond this the marks of the highlighter alone would fill a page. */
const highlightLimit = 6_000;

export function sqlViews(site: SiteContext, kind: 'model' | 'metric' | 'segment', name: string) {
  return engines.flatMap(({ dialect, label }) => {
    const sql = site.input.sql?.(kind, name, dialect)?.trim();
    return sql === undefined || sql === '' ? [] : [{ engine: label, code: codeOf(sql) }];
  });
}

export function codeOf(sql: string): string | ReturnType<typeof safeHtml> {
  return sql.length > highlightLimit ? sql : safeHtml(highlightCode(sql, 'sql'));
}

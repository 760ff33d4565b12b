import hljs from 'highlight.js/lib/core';
import pgsql from 'highlight.js/lib/languages/pgsql';
import yaml from 'highlight.js/lib/languages/yaml';

hljs.registerLanguage('sql', pgsql);
hljs.registerLanguage('yaml', yaml);

const cache = new Map<string, string>();

/** HTML of the code, with classes `hljs-…` for the style sheet; highlight.js escapes the text itself. */
export function highlightCode(code: string, language: 'sql' | 'yaml'): string {
  const key = `${language}\n${code}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const html = hljs.highlight(code, { language, ignoreIllegals: true }).value;
  if (cache.size > 500) cache.clear();
  cache.set(key, html);
  return html;
}

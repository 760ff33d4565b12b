import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { validate } from '../schema/validate.ts';
import { parseYaml } from '../source/parse-yaml.ts';
import type { Document } from '../source/source-file.ts';
import { define } from './define.ts';

const page = fileURLToPath(new URL('../../../shared/design/language.md', import.meta.url));

/** The YAML blocks of the page as files of one project. Blocks that show only some keys of a file get what the file needs besides. */
function filesOf(markdown: string): { path: string; text: string }[] {
  const blocks = [...markdown.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
  return blocks.map((text) => {
    const named = /^# ((?:models|metrics|segments)\/\S+\.yml)/.exec(text)?.[1];
    if (named) return { path: named, text: text.replaceAll('examples: [...]', 'examples: []') };
    if (text.startsWith('project:')) return { path: 'project.yml', text };
    if (text.startsWith('activities:')) return { path: 'metrics/activities.yml', text };
    if (text.startsWith('finance_agrees:')) return { path: 'tests/data/finance.yml', text };
    const options = text.replace('table | view | incremental', 'table');
    return {
      path: 'models/marts/orders.yml',
      text: `time: paid_at\ncolumns: {user_id: text, paid_at: timestamp}\n${options}`,
    };
  });
}

describe.skipIf(!existsSync(page))('the language page (skipped where ../shared/design is absent)', () => {
  const files = existsSync(page) ? filesOf(readFileSync(page, 'utf8')) : [];

  test('every example of it is read, and together they are a project', () => {
    expect(files.map(({ path }) => path)).toEqual([
      'project.yml',
      'models/raw/events.yml',
      'models/clean/events.yml',
      'models/marts/orders.yml',
      'models/clean/user_identities.yml',
      'tests/data/finance.yml',
      'metrics/revenue.yml',
      'metrics/activities.yml',
      'segments/lifecycle.yml',
    ]);
    const documents: Document[] = files.map((file) => {
      const parsed = parseYaml({ kind: 'source-file', ...file });
      expect(parsed.diagnostics, file.path).toEqual([]);
      const validated = validate(file.path, parsed.root!);
      expect(validated.diagnostics, file.path).toEqual([]);
      return validated.document!;
    });
    const { definitions, diagnostics } = define(documents, []);
    expect(diagnostics).toEqual([]);
    const names = definitions!.metrics.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['aov', 'balance', 'checkout', 'net_revenue', 'nrr', 'stickiness']));
    expect(definitions!.segments.map(({ rule }) => rule.form)).toEqual(['split', 'where']);
  });

  test('every list of tests on the page is read', () => {
    const column =
      "tests: [not_null, unique, {accepted: [paid, refunded]}, {range: {min: 0}}, {references: clean.users.user_id}, {matches: '^[a-z_]+$'}, {null_share: {max: 2%}}]";
    const own =
      '[{expression: "paid_at >= created_at"}, {rows: {min: 1, per: day}}, {volume: {per: day, within: 40% of median, over: 28 days}}, {unique: [a, b]}]';
    const markdown = readFileSync(page, 'utf8').replaceAll('\n', ' ');
    expect(markdown).toContain(column);
    const text = `columns: {a: {type: text, ${column}}}\ntests: ${own}`;
    const { root } = parseYaml({ kind: 'source-file', path: 'models/marts/a.yml', text });
    expect(validate('models/marts/a.yml', root!).diagnostics).toEqual([]);
  });
});

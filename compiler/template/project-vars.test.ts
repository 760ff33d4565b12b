import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles } from '../compile.ts';
import { loadParser } from '../expression/parser.ts';

beforeAll(loadParser);

/** A mart whose query repeats over a variable of the project. */
function compile(vars: string, sql: string, columns = 'ads: integer\n  mail: integer') {
  const texts = {
    'project.yml': `project: tiny\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: tiny.duckdb}}\nvars:\n${vars}`,
    'models/raw/visits.yml':
      'description: Visits.\nsource: {files: data/visits.csv}\ncolumns:\n  channel: text\n  seconds: integer\n',
    'models/marts/channels.yml': `description: Visits by channel.\ncolumns:\n  ${columns}\n`,
    'models/marts/channels.sql': sql,
  };
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  return {
    sql: manifest?.models.find(({ name }) => name === 'marts.channels')?.sql,
    said: diagnostics.map(
      ({ code, message, span }) => `${code} ${span?.file}:${span?.start.line}:${span?.start.column} ${message}`,
    ),
  };
}

const repeated = `select
{{#each channels}}
  count(*) filter (where channel = {{literal this}}) as {{ident this}}{{#unless @last}},{{/unless}}
{{/each}}
from raw.visits`;

describe('variables of the project', () => {
  it('lists repeat SQL', () => {
    const { sql, said } = compile('  channels: [ads, mail]\n', repeated);
    expect(said).toEqual([]);
    expect(sql?.replace(/\s+/g, ' ')).toBe(
      "SELECT count(*) FILTER (WHERE channel = 'ads') AS ads, count(*) FILTER (WHERE channel = 'mail') AS mail FROM raw.visits",
    );
  });

  it('lists of mappings name what an item consists of', () => {
    const { sql, said } = compile(
      "  levels:\n    - {label: short, most: 10, open: true}\n    - {label: it's, most: 60, open: false}\n",
      `select case {{#each levels}}when seconds <= {{literal most}} and {{literal open}} then {{literal label}} {{/each}}end as level from raw.visits`,
      'level: text',
    );
    expect(said).toEqual([]);
    expect(sql).toContain("seconds <= 60 AND false THEN 'it''s'");
  });

  it('a list stands between parentheses', () => {
    const { sql } = compile(
      '  channels: [ads, mail]\n',
      'select count(*) as n from raw.visits where channel in ({{list channels}})',
      'n: integer',
    );
    expect(sql).toContain("channel IN ('ads', 'mail')");
  });

  it.each([
    [
      '  channels: {ads: 1}\n',
      'E1201 project.yml:5:13 `channels`: expected a text, number, true or false, or a list, found ',
    ],
    ['  channels: [[ads]]\n', 'E1201 project.yml:5:14 '],
    ['  channels: [{name: [ads]}]\n', 'E1201 project.yml:5:21 `name`: expected '],
    ['  channels: [ads, null]\n', 'E1201 project.yml:5:19 '],
    ['  channels: [{}]\n', 'E1202 project.yml:5:14 '],
    ['  channels:\n', 'E1201 project.yml:5:3 `channels`: expected '],
  ])('other shapes are refused where they stand: %j', (vars, message) => {
    const { said } = compile(vars, repeated);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(message);
  });

  it('what is repeated must be a list', () => {
    expect(compile('  channels: ads\n', repeated).said[0]).toContain(
      'E1411 models/marts/channels.sql:2:1 `each` takes a list',
    );
  });
});

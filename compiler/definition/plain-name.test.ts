import { describe, expect, it } from 'vitest';
import { validate } from '../schema/validate.ts';
import { parseYaml } from '../source/parse-yaml.ts';
import { define } from './define.ts';
import { columnLine, suggestPlainName } from './plain-name.ts';

const project = 'project: p\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: p.duckdb}}\n';

function defineRaw(columns: string) {
  const texts = {
    'project.yml': project,
    'models/raw/orders.yml': `description: Orders.\nsource: {files: data/*.csv}\ncolumns:\n${columns}`,
  };
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const documents = files.map((file) => validate(file.path, parseYaml(file).root!).document!);
  return define(documents, files);
}

describe('names that are none of the language', () => {
  it.each([
    ['Order ID', 'order_id'],
    ['  Net amount (€) ', 'net_amount'],
    ['2024 total', 'total'],
    ['kunden-nr.', 'kunden_nr'],
    ['Сумма', undefined],
  ])('%s becomes %s', (name, better) => expect(suggestPlainName(name)).toBe(better));

  it.each([
    ['  Order ID: text\n', 'write `order_id: {type: text, from: "Order ID"}`'],
    ['  "Net\\"": {type: "decimal(12,2)", required: true}\n', 'write `net: {type: "decimal(12,2)", from: "Net\\""}`'],
  ])('as a column of a source %j comes with the line that reads it', (columns, hint) => {
    const { diagnostics } = defineRaw(columns);
    expect(diagnostics.map(({ code }) => code)).toEqual(['E1301']);
    expect(diagnostics[0]!.hints[0]).toBe(hint);
  });

  it('the line offered is read as it is meant', () => {
    const { definitions, diagnostics } = defineRaw(`  ${columnLine('net', 'decimal(12,2)', 'Net: "amount", #1')}\n`);
    expect(diagnostics).toEqual([]);
    expect(definitions?.models[0]?.columns[0]).toMatchObject({ name: 'net', from: 'Net: "amount", #1' });
  });
});

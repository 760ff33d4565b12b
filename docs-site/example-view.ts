import type { ExampleDefinition, ExampleRow, ExampleValue } from '../compiler/index.ts';
import type { SiteContext } from './site-context.ts';
import { nodeId } from './site-graph.ts';
import type { ExampleResult } from './site-types.ts';

export interface ExampleTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Worked examples: what was given, what is asked, what must come out, and whether it did. */
export function exampleViews(
  site: SiteContext,
  kind: 'metric' | 'segment',
  { name, examples }: { readonly name: string; readonly examples: readonly ExampleDefinition[] },
) {
  const { t } = site;
  const results = site.examples.get(nodeId(kind, name)) ?? [];
  return examples.map((example, index) => {
    const result = results.find((each) => each.title === example.title);
    const state = result === undefined ? 'unbuilt' : result.status === 'passed' ? 'ok' : 'failing';
    const asked = [
      ...(example.grain === undefined ? [] : [t('example.grain', { grain: t(`grain.${example.grain}`) })]),
      ...(example.by.length === 0 ? [] : [t('example.by', { by: example.by.join(', ') })]),
      ...(example.from === undefined ? [] : [t('example.from', { from: example.from })]),
      ...(example.to === undefined ? [] : [t('example.to', { to: example.to })]),
      ...(example.where === undefined ? [] : [t('example.where', { where: example.where })]),
      ...(example.asOf === undefined ? [] : [t('example.as_of', { as_of: example.asOf })]),
    ];
    return {
      title: example.title,
      open: index < 2 || state === 'failing',
      state,
      icon: `icons/${state}`,
      status: statusText(site, result),
      message: result?.message,
      given: example.given.map((table) => ({ model: table.model, ...tableOf(table.rows.map((row) => row.cells)) })),
      asked: kind === 'segment' && asked.length === 0 ? t('example.members') : asked.join(' · '),
      expected: expectedTable(example.expect),
      actual: result && result.status === 'failed' && result.actual.length > 0 ? actualTable(result.actual) : undefined,
      disagree: example.disagree,
    };
  });
}

function statusText(site: SiteContext, result: ExampleResult | undefined): string {
  const { t } = site;
  if (result === undefined) return t('example.never');
  const word = t(`example.${result.status}`);
  return result.run === undefined ? word : t('example.in_run', { status: word, run: result.run });
}

function expectedTable(expect: ExampleDefinition['expect']): ExampleTable {
  if (expect.form === 'members') return { columns: ['member'], rows: expect.members.map((member) => [member]) };
  return tableOf(expect.rows.map((row) => row.cells));
}

function tableOf(rows: readonly ExampleRow[]): ExampleTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns, rows: rows.map((row) => columns.map((column) => cellText(row[column]))) };
}

function actualTable(rows: ExampleResult['actual']): ExampleTable {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    columns,
    rows: rows.map((row) =>
      columns.map((column) => (row[column] === null || row[column] === undefined ? 'null' : String(row[column]))),
    ),
  };
}

function cellText(value: ExampleValue | undefined): string {
  if (value === undefined) return '';
  if (value === null) return 'null';
  return typeof value === 'object' ? value.number : String(value);
}

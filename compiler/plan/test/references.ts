import type { ColumnTest, ColumnTestRule, ModelTest, ModelTestRule } from '../../definition/data-test.ts';
import { type Diagnostic, diagnostic, type Span } from '../../diagnostic/diagnostic.ts';
import type { CatalogModel } from '../catalog.ts';
import { identifier as id } from '../sql-text.ts';
import { findColumn, findModel, listWords, type TestBody, type TestContext } from './test-plan.ts';
import { sayTest } from './words.ts';

/** Columns of the model and those of the other one, in pairs. */
interface Reference {
  readonly own: readonly string[];
  readonly to: CatalogModel;
  readonly theirs: readonly string[];
  readonly where: string | undefined;
}

/** Every value stands in a column of another model; nulls aside. */
export function referencesColumn(
  test: ColumnTest,
  rule: Extract<ColumnTestRule, { rule: 'references' }>,
  model: CatalogModel,
  where: string | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const to = findModel(rule.model, test.span, context, diagnostics);
  if (!to || !findColumn(to, rule.column, test.span, diagnostics)) return undefined;
  const reference: Reference = { own: [test.column], to, theirs: [rule.column], where };
  if (!checkTypes(model, reference, test.span, diagnostics)) return undefined;
  return referenceBody(
    model,
    reference,
    sayTest((words) => words.references(test.column, rule.column, rule.model)),
  );
}

/** Several columns together are the key of a row of another model; a row with a null in one of them names none, and is not tested (as MATCH SIMPLE has it). */
export function referencesKey(
  test: ModelTest,
  rule: Extract<ModelTestRule, { rule: 'references_key' }>,
  model: CatalogModel,
  where: string | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const to = findModel(rule.to.value, rule.to.span, context, diagnostics);
  if (!to || !rule.on.every((name) => findColumn(model, name, test.span, diagnostics))) return undefined;
  if (to.key.length !== rule.on.length) {
    const key = to.key.length === 0 ? 'declares no key' : `has the key ${listWords(to.key)}`;
    const message = `\`${to.name}\` ${key}, and \`on\` names ${rule.on.length === 1 ? '1 column' : `${rule.on.length} columns`}`;
    const hints = [
      to.key.length === 0 ? `add \`key:\` to \`${to.name}\`` : 'name as many columns, in the order of that key',
    ];
    diagnostics.push(diagnostic('E1602', message, { span: test.span, hints }));
    return undefined;
  }
  const reference: Reference = { own: rule.on, to, theirs: to.key, where };
  if (!checkTypes(model, reference, test.span, diagnostics)) return undefined;
  const words = sayTest((say) => say.referencesKey(rule.on, to.key, to.name));
  return referenceBody(model, reference, words);
}

function referenceBody(model: CatalogModel, { own, to, theirs, where }: Reference, words: TestBody['words']): TestBody {
  const shown = [...new Set([...model.key, ...own])].map((k) => `t.${id(k)}`).join(', ');
  const presentOf = (alias: string) =>
    [...own.map((name) => `${alias}${id(name)} is not null`), ...(where ? [`(${where})`] : [])].join(' and ');
  const present = presentOf('t.');
  const equal = own.map((name, i) => `r.${id(theirs[i]!)} = t.${id(name)}`).join(' and ');
  return {
    words,
    reads: [to.name],
    check: {
      mode: 'query',
      failures: `select ${shown} from ${model.name} as t where ${present} and not exists (select 1 from ${to.name} as r where ${equal})`,
      tested: `select count(*) from ${model.name} as t where ${present}`,
      // A row that names another one of its own model fails by what others are.
      ...(to.name === model.name ? {} : { follows: { tested: presentOf('') } }),
    },
  };
}

const classes: Readonly<Record<string, string>> = {
  integer: 'number',
  decimal: 'number',
  double: 'number',
  date: 'time',
  timestamp: 'time',
};

function classOf(type: string): string {
  const [name = type] = type.split('(');
  return classes[name] ?? name;
}

/** PostgreSQL compares no text with a number, and DuckDB would cast one of them. */
function checkTypes(
  model: CatalogModel,
  { own, to, theirs }: Reference,
  span: Span,
  diagnostics: Diagnostic[],
): boolean {
  const found = own.flatMap((name, i) => {
    const mine = model.columns.find((column) => column.name === name)?.type;
    const other = to.columns.find((column) => column.name === theirs[i])?.type;
    if (mine === undefined || other === undefined || classOf(mine) === classOf(other)) return [];
    const message = `\`${model.name}.${name}\` is ${mine}, and \`${to.name}.${theirs[i]}\` is ${other}`;
    return [diagnostic('E1407', message, { span, hints: ['give both the same type, by a cast in one of the models'] })];
  });
  diagnostics.push(...found);
  return found.length === 0;
}

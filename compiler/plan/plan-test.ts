import type { DataTestDefinition, ModelTest, ProjectTest } from '../definition/data-test.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { type InEachLanguage, inEachLanguage } from '../expression/words-language.ts';
import type { SqlText } from '../source/source-file.ts';
import { planColumnTest } from './test/column-rule.ts';
import { planEventRule } from './test/event-rules.ts';
import { planReconcile } from './test/reconcile.ts';
import { referencesKey } from './test/references.ts';
import { planRows } from './test/rows.ts';
import { planSequence } from './test/sequence.ts';
import { findColumn, readWhere, type TestBody, type TestContext, type TestPlan } from './test/test-plan.ts';
import { uniqueBody } from './test/unique.ts';
import { planVolume } from './test/volume.ts';
import { sayTest } from './test/words.ts';

export type { TestCheck, TestContext, TestPlan } from './test/test-plan.ts';

type Planned = { readonly plan?: TestPlan; readonly diagnostics: readonly Diagnostic[] };

/** A data test as SQL: row rules as one predicate each, so that all of a relation are counted in one scan; the others as a query for the rows that fail. */
export function planTest(test: DataTestDefinition, context: TestContext): Planned {
  const diagnostics: Diagnostic[] = [];
  const body = bodyOf(test, context, diagnostics);
  if (!body) return { diagnostics };
  const own = test.on === 'project' ? [] : [test.model];
  const reads = [...new Set([...own, ...(body.reads ?? [])])].sort();
  const { words, check, counts } = body;
  const plan = { test, words, rule: ruleName(test), check, reads, ...(counts === undefined ? {} : { counts }) };
  return { plan, diagnostics };
}

function ruleName({ test }: DataTestDefinition): string {
  return test.rule === 'references_key' ? 'references' : test.rule;
}

function bodyOf(test: DataTestDefinition, context: TestContext, diagnostics: Diagnostic[]): TestBody | undefined {
  switch (test.on) {
    case 'column':
      return planColumnTest(test, context, diagnostics);
    case 'model':
      return planModelTest(test, context, diagnostics);
    case 'project':
      return planProjectTest(test, context, diagnostics);
  }
}

/** What the author says of a condition stands in its messages: there a full stop is out of place. */
function saidOf({ description }: DataTestDefinition): InEachLanguage<string> | undefined {
  const said = description?.replace(/\.$/, '');
  return said === undefined ? undefined : inEachLanguage(() => said);
}

function planModelTest(test: ModelTest, context: TestContext, diagnostics: Diagnostic[]): TestBody | undefined {
  const model = context.models.get(test.model);
  if (!model) return undefined;
  const where = readWhere(test, model, context, diagnostics);
  const rule = test.test;
  switch (rule.rule) {
    case 'expression': {
      const expression = context.sql.predicate(rule.expression, model);
      diagnostics.push(...expression.diagnostics);
      if (expression.canonical === undefined) return undefined;
      return {
        words: saidOf(test) ?? expression.words,
        check: { mode: 'row', fails: `not (${expression.canonical})`, ...(where ? { where } : {}) },
      };
    }
    case 'unique_together':
      return rule.columns.every((name) => findColumn(model, name, test.span, diagnostics))
        ? uniqueBody(model, rule.columns, where)
        : undefined;
    case 'rows':
      return planRows(test, rule, model, where, context, diagnostics);
    case 'volume':
      return planVolume(test, rule, model, where, context, diagnostics);
    case 'sequence':
      return planSequence(test, rule, model, where, context, diagnostics);
    case 'references_key':
      return referencesKey(test, rule, model, where, context, diagnostics);
    case 'known_event':
    case 'event':
      return planEventRule(rule, model);
    case 'sql':
      return queryBody(test, rule.sql, `select count(*) from ${model.name}`, context, diagnostics);
  }
}

function planProjectTest(test: ProjectTest, context: TestContext, diagnostics: Diagnostic[]): TestBody | undefined {
  const rule = test.test;
  return rule.rule === 'sql'
    ? queryBody(test, rule.sql, 'select 0', context, diagnostics)
    : planReconcile(rule, context, diagnostics);
}

/** A query whose rows are failures. */
function queryBody(
  test: DataTestDefinition,
  sql: SqlText,
  tested: string,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const query = context.sql.failuresQuery(sql);
  diagnostics.push(...query.diagnostics);
  if (query.canonical === undefined) return undefined;
  return {
    words: saidOf(test) ?? sayTest((words) => words.noRows),
    reads: query.reads,
    check: { mode: 'query', failures: query.canonical, tested },
  };
}

import { posix } from 'node:path';
import { fileSpan } from '../source/line-index.ts';
import type { Document, SourceFile, YamlEntry } from '../source/source-file.ts';
import type { ProjectTest, ProjectTestRule } from './data-test.ts';
import { defineSide, defineTestCommon, findTestSql, shareOf } from './define-data-test.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName } from './definition-context.ts';
import { omitUndefined } from './omit-undefined.ts';
import { findNode, findSql, getMapping, getNode } from './read-node.ts';

function ruleOf(context: DefinitionContext, path: string, entry: YamlEntry): ProjectTestRule | undefined {
  const body = getMapping(entry.value);
  const file = findNode(body, 'sql');
  if (file) {
    const sql = findTestSql(context, path, file);
    return sql && { rule: 'sql', sql };
  }
  const reconcile = getMapping(getNode(body, 'reconcile'));
  return omitUndefined({
    rule: 'reconcile' as const,
    left: defineSide(getNode(reconcile, 'left')),
    right: defineSide(getNode(reconcile, 'right')),
    per: findSql(reconcile, 'per'),
    tolerance: shareOf(findNode(reconcile, 'tolerance'), 0),
  });
}

/** The tests of a file in tests/data. */
export function defineProjectTests(context: DefinitionContext, document: Document): ProjectTest[] {
  return document.root.entries.flatMap((entry) => {
    checkName(context, 'test', entry.key, entry.keySpan);
    const test = ruleOf(context, document.path, entry);
    return test
      ? [{ ...defineTestCommon(entry.key, getMapping(entry.value), entry.keySpan), on: 'project', test }]
      : [];
  });
}

/** An SQL file in tests/data that no test names is a test by itself. */
export function defineSqlTest(context: DefinitionContext, file: SourceFile): ProjectTest {
  const name = posix.basename(file.path, '.sql');
  const span = fileSpan(file.path);
  checkName(context, 'test', name, span);
  return {
    ...defineTestCommon(name, undefined, span),
    on: 'project',
    test: { rule: 'sql', sql: { text: file.text, span } },
  };
}

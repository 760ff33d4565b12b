import { posix } from 'node:path';
import { fileSpan } from '../source/line-index.ts';
import type { Document, SourceFile, YamlEntry, YamlNode } from '../source/source-file.ts';
import type { ProjectTest, ProjectTestRule, ReconcileSide } from './data-test.ts';
import { defineTestCommon, shareOf } from './define-data-test.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName } from './definition-context.ts';
import { findControlFile, findTestSql } from './find-test-file.ts';
import { omitUndefined } from './omit-undefined.ts';
import { findNode, findNumber, findSql, getLocated, getMapping, getNode, getSql } from './read-node.ts';

function ruleOf(context: DefinitionContext, path: string, entry: YamlEntry): ProjectTestRule | undefined {
  const body = getMapping(entry.value);
  const file = findNode(body, 'sql');
  if (file) {
    const sql = findTestSql(context, path, file);
    return sql && { rule: 'sql', sql };
  }
  const reconcile = getMapping(getNode(body, 'reconcile'));
  const left = sideOf(context, path, getNode(reconcile, 'left'));
  const right = sideOf(context, path, getNode(reconcile, 'right'));
  if (!left || !right) return undefined;
  const tolerance = toleranceOf(findNode(reconcile, 'tolerance'));
  return omitUndefined({ rule: 'reconcile' as const, left, right, per: findSql(reconcile, 'per'), tolerance });
}

function sideOf(context: DefinitionContext, path: string, node: YamlNode): ReconcileSide | undefined {
  const body = getMapping(node);
  const values = { value: getSql(body, 'value'), where: findSql(body, 'where') };
  const named = findNode(body, 'file');
  if (!named) return omitUndefined({ from: getLocated(body, 'from'), ...values });
  const file = findControlFile(context, path, named);
  return file && omitUndefined({ file, span: named.span, ...values });
}

function toleranceOf(node: YamlNode | undefined): { readonly share?: number; readonly amount?: number } {
  if (node?.kind !== 'mapping') return { share: shareOf(node, 0) };
  const share = findNode(node, 'share');
  return omitUndefined({ share: share && shareOf(share, 0), amount: findNumber(node, 'amount') });
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

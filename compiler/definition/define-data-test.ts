import { posix } from 'node:path';
import type { Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { fileSpan } from '../source/line-index.ts';
import type { SqlText, YamlMapping, YamlNode } from '../source/source-file.ts';
import type {
  Allowance,
  ColumnTest,
  ColumnTestRule,
  DataTestCommon,
  ModelTest,
  ModelTestRule,
  ReconcileSide,
  TestSeverity,
} from './data-test.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkInside, report } from './definition-context.ts';
import { omitUndefined, withOptional } from './omit-undefined.ts';
import {
  findNode,
  findNumber,
  findSql,
  findText,
  getLocated,
  getMapping,
  getScalar,
  getSql,
  getText,
  itemsOf,
  textOf,
  textsOf,
} from './read-node.ts';

/** `2%` or `0.02` as a fraction. */
export function shareOf(node: YamlNode | undefined, otherwise: number): number {
  if (!node) return otherwise;
  const { value, raw } = getScalar(node);
  return typeof value === 'number' ? value : percentOf(raw);
}

/** `40% of median` → 0.4. Dividing the digits by a hundred keeps 0.1% at 0.001. */
function percentOf(text: string): number {
  return Number(`${Number.parseFloat(text)}e-2`);
}

function allowanceOf(text: string | undefined): Allowance {
  if (text === undefined) return { rows: 0 };
  return text.includes('%') ? { share: percentOf(text) } : { rows: Number.parseInt(text, 10) };
}

/** Gives each test a name of its own: a rule that stands twice at one place gets `_2`. */
export interface TestNamer {
  readonly next: (base: string) => string;
}

export function startTestNames(): TestNamer {
  const counts = new Map<string, number>();
  return {
    next(base) {
      const count = (counts.get(base) ?? 0) + 1;
      counts.set(base, count);
      return count === 1 ? base : `${base}_${count}`;
    },
  };
}

export function defineTestCommon(
  name: string,
  body: YamlMapping | undefined,
  span: Span,
  declared = true,
): DataTestCommon {
  const severity = ((body && findText(body, 'severity')) ?? 'error') as TestSeverity;
  const max = allowanceOf(body && findText(body, 'max'));
  const common = { kind: 'data-test' as const, name, severity, max, declared, span };
  if (!body) return common;
  return withOptional(common, {
    description: findText(body, 'description'),
    where: findSql(body, 'where'),
    owner: findText(body, 'owner'),
    why: findText(body, 'why'),
  });
}

/** The SQL file that a test names: beside the definition, in tests/data, or from the project folder. */
export function findTestSql(context: DefinitionContext, path: string, node: YamlNode): SqlText | undefined {
  const name = textOf(node);
  checkInside(context, name, node.span);
  const places = [posix.join(posix.dirname(path), name), posix.join('tests/data', name), posix.normalize(name)];
  const found = places.map((place) => context.sqlFiles.get(place)).find((file) => file !== undefined);
  if (!found) {
    report(
      context,
      'E1501',
      node.span,
      `no file \`${name}\``,
      suggestNames(
        name,
        [...context.sqlFiles.keys()]
          .filter((file) => file.startsWith('tests/data/'))
          .map((file) => posix.basename(file)),
      ),
    );
    return undefined;
  }
  context.takenSql.add(found.path);
  return { text: found.text, span: fileSpan(found.path) };
}

function boundOf(body: YamlMapping, key: string): number | string | undefined {
  const node = findNode(body, key);
  return node && (getScalar(node).value as number | string);
}

function columnRuleOf(context: DefinitionContext, body: YamlMapping): ColumnTestRule {
  for (const { key, value } of body.entries) {
    switch (key) {
      case 'not_null':
      case 'unique':
        return { rule: key };
      case 'accepted':
        return {
          rule: 'accepted',
          values: itemsOf(value).map((item) => getScalar(item).value as string | number | boolean),
        };
      case 'range': {
        const range = getMapping(value);
        return { rule: 'range', ...omitUndefined({ min: boundOf(range, 'min'), max: boundOf(range, 'max') }) };
      }
      case 'matches':
        checkPattern(context, value);
        return { rule: 'matches', pattern: textOf(value) };
      case 'null_share':
        return { rule: 'null_share', share: shareOf(findNode(getMapping(value), 'max'), 0) };
      case 'references': {
        const [layer, model, column] = textOf(value).split('.');
        return { rule: 'references', model: `${layer}.${model}`, column: column! };
      }
    }
  }
  throw new Error('the schema let pass a column test without a rule');
}

/** PostgreSQL's expressions are not JavaScript's, but a bracket left open is an error in both. */
function checkPattern(context: DefinitionContext, node: YamlNode): void {
  try {
    new RegExp(textOf(node).replaceAll(/\(\?[a-z]+\)|\[\[:\w+:\]\]|\[:\w+:\]|\\[mMyYAZ]/g, 'x'));
  } catch {
    report(context, 'E1205', node.span, `\`matches\`: the regular expression \`${textOf(node)}\` cannot be read`);
  }
}

export function defineColumnTest(
  context: DefinitionContext,
  names: TestNamer,
  model: string,
  column: string,
  node: YamlNode,
): ColumnTest {
  const body = node.kind === 'mapping' ? node : undefined;
  const test: ColumnTestRule = body ? columnRuleOf(context, body) : { rule: textOf(node) as 'not_null' | 'unique' };
  const common = defineTestCommon(names.next(`${model}.${column}.${test.rule}`), body, node.span);
  return { ...common, on: 'column', model, column, test };
}

function modelRuleOf(context: DefinitionContext, path: string, body: YamlMapping): ModelTestRule | undefined {
  for (const { key, value } of body.entries) {
    switch (key) {
      case 'expression':
        return { rule: 'expression', expression: getSql(body, key) };
      case 'unique':
        return { rule: 'unique_together', columns: textsOf(value) };
      case 'rows': {
        const rows = getMapping(value);
        return {
          rule: 'rows',
          ...omitUndefined({ min: findNumber(rows, 'min'), max: findNumber(rows, 'max'), per: findText(rows, 'per') }),
        };
      }
      case 'volume': {
        const volume = getMapping(value);
        const over = Number.parseInt(findText(volume, 'over') ?? '28', 10);
        return {
          rule: 'volume',
          per: findText(volume, 'per') ?? 'day',
          within: percentOf(getText(volume, 'within')),
          over,
        };
      }
      case 'sequence': {
        const sequence = getMapping(value);
        const maxViolations = shareOf(findNode(sequence, 'max_violations'), 0);
        return {
          rule: 'sequence',
          first: getText(sequence, 'first'),
          // biome-ignore lint/suspicious/noThenProperty: `then` is a key of the language; a rule is never awaited.
          then: getText(sequence, 'then'),
          per: getText(sequence, 'per'),
          maxViolations,
        };
      }
      case 'sql': {
        const sql = findTestSql(context, path, value);
        return sql && { rule: 'sql', sql };
      }
    }
  }
  throw new Error('the schema let pass a model test without a rule');
}

export function defineModelTest(
  context: DefinitionContext,
  names: TestNamer,
  model: string,
  path: string,
  node: YamlNode,
): ModelTest | undefined {
  const body = getMapping(node);
  const test = modelRuleOf(context, path, body);
  return (
    test && { ...defineTestCommon(names.next(`${model}.${test.rule}`), body, node.span), on: 'model', model, test }
  );
}

export function defineSide(node: YamlNode): ReconcileSide {
  const body = getMapping(node);
  return omitUndefined({ from: getLocated(body, 'from'), value: getSql(body, 'value'), where: findSql(body, 'where') });
}

import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { YamlMapping, YamlNode } from '../source/source-file.ts';
import type {
  Allowance,
  ColumnTest,
  ColumnTestRule,
  DataTestCommon,
  ModelTest,
  ModelTestRule,
  TestPeriod,
  TestSeverity,
  TestValue,
} from './data-test.ts';
import type { DefinitionContext } from './definition-context.ts';
import { report } from './definition-context.ts';
import { findTestSql } from './find-test-file.ts';
import { omitUndefined, withOptional } from './omit-undefined.ts';
import {
  findNode,
  findNumber,
  findSql,
  findText,
  getLocated,
  getMapping,
  getNode,
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

export function allowanceOf(text: string | undefined): Allowance {
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

function testValueOf(node: YamlNode): Located<TestValue> {
  return { value: getScalar(node).value as TestValue, span: node.span };
}

function boundOf(body: YamlMapping, key: string): Located<TestValue> | undefined {
  const node = findNode(body, key);
  return node && testValueOf(node);
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
          values: itemsOf(value).map(testValueOf),
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
  refuseMax(context, body, test.rule);
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
        checkRowLimits(context, rows);
        return {
          rule: 'rows',
          ...omitUndefined({
            min: findNumber(rows, 'min'),
            max: findNumber(rows, 'max'),
            per: findText(rows, 'per') as TestPeriod | undefined,
          }),
        };
      }
      case 'volume':
        return volumeOf(context, getMapping(value));
      case 'sequence': {
        const sequence = getMapping(value);
        return {
          rule: 'sequence',
          first: getText(sequence, 'first'),
          // biome-ignore lint/suspicious/noThenProperty: `then` is a key of the language; a rule is never awaited.
          then: getText(sequence, 'then'),
          per: getText(sequence, 'per'),
          ...omitUndefined({ event: findText(sequence, 'event') }),
          maxViolations: shareOf(findNode(sequence, 'max_violations'), 0),
        };
      }
      case 'references': {
        const reference = getMapping(value);
        return { rule: 'references_key', on: textsOf(findNode(reference, 'on')), to: getLocated(reference, 'to') };
      }
      case 'sql': {
        const sql = findTestSql(context, path, value);
        return sql && { rule: 'sql', sql };
      }
    }
  }
  throw new Error('the schema let pass a model test without a rule');
}

function checkRowLimits(context: DefinitionContext, rows: YamlMapping): void {
  const [min, max] = [findNumber(rows, 'min'), findNumber(rows, 'max')];
  if (min === undefined || max === undefined || min <= max) return;
  const message = `no number of rows is at least ${min} and at most ${max}`;
  report(context, 'E1205', getNode(rows, 'max').span, message, ['`min` is the smaller one']);
}

/** How far back the median looks, where nothing is said: far enough for eight points of each. */
const usualDays: Readonly<Record<TestPeriod, number>> = { hour: 28, day: 28, week: 84, month: 365 };
/** At most so long is a period, in days. */
const daysOf: Readonly<Record<TestPeriod, number>> = { hour: 1 / 24, day: 1, week: 7, month: 31 };
export const fewestPoints = 8;

function volumeOf(context: DefinitionContext, volume: YamlMapping): ModelTestRule {
  const per = (findText(volume, 'per') ?? 'day') as TestPeriod;
  const node = findNode(volume, 'over');
  const over = node ? Number.parseInt(textOf(node), 10) : usualDays[per];
  const fewest = Math.ceil(fewestPoints * daysOf[per]);
  if (node && over < fewest) {
    const message = `\`over: ${textOf(node)}\` holds fewer than ${fewestPoints} ${per}s, and a volume is judged by ${fewestPoints} at least`;
    report(context, 'E1604', node.span, message, [`\`over: ${Math.max(fewest, usualDays[per])} days\``]);
  }
  return { rule: 'volume', per, within: percentOf(getText(volume, 'within')), over };
}

/** By which a test is named. */
function nameOf({ rule }: ModelTestRule): string {
  return rule === 'references_key' ? 'references' : rule;
}

/** What a rule says by itself cannot be said a second time, otherwise. */
function refuseMax(context: DefinitionContext, body: YamlMapping | undefined, rule: string): void {
  const limit = { null_share: 'max', sequence: 'max_violations' }[rule];
  const entry = body?.entries.find(({ key }) => key === 'max');
  if (limit === undefined || !entry) return;
  const message = `\`max\` does not apply: \`${limit}\` inside \`${rule}\` says how much is borne`;
  report(context, 'E1306', entry.keySpan, message, ['remove `max`']);
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
  if (test) refuseMax(context, body, test.rule);
  return (
    test && { ...defineTestCommon(names.next(`${model}.${nameOf(test)}`), body, node.span), on: 'model', model, test }
  );
}

import type { ColumnTest, DataTestDefinition, ModelTest, ProjectTest, ReconcileSide } from '../definition/data-test.ts';
import type { Calendar } from '../definition/project.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { SqlText } from '../source/source-file.ts';
import { canonicalType } from './canonical-type.ts';
import type { CatalogModel } from './catalog.ts';
import { daySql, type TimeColumn } from './period.ts';
import type { SqlReader } from './sql-reader.ts';
import { identifier as id, textLiteral, valueLiteral } from './sql-text.ts';

/** How a test is run: see `ManifestTest.check`. */
export type TestCheck =
  | { readonly mode: 'row'; readonly fails: string; readonly where?: string }
  | { readonly mode: 'query'; readonly failures: string; readonly tested: string };

export interface TestPlan {
  readonly test: DataTestDefinition;
  /** Rule in words: "`amount` is at least 0". */
  readonly words: string;
  readonly rule: string;
  readonly check: TestCheck;
  readonly reads: readonly string[];
}

export interface TestContext {
  readonly models: ReadonlyMap<string, CatalogModel>;
  readonly calendar: Calendar;
  readonly sql: SqlReader;
}

type Planned = { readonly plan?: TestPlan; readonly diagnostics: readonly Diagnostic[] };
type Body = { readonly words: string; readonly check: TestCheck; readonly reads?: readonly string[] };

/** A data test as SQL: row rules as one predicate each, so that all of a relation are counted in one scan; the others as a query for the rows that fail. */
export function planTest(test: DataTestDefinition, context: TestContext): Planned {
  const diagnostics: Diagnostic[] = [];
  const body =
    test.on === 'column'
      ? planColumnTest(test, context, diagnostics)
      : test.on === 'model'
        ? planModelTest(test, context, diagnostics)
        : planProjectTest(test, context, diagnostics);
  if (!body) return { diagnostics };
  const own = test.on === 'project' ? [] : [test.model];
  const reads = [...new Set([...own, ...(body.reads ?? [])])].sort();
  return { plan: { test, words: body.words, rule: test.test.rule, check: body.check, reads }, diagnostics };
}

function planColumnTest(test: ColumnTest, context: TestContext, diagnostics: Diagnostic[]): Body | undefined {
  const model = context.models.get(test.model);
  const column = model?.columns.find((c) => c.name === test.column);
  if (!model || !column) return undefined; // said where the column is declared
  const c = id(test.column);
  const where = readWhere(test, model, context, diagnostics);
  const row = (words: string, fails: string): Body => ({
    words,
    check: { mode: 'row', fails, ...(where ? { where } : {}) },
  });
  const name = `\`${test.column}\``;
  const rule = test.test;
  switch (rule.rule) {
    case 'not_null':
      return row(`${name} is never null`, `${c} is null`);
    case 'null_share':
      return row(`${name} is null in at most ${percent(rule.share)} of the rows`, `${c} is null`);
    case 'accepted':
      return row(
        `${name} is one of ${rule.values.map((v) => `\`${v}\``).join(', ')}`,
        `${c} is not null and ${c} not in (${rule.values.map((v) => valueLiteral(v)).join(', ')})`,
      );
    case 'matches':
      return row(`${name} matches \`${rule.pattern}\``, `not (${c} ~ ${textLiteral(rule.pattern)})`);
    case 'range': {
      const bounds: string[] = [];
      const said: string[] = [];
      if (rule.min !== undefined) {
        bounds.push(`${c} < ${bound(rule.min, column.type)}`);
        said.push(`at least ${rule.min}`);
      }
      if (rule.max !== undefined) {
        bounds.push(`${c} > ${bound(rule.max, column.type)}`);
        said.push(`at most ${rule.max}`);
      }
      return row(`${name} is ${said.join(' and ')}`, bounds.join(' or '));
    }
    case 'unique':
      return uniqueBody(model, [test.column], where);
    case 'references': {
      const target = context.models.get(rule.model);
      if (!target) {
        diagnostics.push(
          diagnostic('E1501', `unknown model \`${rule.model}\``, {
            span: test.span,
            hints: suggestNames(rule.model, context.models.keys()),
          }),
        );
        return undefined;
      }
      if (!target.columns.some((x) => x.name === rule.column)) {
        const names = target.columns.map((x) => x.name);
        diagnostics.push(
          diagnostic('E1305', `\`${rule.model}\` has no column \`${rule.column}\``, {
            span: test.span,
            hints: suggestNames(rule.column, names),
          }),
        );
        return undefined;
      }
      const shown = [...new Set([...model.key, test.column])].map((k) => `t.${id(k)}`).join(', ');
      const present = `t.${c} is not null${where ? ` and (${where})` : ''}`;
      return {
        words: `every ${name} is a \`${rule.column}\` of \`${rule.model}\``,
        reads: [rule.model],
        check: {
          mode: 'query',
          failures: `select ${shown} from ${model.name} as t where ${present} and not exists (select 1 from ${rule.model} as r where r.${id(rule.column)} = t.${c})`,
          tested: `select count(*) from ${model.name} as t where ${present}`,
        },
      };
    }
  }
}

function bound(value: number | string, type: string | undefined): string {
  if (typeof value === 'number') return String(value);
  return type === undefined ? textLiteral(value) : `cast(${textLiteral(value)} as ${canonicalType(type)})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(10))}%`;
}

function uniqueBody(model: CatalogModel, columns: readonly string[], where: string | undefined): Body {
  const list = columns.map((c) => id(c)).join(', ');
  const present = [...(columns.length === 1 ? [`${list} is not null`] : []), ...(where ? [`(${where})`] : [])];
  const filter = present.length > 0 ? ` where ${present.join(' and ')}` : '';
  return {
    words:
      columns.length === 1
        ? `\`${columns[0]}\` is never repeated`
        : `${columns.map((c) => `\`${c}\``).join(', ')} together are never repeated`,
    check: {
      mode: 'query',
      failures: `select ${list}, count(*) as copies from ${model.name}${filter} group by ${list} having count(*) > 1`,
      tested: `select count(*) from ${model.name}${filter}`,
    },
  };
}

function planModelTest(test: ModelTest, context: TestContext, diagnostics: Diagnostic[]): Body | undefined {
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
        words: expression.words,
        check: { mode: 'row', fails: `not (${expression.canonical})`, ...(where ? { where } : {}) },
      };
    }
    case 'unique_together': {
      const missing = rule.columns.find((c) => !model.columns.some((x) => x.name === c));
      if (missing !== undefined) {
        const names = model.columns.map((x) => x.name);
        diagnostics.push(
          diagnostic('E1305', `\`${model.name}\` has no column \`${missing}\``, {
            span: test.span,
            hints: suggestNames(missing, names),
          }),
        );
        return undefined;
      }
      return uniqueBody(model, rule.columns, where);
    }
    case 'rows':
      return planRows(test, rule, model, where, context, diagnostics);
    case 'sql': {
      const query = context.sql.failuresQuery(rule.sql);
      diagnostics.push(...query.diagnostics);
      if (query.canonical === undefined) return undefined;
      return {
        words: test.description ?? 'the query finds no rows',
        reads: query.reads,
        check: { mode: 'query', failures: query.canonical, tested: `select count(*) from ${model.name}` },
      };
    }
    case 'volume':
    case 'sequence':
      diagnostics.push(notRunYet(test, rule.rule));
      return undefined;
  }
}

function notRunYet(test: DataTestDefinition, rule: string): Diagnostic {
  return diagnostic(
    'E1901',
    `data test \`${test.name}\`: the rule \`${rule}\` is read but not run by this version of Etalon`,
    { span: test.span, severity: 'warning' },
  );
}

function planRows(
  test: ModelTest,
  rule: { readonly min?: number; readonly max?: number; readonly per?: string },
  model: CatalogModel,
  where: string | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): Body | undefined {
  const said = [
    ...(rule.min === undefined ? [] : [`at least ${rule.min}`]),
    ...(rule.max === undefined ? [] : [`at most ${rule.max}`]),
  ].join(' and ');
  const limits = (n: string) =>
    [
      ...(rule.min === undefined ? [] : [`${n} < ${rule.min}`]),
      ...(rule.max === undefined ? [] : [`${n} > ${rule.max}`]),
    ].join(' or ');
  const filter = where ? ` where ${where}` : '';
  if (rule.per === undefined) {
    const words = `\`${model.name}\` has ${said} rows`;
    return {
      words,
      check: {
        mode: 'query',
        failures: `select count(*) as rows from ${model.name}${filter} having ${limits('count(*)')}`,
        tested: 'select 1',
      },
    };
  }
  const time = model.columns.find((c) => c.name === model.time);
  if (rule.per !== 'day' || !time || (time.type !== 'date' && time.type !== 'timestamp')) {
    const hints = time ? ["`per: day` is counted by the model's `time`"] : [`declare \`time:\` in \`${model.name}\``];
    diagnostics.push(
      diagnostic('E1604', `rows per \`${rule.per}\` cannot be counted in \`${model.name}\``, {
        span: test.span,
        hints,
      }),
    );
    return undefined;
  }
  const column: TimeColumn = { sql: id(time.name), type: time.type, zone: textLiteral(context.calendar.timezone) };
  const days = `select ${daySql(column)} as day, count(*) as rows from ${model.name}${filter} group by 1`;
  const next = `select day, rows, lead(day) over (order by day) as next_day from (${days}) as d where day is not null`;
  // The last day may still be open: it is not judged. A day without rows shows as a gap before the next one.
  const failures = `select day, rows, next_day from (${next}) as n where next_day is not null and (${limits('rows')}${(rule.min ?? 0) > 0 ? ' or next_day > day + 1' : ''})`;
  return {
    words: `\`${model.name}\` has ${said} rows on every day between its first and its last`,
    check: { mode: 'query', failures, tested: `select count(*) from (${days}) as d` },
  };
}

function planProjectTest(test: ProjectTest, context: TestContext, diagnostics: Diagnostic[]): Body | undefined {
  const rule = test.test;
  if (rule.rule === 'sql') {
    const query = context.sql.failuresQuery(rule.sql);
    diagnostics.push(...query.diagnostics);
    if (query.canonical === undefined) return undefined;
    return {
      words: test.description ?? 'the query finds no rows',
      reads: query.reads,
      check: { mode: 'query', failures: query.canonical, tested: 'select 0' },
    };
  }
  const left = readSide(rule.left, 'control_left', rule.per, context, diagnostics);
  const right = readSide(rule.right, 'control_right', rule.per, context, diagnostics);
  if (!left || !right) return undefined;
  const per = rule.per ? 'per, ' : '';
  const sums = `select ${per}sum(control_left) as left_value, sum(control_right) as right_value from (${left.sql} union all ${right.sql}) as sides${rule.per ? ' group by per' : ''}`;
  const differs = `abs(coalesce(left_value, 0) - coalesce(right_value, 0)) > ${rule.tolerance} * abs(coalesce(right_value, 0))`;
  return {
    words: `${left.words} agrees with ${right.words}${rule.per ? `, per ${rule.per.text}` : ''}, within ${percent(rule.tolerance)}`,
    reads: [rule.left.from.value, rule.right.from.value],
    check: {
      mode: 'query',
      failures: `select ${per}left_value, right_value from (${sums}) as compared where ${differs}`,
      tested: `select count(*) from (${sums}) as compared`,
    },
  };
}

function readSide(
  side: ReconcileSide,
  as: 'control_left' | 'control_right',
  per: SqlText | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): { sql: string; words: string } | undefined {
  const model = context.models.get(side.from.value);
  if (!model) {
    diagnostics.push(
      diagnostic('E1501', `unknown model \`${side.from.value}\``, {
        span: side.from.span,
        hints: suggestNames(side.from.value, context.models.keys()),
      }),
    );
    return undefined;
  }
  const value = context.sql.aggregate(side.value, model);
  const where = side.where ? context.sql.predicate(side.where, model) : undefined;
  const group = per ? context.sql.expression(per, model) : undefined;
  diagnostics.push(...value.diagnostics, ...(where?.diagnostics ?? []), ...(group?.diagnostics ?? []));
  if (
    value.canonical === undefined ||
    (where && where.canonical === undefined) ||
    (group && group.canonical === undefined)
  )
    return undefined;
  const columns =
    as === 'control_left'
      ? `${value.canonical} as control_left, null as control_right`
      : `null as control_left, ${value.canonical} as control_right`;
  const sql = `select ${group ? `${group.canonical} as per, ` : ''}${columns} from ${model.name}${where ? ` where ${where.canonical}` : ''}${group ? ' group by 1' : ''}`;
  return { sql, words: `${value.words} of \`${model.name}\`` };
}

function readWhere(
  test: DataTestDefinition,
  model: CatalogModel,
  context: TestContext,
  diagnostics: Diagnostic[],
): string | undefined {
  if (!test.where) return undefined;
  const where = context.sql.predicate(test.where, model);
  diagnostics.push(...where.diagnostics);
  return where.canonical;
}

import type { ProjectTestRule, ReconcileSide } from '../../definition/data-test.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import type { InEachLanguage } from '../../expression/words-language.ts';
import type { SqlText } from '../../source/source-file.ts';
import type { CatalogModel } from '../catalog.ts';
import { identifier as id } from '../sql-text.ts';
import { readControl } from './control-file.ts';
import { decimalLiteral, findModel, type TestBody, type TestContext } from './test-plan.ts';
import { sayTest } from './words.ts';

type ReconcileRule = Extract<ProjectTestRule, { rule: 'reconcile' }>;

/** Two sides agree on a figure, in all or per group; a group that only one of them has counts as 0 on the other. */
export function planReconcile(
  rule: ReconcileRule,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const left = readSide(rule.left, 'control_left', rule.per, context, diagnostics);
  const right = readSide(rule.right, 'control_right', rule.per, context, diagnostics);
  if (!left || !right) return undefined;
  if (left.group && right.group && left.group !== right.group) {
    const message = `\`per\` is ${left.group} on the left and ${right.group} on the right`;
    diagnostics.push(
      diagnostic('E1407', message, { span: rule.per!.span, hints: ['cast it: `per: cast(… as date)`'] }),
    );
    return undefined;
  }
  // A bare column keeps its name: a kept failure of it is read, and masked, by that.
  const label = id(left.column ?? 'per');
  const per = rule.per ? `${label}, ` : '';
  const sums = `select ${per}sum(control_left) as left_value, sum(control_right) as right_value from (${left.sql} union all ${right.sql}) as sides${rule.per ? ` group by ${label}` : ''}`;
  const differs = `abs(coalesce(left_value, 0) - coalesce(right_value, 0)) > ${borneSql(rule.tolerance)}`;
  return {
    words: sayTest((words, language) =>
      words.reconcile(left.words[language], right.words[language], rule.per?.text, rule.tolerance),
    ),
    reads: [left.reads, right.reads].flatMap((name) => name ?? []),
    counts: 'totals',
    check: {
      mode: 'query',
      failures: `select ${per}left_value, right_value from (${sums}) as compared where ${differs}`,
      tested: `select count(*) from (${sums}) as compared`,
      counted: `select count(*) filter (where ${differs}) as failing, count(*) as tested from (${sums}) as compared`,
    },
  };
}

function borneSql({ share, amount }: ReconcileRule['tolerance']): string {
  const ofRight = `${decimalLiteral(share ?? 0)} * abs(coalesce(right_value, 0))`;
  if (amount === undefined) return ofRight;
  return share === undefined ? decimalLiteral(amount) : `greatest(${ofRight}, ${decimalLiteral(amount)})`;
}

interface Side {
  readonly sql: string;
  readonly words: InEachLanguage<string>;
  /** The model; absent of a file. */
  readonly reads?: string;
  /** The type of the groups, where it is known. */
  readonly group?: string;
  /** Where that is what rows are grouped by, and nothing else. */
  readonly column?: string;
}

function readSide(
  side: ReconcileSide,
  as: 'control_left' | 'control_right',
  per: SqlText | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): Side | undefined {
  const source = 'file' in side ? readControl(side, diagnostics) : modelOf(side, context, diagnostics);
  if (!source) return undefined;
  const { model, from } = source;
  const value =
    'file' in side ? readTotal(side.value, model, context, diagnostics) : context.sql.aggregate(side.value, model);
  const where = side.where ? context.sql.predicate(side.where, model) : undefined;
  const group = per ? context.sql.expression(per, model) : undefined;
  if (!value) return undefined;
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
  const column = group?.parsed && bareColumn(group.parsed);
  const sql = `select ${group ? `${group.canonical} as ${id(column ?? 'per')}, ` : ''}${columns} from ${from}${where ? ` where ${where.canonical}` : ''}${group ? ' group by 1' : ''}`;
  const name = 'file' in side ? side.file.path : model.name;
  return {
    sql,
    words: sayTest((words, language) => words.total(value.words[language], name)),
    ...('file' in side ? {} : { reads: model.name }),
    ...(group?.type ? { group: group.type.name } : {}),
    ...(column === undefined ? {} : { column }),
  };
}

function bareColumn({ ast, columns }: ParsedExpression): string | undefined {
  const [path] = columns.map((column) => column.path);
  const isBare =
    columns.length === 1 && path?.length === 1 && typeof ast === 'object' && ast !== null && 'ColumnRef' in ast;
  return isBare && !['left_value', 'right_value', 'control_left', 'control_right'].includes(path[0]!)
    ? path[0]
    : undefined;
}

function modelOf(
  side: Extract<ReconcileSide, { from: unknown }>,
  context: TestContext,
  diagnostics: Diagnostic[],
): { readonly model: CatalogModel; readonly from: string } | undefined {
  const model = findModel(side.from.value, side.from.span, context, diagnostics);
  return model && { model, from: model.name };
}

/** `amount` of a file of totals is their sum. */
function readTotal(value: SqlText, model: CatalogModel, context: TestContext, diagnostics: Diagnostic[]) {
  const { parsed, diagnostics: found } = context.sql.parse(value);
  if (!parsed) {
    diagnostics.push(...found);
    return undefined;
  }
  if (parsed.aggregate) return context.sql.aggregate(value, model);
  const read = context.sql.expression(value, model);
  return read.canonical === undefined ? read : { ...read, canonical: `sum(${read.canonical})` };
}

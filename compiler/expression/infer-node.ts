import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { A_Const, A_Expr, ColumnRef, Node, SelectStmt } from './ast.ts';
import { nameParts, nodeLocation } from './ast.ts';
import { checkCast, checkText } from './check-cast.ts';
import { checkLiterals, checkReckoned } from './check-literal.ts';
import { inferCall } from './infer-call.ts';
import { inferCondition } from './infer-condition.ts';
import type { Inference, Inferred } from './inference.ts';
import { report } from './inference.ts';
import { findClash, operatorType } from './operator-type.ts';
import type { Scope } from './scope.ts';
import { composeSources } from './scope.ts';
import type { SqlType } from './sql-type.ts';
import { commonType, describeType, typeClass, typeOfName } from './sql-type.ts';

const nothing: Inferred = { sources: [] };
const boolean: SqlType = { name: 'boolean' };

/** Type and sources of an expression; what is certainly wrong with it is reported on the way. */
export function inferNode(node: Node | undefined, scope: Scope, inference: Inference): Inferred {
  if (!node) return nothing;
  const inferred = inferKind(node, scope, inference);
  if (inferred.type) inference.types.set(node, inferred.type);
  return inferred;
}

export function inferAll(nodes: readonly Node[] | undefined, scope: Scope, inference: Inference): Inferred[] {
  return (nodes ?? []).map((node) => inferNode(node, scope, inference));
}

function inferKind(node: Node, scope: Scope, inference: Inference): Inferred {
  if ('ColumnRef' in node) return inferColumn(node.ColumnRef, scope, inference);
  if ('A_Const' in node) return { type: typeOfConstant(node.A_Const), sources: [] };
  if ('A_Expr' in node) return inferOperator(node.A_Expr, scope, inference);
  if ('FuncCall' in node) return inferCall(node.FuncCall, scope, inference);
  if ('TypeCast' in node) {
    const inner = inferNode(node.TypeCast.arg, scope, inference);
    checkCast(node, inner.type, inference);
    return { type: typeOfName(node.TypeCast.typeName), sources: composeSources(inner.sources, 'changed') };
  }
  if ('BoolExpr' in node) return inferLogic(node.BoolExpr.args, scope, inference);
  if ('NullTest' in node) return changed([inferNode(node.NullTest.arg, scope, inference)], boolean);
  if ('BooleanTest' in node) return inferLogic(node.BooleanTest.arg ? [node.BooleanTest.arg] : [], scope, inference);
  if ('CaseExpr' in node) return inferCase(node.CaseExpr, scope, inference);
  if ('CoalesceExpr' in node)
    return inferBranches('coalesce', node.CoalesceExpr.args, scope, inference, nodeLocation(node));
  if ('MinMaxExpr' in node)
    return inferBranches('greatest/least', node.MinMaxExpr.args, scope, inference, nodeLocation(node));
  if ('SubLink' in node) return inferSubquery(node.SubLink, scope, inference);
  if ('CollateClause' in node) {
    const inner = inferNode(node.CollateClause.arg, scope, inference);
    return { ...inner, sources: composeSources(inner.sources, 'changed') };
  }
  if ('A_ArrayExpr' in node) {
    const items = inferAll(node.A_ArrayExpr.elements, scope, inference);
    return changed(items, { name: 'array', of: commonType(items.map((item) => item.type)) });
  }
  if ('RowExpr' in node) return changed(inferAll(node.RowExpr.args, scope, inference), { name: 'row' });
  if ('List' in node) return changed(inferAll(node.List.items, scope, inference), undefined);
  if ('NamedArgExpr' in node) return inferNode(node.NamedArgExpr.arg, scope, inference);
  if ('GroupingFunc' in node) return changed(inferAll(node.GroupingFunc.args, scope, inference), { name: 'integer' });
  if ('A_Indirection' in node) {
    const inner = inferNode(node.A_Indirection.arg, scope, inference);
    const element =
      inner.type?.name === 'array' && node.A_Indirection.indirection?.length === 1 ? inner.type.of : undefined;
    return changed([inner], element);
  }
  return nothing;
}

function changed(parts: readonly Inferred[], type: SqlType | undefined): Inferred {
  return {
    type,
    sources: composeSources(
      parts.flatMap((part) => part.sources),
      'changed',
    ),
  };
}

function typeOfConstant(constant: A_Const): SqlType | undefined {
  if (constant.ival) return { name: 'integer' };
  if (constant.boolval) return boolean;
  if (constant.sval) return { name: 'literal' };
  if (constant.isnull) return { name: 'literal' };
  const digits = constant.fval?.fval;
  if (digits === undefined) return undefined;
  if (/^\d+$/.test(digits))
    return digits.length <= 18 ? { name: 'integer' } : { name: 'decimal', precision: digits.length, scale: 0 };
  const plain = /^(\d*)\.(\d*)$/.exec(digits);
  if (!plain) return { name: 'decimal' };
  const [whole, scale] = [plain[1]!.length, plain[2]!.length];
  return { name: 'decimal', precision: Math.max(whole + scale, 1), scale };
}

function inferColumn(reference: ColumnRef, scope: Scope, inference: Inference): Inferred {
  if (reference.fields?.some((field) => 'A_Star' in field)) return nothing;
  const path = nameParts(reference.fields);
  const resolution = inference.resolve(path, scope);
  if ('found' in resolution) return resolution.found;
  const name = path.at(-1)!;
  const { failure, among, relation } = resolution;
  if (failure === 'ambiguous') {
    report(inference, 'E1412', reference.location, `the column \`${name}\` is ambiguous`, [
      `it could be ${among.map((n) => `\`${n}\``).join(' or ')}`,
    ]);
  } else if (failure === 'unknown-table') {
    const table = path.slice(0, -1).join('.');
    report(inference, 'E1405', reference.location, `no table is called \`${table}\` here`, suggestNames(table, among));
  } else if (failure === 'whole-row') {
    report(
      inference,
      'E1408',
      reference.location,
      `\`${name}\` is a table here: a whole row as a value is not known to give the same on every engine`,
    );
  } else {
    const of = relation
      ? ` in \`${relation.alias}\`${relation.model && relation.model !== relation.alias ? ` (${relation.model})` : ''}`
      : '';
    report(inference, 'E1405', reference.location, `unknown column \`${name}\`${of}`, suggestNames(name, among));
  }
  return nothing;
}

function inferOperator(expression: A_Expr, scope: Scope, inference: Inference): Inferred {
  const left = inferNode(expression.lexpr, scope, inference);
  const list =
    expression.rexpr && 'List' in expression.rexpr
      ? inferAll(expression.rexpr.List.items, scope, inference)
      : undefined;
  const right = list ? undefined : inferNode(expression.rexpr, scope, inference);
  const parts = [left, ...(list ?? [right!])];
  const types = parts.map((part) => part.type);
  const clashAt = (a: SqlType, b: SqlType, what: string): void =>
    report(
      inference,
      'E1407',
      expression.location,
      `${what} does not fit ${describeType(a)} and ${describeType(b)}`,
      castHints(a, b),
    );
  const nodes = [
    expression.lexpr,
    ...(list && expression.rexpr && 'List' in expression.rexpr
      ? (expression.rexpr.List.items ?? [])
      : [expression.rexpr]),
  ];
  switch (expression.kind) {
    case 'AEXPR_OP': {
      const name = nameParts(expression.name).at(-1) ?? '';
      if (/^([<>=]|<>|!=|<=|>=)$/.test(name)) checkLiterals(nodes, types, inference);
      else if (/^[-+*/%]$/.test(name)) checkReckoned(nodes, types, inference);
      const outcome = operatorType(name, expression.lexpr ? left.type : { name: 'integer' }, right?.type);
      if (expression.lexpr && outcome.clash && left.type && right?.type) clashAt(left.type, right.type, `\`${name}\``);
      if (name === '||' && typeClass(outcome.type) === 'text')
        for (const type of types) checkText(type, expression.location, inference);
      const signed = expression.lexpr ? outcome.type : right?.type;
      return changed(parts, signed);
    }
    case 'AEXPR_NULLIF': {
      const clash = findClash(types);
      if (clash) clashAt(...clash, '`nullif`');
      return changed([left], left.type);
    }
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE': {
      const wrong = types.find((type) => typeClass(type) !== undefined && typeClass(type) !== 'text');
      if (wrong)
        report(inference, 'E1407', expression.location, `\`like\` is for text, and this is ${describeType(wrong)}`, [
          '`::text` makes text of it',
        ]);
      return changed(parts, boolean);
    }
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return changed(parts, boolean);
    default: {
      checkLiterals(nodes, types, inference);
      const clash = findClash(types);
      if (clash) clashAt(...clash, kindWords[expression.kind ?? ''] ?? 'this comparison');
      return changed(parts, boolean);
    }
  }
}

const kindWords: Readonly<Record<string, string>> = {
  AEXPR_IN: '`in`',
  AEXPR_BETWEEN: '`between`',
  AEXPR_NOT_BETWEEN: '`not between`',
  AEXPR_DISTINCT: '`is distinct from`',
  AEXPR_NOT_DISTINCT: '`is not distinct from`',
};

function castHints(a: SqlType, b: SqlType): string[] {
  if (a.name === 'row' || b.name === 'row' || a.name === 'array' || b.name === 'array') return [];
  const [from, to] = a.name === 'text' ? [a, b] : [b, a];
  return from.name === 'text' ? [`a cast says what is meant: \`::${sqlWord(to)}\` or \`::text\``] : [];
}

function sqlWord(type: SqlType): string {
  return type.name === 'integer'
    ? 'bigint'
    : type.name === 'timestamp'
      ? 'timestamptz'
      : type.name === 'decimal'
        ? 'numeric(18, 2)'
        : type.name;
}

function inferLogic(args: readonly Node[] | undefined, scope: Scope, inference: Inference): Inferred {
  return changed(
    (args ?? []).map((arg) => inferCondition(arg, scope, inference)),
    boolean,
  );
}

function inferCase(
  expression: Extract<Node, { CaseExpr: unknown }>['CaseExpr'],
  scope: Scope,
  inference: Inference,
): Inferred {
  const subject = expression.arg ? inferNode(expression.arg, scope, inference) : undefined;
  const parts: Inferred[] = subject ? [subject] : [];
  const results: Inferred[] = [];
  for (const branch of expression.args ?? []) {
    if (!('CaseWhen' in branch)) continue;
    parts.push(
      subject
        ? inferNode(branch.CaseWhen.expr, scope, inference)
        : inferCondition(branch.CaseWhen.expr, scope, inference),
    );
    results.push(inferNode(branch.CaseWhen.result, scope, inference));
  }
  if (expression.defresult) results.push(inferNode(expression.defresult, scope, inference));
  return changed([...parts, ...results], branchType('case', results, inference, expression.location));
}

function inferBranches(
  word: string,
  args: readonly Node[] | undefined,
  scope: Scope,
  inference: Inference,
  at: number | undefined,
): Inferred {
  const parts = inferAll(args, scope, inference);
  return changed(parts, branchType(word, parts, inference, at));
}

function branchType(
  word: string,
  parts: readonly Inferred[],
  inference: Inference,
  at: number | undefined,
): SqlType | undefined {
  const types = parts.map((part) => part.type);
  const clash = findClash(types);
  if (clash)
    report(
      inference,
      'E1407',
      at,
      `the values of \`${word}\` are ${describeType(clash[0])} and ${describeType(clash[1])}`,
      castHints(...clash),
    );
  return commonType(types);
}

function inferSubquery(
  link: Extract<Node, { SubLink: unknown }>['SubLink'],
  scope: Scope,
  inference: Inference,
): Inferred {
  const tested = inferNode(link.testexpr, scope, inference);
  const columns =
    link.subselect && 'SelectStmt' in link.subselect
      ? inference.inferQuery(link.subselect.SelectStmt as SelectStmt, scope)
      : undefined;
  const inner: Inferred = { sources: columns?.flatMap((column) => column.sources) ?? [] };
  if (link.subLinkType === 'EXPR_SUBLINK')
    return { type: columns?.[0]?.type, sources: composeSources(inner.sources, 'changed') };
  if (link.subLinkType === 'ARRAY_SUBLINK') return changed([inner], { name: 'array', of: columns?.[0]?.type });
  if (link.subLinkType === 'EXISTS_SUBLINK')
    return { type: boolean, sources: composeSources(inner.sources, 'filtered') };
  const clash = findClash([tested.type, columns?.[0]?.type]);
  if (clash && tested.type?.name !== 'row') {
    report(
      inference,
      'E1407',
      link.location,
      `\`in\` does not fit ${describeType(clash[0])} and ${describeType(clash[1])}`,
      castHints(...clash),
    );
  }
  return {
    type: boolean,
    sources: [...composeSources(tested.sources, 'changed'), ...composeSources(inner.sources, 'filtered')],
  };
}

import type { Code } from '../diagnostic/codes.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { SqlText } from '../source/source-file.ts';
import type { FuncCall, Node } from './ast.ts';
import { functionName, nodeLocation, typeName } from './ast.ts';
import { checkForm } from './check-form.ts';
import { hintsForFunction } from './function-hints.ts';
import { clockFunctions, functionTable } from './function-table.ts';
import { hasAggregate } from './has-aggregate.ts';
import { clockHint, isClockText } from './instant-text.ts';
import { spanInText, tokenEnd } from './text-position.ts';
import { walkAst } from './walk-ast.ts';

/** Reports what is PostgreSQL and yet cannot be promised to give the same rows on every engine and on every day. */
export function checkSql(root: unknown, text: SqlText): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (code: Code, at: number | undefined, message: string, hints: readonly string[] = []): void => {
    const start = at ?? 0;
    found.push(diagnostic(code, message, { span: spanInText(text, start, tokenEnd(text.text, start)), hints }));
  };
  walkAst(root, (node) => {
    checkNode(node, text, report);
    checkForm(node, report);
    return true;
  });
  return found;
}

export type Report = (code: Code, at: number | undefined, message: string, hints?: readonly string[]) => void;

function checkNode(node: Node, text: SqlText, report: Report): void {
  const at = nodeLocation(node);
  if ('FuncCall' in node) checkFunction(node.FuncCall, report);
  else if ('SQLValueFunction' in node) {
    const word = text.text.slice(at ?? 0, tokenEnd(text.text, at ?? 0)).toLowerCase();
    if (/^(current_date|current_time|localtime)/.test(word))
      report('E1403', at, `\`${word}\` reads the clock`, [clockHint]);
    else
      report('E1408', at, `\`${word}\` reads the session, not data`, [
        `a column called \`${word}\` stands in quotes: \`"${word}"\``,
        'leave it out: a run gives the same for everyone',
      ]);
  } else if ('TypeCast' in node) checkClockLiteral(node, report);
  else if ('ParamRef' in node)
    report('E1401', at, 'a parameter stands in SQL', ['a project’s variable is `{{var "name"}}`']);
  else if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_SIMILAR') {
    report('E1408', at, '`similar to` is not known to give the same on every engine', [
      'a regular expression with `~` is',
    ]);
  } else if ('RangeTableSample' in node) {
    report('E1403', at, '`tablesample` takes rows by chance', [
      'a stable sample: `where` over a hash or a remainder of the key',
    ]);
  } else if ('SetToDefault' in node || 'CurrentOfExpr' in node) {
    report('E1408', at, 'this form is not known to give the same on every engine', ['leave it out']);
  } else if ('XmlExpr' in node)
    report('E1408', at, 'XML functions are not known to give the same on every engine', [
      'read the file into columns before it is loaded, or into `json`',
    ]);
  else if ('RangeTableFunc' in node || 'JsonTable' in node) {
    report('E1408', at, 'this table function is not known to give the same on every engine', [
      '`jsonb_array_elements` with `->>` is',
    ]);
  }
}

function checkFunction(call: FuncCall, report: Report): void {
  const name = functionName(call);
  // Made by the grammar for `like … escape` and `similar to`.
  if (name === 'similar_to_escape' || name === 'like_escape') return;
  if (clockFunctions.has(name)) {
    const chance = /random|uuid|seed/.test(name);
    report(
      'E1403',
      call.location,
      `\`${name}()\` ${chance ? 'gives another value at every call' : 'reads the clock'}`,
      [chance ? 'a stable key can be made of the row’s own columns' : clockHint],
    );
    return;
  }
  if (name === 'age' && call.args?.length === 1) {
    report('E1403', call.location, '`age(x)` with one argument reads the clock', [clockHint]);
    return;
  }
  if (name === 'etalon_hash') {
    report('E1408', call.location, '`etalon_hash` is not for SQL', ['a column of a model with `from:` says `hash: …`']);
    return;
  }
  const facts = functionTable.get(name);
  if (!facts) {
    report(
      'E1408',
      call.location,
      `the function \`${name}\` is not known to give the same on every engine`,
      hintsForFunction(name),
    );
    return;
  }
  if (facts.kind === 'aggregate' && !call.over && hasAggregate(call.args)) {
    report('E1410', call.location, `an aggregate stands inside \`${name}\``, [
      'a query can hold the inner one in a subquery; a metric says it as a ratio: `sum(amount) / count(distinct user_id)`',
    ]);
    return;
  }
  const given = call.args?.length ?? 0;
  const [least, most] = facts.arity;
  if (given < least || given > most) {
    const wanted =
      least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
    report('E1407', call.location, `\`${name}\` has ${given} argument${given === 1 ? '' : 's'} and takes ${wanted}`, [
      'docs/sql.md lists the functions, PostgreSQL’s manual what they take',
    ]);
  }
}

/** `'now'::timestamp` and `date 'today'` read the clock without calling a function. */
function checkClockLiteral(node: Extract<Node, { TypeCast: unknown }>, report: Report): void {
  const cast = node.TypeCast;
  const constant = cast.arg && 'A_Const' in cast.arg ? cast.arg.A_Const : undefined;
  const literal = constant?.sval?.sval;
  if (literal === undefined || !/^(date|time|timestamp)/.test(typeName(cast.typeName))) return;
  if (isClockText(literal)) report('E1403', constant?.location, `\`'${literal}'\` reads the clock`, [clockHint]);
}

import type { Code } from '../diagnostic/codes.ts';
import type { A_Expr, FuncCall, Node } from './ast.ts';
import { functionName, nameParts, typeName } from './ast.ts';
import { instantHint, isClockText, isInstantText, normaliseInstant } from './instant-text.ts';
import { timestampFormat } from './timestamp-format.ts';

type Report = (code: Code, at: number | undefined, message: string, hints?: readonly string[]) => void;

const operators = new Set('+ - * / % ^ = <> < > <= >= || ~ ~* !~ !~* ~~ !~~ ~~* !~~* -> ->> #> #>>'.split(' '));
const notSame = 'is not known to give the same on every engine';

/** Forms of allowed functions and operators whose meaning still differs between engines. */
export function checkForm(node: Node, report: Report): void {
  if ('A_Expr' in node) checkOperator(node.A_Expr, report);
  else if ('FuncCall' in node) checkCall(node.FuncCall, report);
  else if ('TypeCast' in node) checkInstant(node, report);
  else if ('SelectStmt' in node) for (const target of node.SelectStmt.targetList ?? []) checkTarget(target, report);
}

function literal(node: Node | undefined): string | undefined {
  return node && 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}

function checkOperator(expression: A_Expr, report: Report): void {
  const name = nameParts(expression.name).at(-1) ?? '';
  if (/^AEXPR_OP/.test(expression.kind ?? '') && !operators.has(name))
    report('E1408', expression.location, `the operator \`${name}\` ${notSame}`, [
      'write it by a function of docs/sql.md',
    ]);
  if (/^!?~\*?$/.test(name)) checkPattern(literal(expression.rexpr), expression.location, report);
  if (/^#>>?$/.test(name) && !/^\{[^{}"\\]*\}$/.test(literal(expression.rexpr) ?? '')) {
    report('E1408', expression.location, `\`${name}\` with a path that is not written out ${notSame}`, [
      "written out: `'{a,b}'`; step by step: `-> 'a' ->> 'b'`",
    ]);
  }
}

/** PostgreSQL's expressions and RE2's part here: RE2 has no look-around, no back-references and other escapes. */
function checkPattern(pattern: string | undefined, at: number | undefined, report: Report): void {
  const found = pattern === undefined ? undefined : /\(\?(?!:)|\\[1-9yYmMAZ]|\[\[[.=:<>]/.exec(pattern);
  if (found)
    report('E1408', at, `\`${found[0]}\` in a regular expression ${notSame}`, [
      'write it by character classes, such as `[0-9]` and `[a-z]`',
    ]);
}

const fields = new Set('year month day hour minute second dow isodow doy week isoyear quarter epoch'.split(' '));
const units = new Set('second minute hour day week month quarter year'.split(' '));

function checkCall(call: FuncCall, report: Report): void {
  const name = functionName(call);
  const args = call.args ?? [];
  const refuse = (what: string, hints: readonly string[] = []): void =>
    report('E1408', call.location, `${what} ${notSame}`, hints);
  switch (name) {
    case 'extract':
    case 'date_part':
      if (!fields.has(literal(args[0])?.toLowerCase() ?? ''))
        refuse(`\`${name}\` of \`${literal(args[0]) ?? 'a computed part'}\``, [`known: ${list(fields)}`]);
      return;
    case 'date_trunc':
      if (!units.has(literal(args[0])?.toLowerCase() ?? ''))
        refuse(`\`date_trunc\` to \`${literal(args[0]) ?? 'a computed unit'}\``, [`known: ${list(units)}`]);
      return;
    case 'to_char':
      if (timestampFormat(literal(args[1])) === undefined)
        refuse('`to_char` with this format', ['known: YYYY MM DD HH24 MI SS US DDD IYYY IW, and "text"']);
      return;
    case 'substring':
      if (literal(args[1]) !== undefined) refuse('`substring` by a pattern', ['`regexp_replace` and `split_part` are']);
      return;
    case 'regexp_replace':
      if (args[3] && !/^[gi]*$/.test(literal(args[3]) ?? '-'))
        refuse('`regexp_replace` with flags other than `g` and `i`');
      checkPattern(literal(args[1]), call.location, report);
      return;
    case 'regexp_like':
      checkPattern(literal(args[1]), call.location, report);
      return;
    case 'array_length':
      if (!args[1] || !('A_Const' in args[1]) || args[1].A_Const.ival?.ival !== 1)
        refuse('`array_length` of another dimension than 1');
      return;
    case 'jsonb_extract_path':
    case 'json_extract_path':
    case 'jsonb_extract_path_text':
    case 'json_extract_path_text':
      if (args.slice(1).some((step) => literal(step) === undefined)) refuse(`\`${name}\` with a computed path`);
  }
}

function list(words: Iterable<string>): string {
  return [...words].map((word) => `\`${word}\``).join(', ');
}

/** `'5 March 2025'::date` is read by the server's settings; ISO is read by all. */
function checkInstant(node: Extract<Node, { TypeCast: unknown }>, report: Report): void {
  const { arg, typeName: type } = node.TypeCast;
  const text = literal(arg);
  if (text === undefined || !/^(date|timestamp|timestamptz)$/.test(typeName(type)) || type?.arrayBounds) return;
  if (isClockText(text)) return;
  const at = arg && 'A_Const' in arg ? arg.A_Const.location : undefined;
  const to = typeName(type) === 'date' ? 'date' : 'timestamp';
  if (normaliseInstant(text) === undefined)
    report('E1408', at, `\`'${text}'\` as a ${to} ${notSame}`, ['ISO is: `2025-01-31`, `2025-01-31T10:00:00Z`']);
  else if (!isInstantText(text)) report('E1407', at, `\`'${text}'\` is cast to ${to}, which it is not`, [instantHint]);
}

const setFunctions = /^(generate_series|unnest|jsonb?_array_elements(_text)?|jsonb?_object_keys)$/;

function checkTarget(target: Node, report: Report): void {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!value || !('FuncCall' in value)) return;
  const name = functionName(value.FuncCall);
  if (setFunctions.test(name))
    report('E1408', value.FuncCall.location, `\`${name}\` gives rows, which belong in FROM`, [
      `\`from …, ${name}(…) as x\``,
    ]);
}

import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { findNearestName } from '../diagnostic/nearest-name.ts';
import type { SqlText } from '../source/source-file.ts';
import { isReserved } from './identifier.ts';
import { spanInText, tokenEnd } from './text-position.ts';

/** What PostgreSQL's grammar says of a text, at its place, with what is likely to mend it. */
export function syntaxDiagnostic(text: SqlText, message: string, at: number): Diagnostic {
  const known = knownFaults.find(({ when }) => when.test(message));
  const said = known?.say ?? message.replace(/at or near "(.*)"$/s, (_, token: string) => `at or near \`${token}\``);
  const hints = known
    ? [known.hint]
    : isQuery(text.text, at)
      ? ['one expression is expected, not a query: leave out `select` and all from `from` on']
      : [...hintsForName(text.text, at), ...hintsForSyntax(text.text, message, at)];
  return diagnostic('E1401', said, { span: spanInText(text, at, tokenEnd(text.text, at)), hints });
}

/** No query fails at the word that it begins with. */
function isQuery(text: string, at: number): boolean {
  return text.slice(0, at).trim() === '' && /^\s*select\s+[\w"(]/i.test(text);
}

const knownFaults = [
  { when: /^unterminated quoted string/, say: "`'` is never closed", hint: "a `'` inside text is doubled: 'it''s'" },
  { when: /^unterminated quoted identifier/, say: '`"` is never closed', hint: 'names stand in `"`, text in `\'`' },
  { when: /^unterminated (\/\*|.*comment)/, say: '`/*` is never closed', hint: 'add `*/`' },
  { when: /^unterminated dollar-quoted/, say: '`$$` is never closed', hint: "write text in `'`" },
  { when: /^memory exhausted/, say: 'nested too deeply to be read', hint: 'cut it into steps: `with name as (…)`' },
  { when: /is empty$/, say: undefined, hint: 'write what is to be computed, in PostgreSQL’s words' },
] as const;

const keywords = [
  'select',
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'union',
  'join',
  'case',
  'when',
  'then',
];
const moreKeywords = ['else', 'filter', 'over', 'partition', 'between', 'distinct', 'interval', 'coalesce', 'exists'];

/** Words that build a query far more often than they are meant as a column. */
const structural =
  /^(all|and|any|as|asc|between|case|cast|desc|distinct|else|except|false|from|full|having|in|inner|intersect|is|isnull|join|left|like|not|notnull|null|on|or|over|right|some|then|true|union|when|where|with)$/i;

/** `sum(order)`, `user.channel`, `select offset, window from …`: a column may well be called so. */
function hintsForName(text: string, at: number): string[] {
  const before = /(?<![.\w"'])[A-Za-z_]+$/.exec(text.slice(0, at).trimEnd())?.[0];
  const here = /^[A-Za-z_]+/.exec(text.slice(at))?.[0];
  const isColumn = (word: string | undefined): word is string =>
    word !== undefined && isReserved(word) && !structural.test(word);
  // A query cannot go on with a comma, an operator or a point behind these words.
  const follows = /^[,.)<>=+*/%|-]/.test(text.slice(at));
  const word = follows && isColumn(before) ? before : isColumn(here) ? here : undefined;
  return word === undefined ? [] : [`a column called \`${word}\` stands in quotes: \`"${word.toLowerCase()}"\``];
}

function hintsForSyntax(text: string, message: string, at: number): string[] {
  if (/^\{[{%]/.test(text.slice(at)))
    return ['there is no Jinja: SQL is repeated by Handlebars, `{{#each …}}`, and tables are named plainly'];
  const before = text.slice(0, at).trimEnd();
  const word = /(?<![.\w])[A-Za-z_]+$/.exec(before)?.[0] ?? '';
  const here = /^[A-Za-z_]+/.exec(text.slice(at))?.[0] ?? '';
  for (const slip of [word, here]) {
    const near = findNearestName(slip, [...keywords, ...moreKeywords]);
    if (slip.length > 2 && near !== undefined && near !== slip.toLowerCase())
      return [`did you mean \`${near}\` where \`${slip}\` stands?`];
  }
  if (message.endsWith('end of input')) return [`something is missing after \`${lastToken(before)}\``];
  if (before.endsWith(',')) return ['is the comma before it one too many?'];
  return [
    before === ''
      ? 'PostgreSQL’s grammar does not begin so'
      : `PostgreSQL’s grammar reads up to \`${lastToken(before)}\`: is a comma, a parenthesis or a word missing there?`,
  ];
}

function lastToken(text: string): string {
  return /([\p{L}\p{N}_."']+|\S)$/u.exec(text)?.[0] ?? '';
}

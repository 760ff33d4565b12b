import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { findNearestName } from '../diagnostic/nearest-name.ts';
import type { SqlText } from '../source/source-file.ts';
import { spanInText, tokenEnd } from './text-position.ts';

/** What PostgreSQL's grammar says of a text, at its place, with what is likely to mend it. */
export function syntaxDiagnostic(text: SqlText, message: string, at: number): Diagnostic {
  const known = knownFaults.find(({ when }) => when.test(message));
  const said = known?.say ?? message.replace(/at or near "(.*)"$/s, (_, token: string) => `at or near \`${token}\``);
  const hints = known ? [known.hint] : hintsForSyntax(text.text, message, at);
  return diagnostic('E1401', said, { span: spanInText(text, at, tokenEnd(text.text, at)), hints });
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

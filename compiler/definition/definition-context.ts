import type { Code } from '../diagnostic/codes.ts';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { SourceFile } from '../source/source-file.ts';
import { isPlainName, suggestPlainName } from './plain-name.ts';
import { isTimezone } from './timezone.ts';

/** What the from-document functions share: where to report, and the SQL files with those that a definition has taken. */
export interface DefinitionContext {
  readonly diagnostics: Diagnostic[];
  readonly sqlFiles: ReadonlyMap<string, SourceFile>;
  readonly takenSql: Set<string>;
  /** CSV files of the project, with those that a test or a segment has taken. */
  readonly controlFiles: ReadonlyMap<string, SourceFile>;
  readonly takenControls: Set<string>;
}

export function report(
  context: DefinitionContext,
  code: Code,
  span: Span,
  message: string,
  hints: readonly string[] = [],
): void {
  context.diagnostics.push(diagnostic(code, message, { span, hints }));
}

const titled: ReadonlySet<string> = new Set(['metric', 'segment', 'model', 'project']);

export function checkName(
  context: DefinitionContext,
  what: string,
  name: string,
  span: Span,
  mend: readonly string[] = [],
): void {
  if (isPlainName(name)) return;
  const better = suggestPlainName(name);
  const example = better === undefined ? [] : [`for example \`${better}\``];
  report(context, 'E1301', span, `${what} name \`${name}\` is malformed`, [
    ...(mend.length > 0 ? mend : example),
    'a name has lower-case letters, digits and `_`, begins with a letter, and has at most 63 of them',
    ...(titled.has(what) && /\P{ASCII}/u.test(name) ? ['what readers see is its `title:`, in any language'] : []),
  ]);
}

export function checkTimezone(context: DefinitionContext, zone: string, span: Span): void {
  if (isTimezone(zone)) return;
  report(context, 'E1308', span, `unknown time zone \`${zone}\``, suggestZone(zone));
}

/** The zone of the city, where only that is said. */
function suggestZone(zone: string): readonly string[] {
  const zones = Intl.supportedValuesOf('timeZone');
  const city = zone.toLowerCase().replaceAll(' ', '_');
  const found = zones.find((one) => one.toLowerCase().endsWith(`/${city}`));
  if (found !== undefined) return [`did you mean \`${found}\`?`];
  return suggestNames(zone, zones, 0).filter((hint) => hint.startsWith('did'));
}

/** A path of the project: never absolute, never up and out. */
export function checkInside(context: DefinitionContext, path: string, span: Span): void {
  const parts = path.split(/[/\\]/);
  if (parts.includes('..') || /^([/\\]|[A-Za-z]:|[a-z]+:\/\/)/.test(path)) {
    report(context, 'E1003', span, `path \`${path}\` leaves the project`, ['paths are taken from the project folder']);
  }
}

/** Every column named must be one of the model's. */
export function checkColumns(
  context: DefinitionContext,
  model: string,
  known: ReadonlySet<string>,
  named: readonly { readonly value: string; readonly span: Span }[],
): void {
  for (const { value, span } of named) {
    if (known.has(value)) continue;
    report(context, 'E1305', span, `\`${model}\` has no column \`${value}\``, suggestNames(value, known));
  }
}

/** Options that the chosen form does not use: nothing is ignored. */
export function refuseOptions(
  context: DefinitionContext,
  keys: readonly { readonly key: string; readonly keySpan: Span }[],
  refused: readonly string[],
  why: string,
): void {
  for (const { key, keySpan } of keys) {
    if (refused.includes(key))
      report(context, 'E1306', keySpan, `\`${key}\` does not apply: ${why}`, [`remove \`${key}\``]);
  }
}

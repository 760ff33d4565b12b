import {
  columnLine,
  formatType,
  type ManifestModel,
  parseType,
  type SourceUser,
  suggestPlainName,
} from '../../compiler/index.ts';
import type { Opened, OtherLook, SettledDrift } from '../schedule/settle-drift.ts';

const shownUsers = 8;
const shownLines = 20;
const shownColumns = 12;
const shownReasons = 3;

/**
 * The columns that nobody declared, with the lines that would.
 *
 * @example
 * describeOffer(model, [{ name: 'channel', type: 'text', where: '`data/2.csv`' }])
 * // a column is not declared: `channel`, first in `data/2.csv`; to read it, write under `columns:` (models/raw/orders.yml:7)
 * //   channel: text
 */
export function describeOffer(model: ManifestModel, others: readonly OtherLook[]): string {
  const [first] = others;
  const one = others.length === 1;
  const what = one
    ? `a column is not declared: \`${first!.name}\`, first in ${first!.where}; to read it`
    : `${others.length} columns are not declared; to read them`;
  const taken = new Set(model.columns.map(({ name }) => name));
  const lines = others.slice(0, shownLines).map((other) => `  ${offeredLine(other, taken)}`);
  const more = others.length > shownLines ? [`  and ${others.length - shownLines} more`] : [];
  return [`${what}, write under \`columns:\` (${placeOf(model)})`, ...lines, ...more].join('\n');
}

/** The line of a raw model that declares a column; `taken` are names that are not free, and this one is not afterwards. */
export function offeredLine({ name, type }: Pick<OtherLook, 'name' | 'type'>, taken: Set<string>): string {
  const free = freeName(suggestPlainName(name) ?? 'column', taken);
  taken.add(free);
  const known = parseType(type) ?? (type.startsWith('timestamp') ? parseType('timestamp')! : parseType('text')!);
  return free === name ? `${name}: ${formatType(known)}` : columnLine(free, formatType(known), name);
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let count = 2;
  while (taken.has(`${wanted}_${count}`)) count += 1;
  return `${wanted}_${count}`;
}

/** The line below which another column would stand. */
function placeOf({ path, columns }: ManifestModel): string {
  const last = Math.max(0, ...columns.map(({ line }) => line ?? 0));
  return last === 0 ? path : `${path}:${last}`;
}

/** Why a source cannot be read: columns that it lost, or that hold something else, with all who need them. The first line says it all. */
export function describeRefused(refused: SettledDrift<never>['refused'], advice: string | undefined): string {
  const names = new Set(refused.flatMap(({ users }) => users.map(keyOf)));
  const need = names.size === 1 ? '1 definition needs' : `${names.size} definitions need`;
  const it = refused.length === 1 ? 'it' : 'them';
  const whole = `${refused.flatMap(({ look }) => look.found ?? []).join('; ')}, and ${need} ${it}: nothing is loaded`;
  const lines = refused.flatMap(({ look, users }) => {
    const title = refused.length === 1 ? [] : [`  \`${look.column}\``];
    return [...title, ...users.slice(0, shownUsers).map(userLine), ...moreUsers(users.length)];
  });
  const isOwn = refused.some(({ users }) => users.some(({ kind }) => kind === 'source'));
  const ways = [
    `mend the source`,
    ...(advice === undefined ? [] : [advice]),
    `take ${it} out of these definitions`,
    ...(isOwn ? [] : [`let ${it} be null with --accept-loss`]),
  ];
  return [whole, ...lines, `  to go on: ${ways.join('; or ')}`].join('\n');
}

function moreUsers(count: number): readonly string[] {
  return count > shownUsers ? [`  and ${count - shownUsers} more`] : [];
}

function userLine({ kind, name, path, line }: SourceUser): string {
  const what = kind === 'test' ? 'data test ' : kind === 'metric' || kind === 'segment' ? `${kind} ` : '';
  return `  needed by ${what}${name}  ${path}:${line}`;
}

function keyOf({ kind, name }: SourceUser): string {
  return `${kind} ${name}`;
}

/** What has become of a column that nobody needs, or of which the loss was accepted. */
export function describeLost(
  model: ManifestModel,
  { look, accepted, kind }: Extract<Opened, { kind: 'removed' | 'retyped' }>,
): string {
  const line = model.columns.find(({ name }) => name === look.column)?.line;
  const place = line === undefined ? model.path : `${model.path}:${line}`;
  const why = accepted ? '--accept-loss allows it' : 'nothing needs it';
  const rejected = kind === 'retyped' && model.source?.from === 'files';
  const what = rejected
    ? `rows with such a value are kept aside in \`${model.name}__rejected\``
    : `it is null ${model.source?.from === 'files' ? 'from here on' : 'in every row'}`;
  const mend = kind === 'removed' ? 'take its line out' : 'declare what it holds now, or take its line out';
  return `${look.found}; ${why}, so ${what}: ${mend} (${place})`;
}

/** Files that lack a column that the last one has. */
export function describePartly(column: string, absentIn: readonly string[], files: number): string {
  const first = `\`${absentIn[0]}\``;
  const which = absentIn.length === 1 ? first : `${absentIn.length} of ${files} files (${first} …)`;
  return `the column \`${column}\` is not in ${which}: it is null there`;
}

/** Declared columns that no file of the source has or had. */
export function describeNever(columns: readonly string[], available: readonly string[]): string {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const shown = list(available.slice(0, shownColumns));
  const more = available.length > shownColumns ? ` and ${available.length - shownColumns} more` : '';
  return `no file has the column ${list(columns)}; there ${available.length === 1 ? 'is' : 'are'} ${shown}${more}`;
}

/** CSV files without a header: nothing tells whether they are meant to be. */
export function describeEmpty(files: readonly string[]): string {
  const shown = files.slice(0, 3).map((name) => `\`${name}\``);
  const names = files.length > 3 ? `${shown.join(', ')} and ${files.length - 3} more` : shown.join(', ');
  const [are, they] = files.length === 1 ? ['is', 'it'] : ['are', 'they'];
  return `${names} ${are} empty and ${files.length === 1 ? 'has' : 'have'} not even a header: a run after ${they} ${are} written loads ${files.length === 1 ? 'it' : 'them'}`;
}

/** Not one row that came could be read. */
export function describeRefusedRows(
  { name, path, source, columns }: ManifestModel,
  rows: number,
  reasons: readonly { readonly reason: string; readonly rows: number }[],
): string {
  const why = reasons.slice(0, shownReasons).map(({ reason, rows: of }) => `${reason} (${of} of ${rows})`);
  const what = rows === 1 ? 'the one row that came cannot be read' : `not one of ${rows} rows that came can be read`;
  // Where cells are delimited by `;`, the comma is that of numbers.
  const isRefused = (type: string) => reasons.some(({ reason }) => reason.includes(`is not a ${type}`));
  const number = columns.find(({ type = '' }) => /^(decimal|double)/.test(type) && isRefused(type));
  const comma =
    source?.delimiter === ';' && number
      ? `; numbers with a comma are read as text and turned in the clean layer: \`${number.name}: {is: "replace(${number.name}, ',', '.')", type: "${number.type}"}\``
      : '';
  return `${what} as declared (${path}): ${why.join('; ')}${comma}; see \`${name}__rejected\``;
}

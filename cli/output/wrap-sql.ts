const width = 110;

/**
 * SQL with its long lines broken where a reader would: before the conditions of a join, before the branches of a CASE, then between the items of a list. Only spaces outside quotes become line breaks.
 *
 * @example
 * wrapSql("LEFT JOIN b ON b.k = a.k AND …") // "LEFT JOIN b\n  ON b.k = a.k\n  AND …"
 */
export function wrapSql(sql: string): string {
  return sql
    .split('\n')
    .flatMap((line) => (line.length <= width ? [line] : breakLine(line)))
    .join('\n');
}

function breakLine(line: string): readonly string[] {
  return hang(line, isClause).flatMap((part) => (part.length <= width ? [part] : breakCase(part)));
}

/** The line, cut, and what follows indented. */
function hang(line: string, isBreak: (space: Space) => boolean): readonly string[] {
  const indent = `${indentOf(line)}  `;
  return cutAt(line, findBreaks(line, isBreak)).map((part, i) => (i === 0 ? part : indent + part));
}

/** A branch to a line; what closes the CASE stands below what opens it. */
function breakCase(line: string): readonly string[] {
  const close = indentOf(line).length;
  return hang(line, isBranch)
    .map((part) => (/^ *END\b/.test(part) ? ' '.repeat(close) + part.trimStart() : part))
    .flatMap((part) => (part.length <= width ? [part] : fill(part)));
}

function indentOf(line: string): string {
  return /^ */.exec(line)![0];
}

/** As many items to a line as fit. */
function fill(line: string): readonly string[] {
  const indent = `${indentOf(line)}  `;
  const filled: string[] = [];
  for (const part of cutAt(line, findBreaks(line, isItem))) {
    const last = filled.at(-1);
    if (last !== undefined && last.length + part.length < width) filled[filled.length - 1] = `${last} ${part}`;
    else filled.push(last === undefined ? part : indent + part);
  }
  return filled;
}

function cutAt(line: string, breaks: readonly number[]): readonly string[] {
  const ends = [...breaks, line.length];
  return ends.map((end, i) => line.slice(i === 0 ? 0 : breaks[i - 1]! + 1, end));
}

/** A space outside quotes, and where it stands. */
interface Space {
  /** Parentheses open around it. */
  readonly depth: number;
  /** CASEs open around it. */
  readonly cases: number;
  /** Is it inside `between … and`? */
  readonly between: boolean;
  readonly before: string;
  readonly next: string;
}

const isClause = ({ depth, cases, between, next }: Space) =>
  depth === 0 && cases === 0 && (/^(ON|OR)$/.test(next) || (next === 'AND' && !between));

const isBranch = ({ depth, cases, next }: Space) => depth === 0 && cases === 1 && /^(WHEN|ELSE|END)$/.test(next);

const isItem = ({ depth, between, before, next }: Space) =>
  (depth === 1 && (before.endsWith(',') || /^(ORDER|OR)$/.test(next) || (next === 'AND' && !between))) ||
  (depth === 0 && next === 'AS');

const words = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|[A-Za-z_]+|\s|./g;

function findBreaks(line: string, isBreak: (space: Space) => boolean): readonly number[] {
  const breaks: number[] = [];
  let [depth, cases, between, started] = [0, 0, false, false];
  for (const { 0: word, index } of line.matchAll(words)) {
    if (word === ' ' && started) {
      const next = /^[A-Za-z_]*/.exec(line.slice(index + 1))![0];
      if (isBreak({ depth, cases, between, before: line.slice(0, index), next })) breaks.push(index);
      continue;
    }
    started ||= word !== ' ';
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    else if (word === 'CASE') cases += 1;
    else if (word === 'END') cases -= 1;
    else if (word === 'BETWEEN') between = true;
    else if (word === 'AND') between = false;
  }
  return breaks;
}

import { type ChainedLine, hashLine, noHash } from './ledger-line.ts';

/** How many lines there are and the hash of the last, as kept beside them. */
export interface LedgerHead {
  readonly lines: number;
  readonly hash: string;
}

/** What does not agree in a ledger. */
export interface Tampering {
  /** The number of the line; of lines that are gone the first of them. */
  readonly line: number;
  readonly what: 'changed' | 'removed' | 'reordered' | 'added' | 'head';
  readonly message: string;
}

/**
 * Holds a ledger to its chain: lines in the order of their numbers. A line that says something else than when it was written no longer has its hash; one that was taken out leaves a gap in the
 * numbers, or behind the last one a head that counts more; two that changed places have the hash of another place.
 *
 * @example
 * findTampering([], undefined) // []
 */
export function findTampering(lines: readonly ChainedLine[], head: LedgerHead | undefined): readonly Tampering[] {
  const found: Tampering[] = [];
  const hashes = new Set(lines.map(({ hash }) => hash));
  let [expected, previous] = [1, noHash];
  for (const line of lines) {
    const { number } = line;
    if (number < expected) found.push({ line: number, what: 'added', message: `line ${number} stands there twice` });
    else if (number > expected) found.push(removed(expected, number - 1));
    const isWhole = hashLine(line, number, line.previousHash) === line.hash;
    if (!isWhole) found.push(describeBroken(line, hashes));
    else if (number === expected && line.previousHash !== previous)
      found.push({
        line: number,
        what: 'reordered',
        message: `line ${number} does not follow the line that stands before it`,
      });
    [expected, previous] = [Math.max(expected, number + 1), line.hash];
  }
  return [...found, ...judgeHead(lines, expected, previous, head)];
}

function removed(first: number, last: number): Tampering {
  const lines = first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
  return { line: first, what: 'removed', message: `${lines} gone` };
}

/** A line whose own hash was written under another number has changed its place; any other was edited. */
function describeBroken(line: ChainedLine, hashes: ReadonlySet<string>): Tampering {
  const { number, previousHash, hash } = line;
  for (let place = 1; place <= hashes.size + 1; place++)
    if (place !== number && hashLine(line, place, previousHash) === hash)
      return { line: number, what: 'reordered', message: `line ${number} was written as line ${place}` };
  return {
    line: number,
    what: 'changed',
    message: `line ${number} is not what was written: ${line.rows} rows of \`${line.segment}\` by ${line.who}, as it says now`,
  };
}

function judgeHead(
  lines: readonly ChainedLine[],
  next: number,
  last: string,
  head: LedgerHead | undefined,
): readonly Tampering[] {
  if (head === undefined)
    return lines.length === 0 ? [] : [{ line: next, what: 'head', message: 'the count of the lines is gone' }];
  if (head.lines >= next) return [removed(next, head.lines)];
  if (head.lines < next - 1)
    return [{ line: head.lines + 1, what: 'added', message: `line ${head.lines + 1} was not written by an export` }];
  return head.hash === last
    ? []
    : [{ line: head.lines, what: 'changed', message: `line ${head.lines} is not the one that was written last` }];
}

import { lf, quote } from './split-records.ts';

const backslash = 0x5c;
/** Both cases written out: with the flag `i` the search takes twice as long. */
const lenientToken = /[:[,\s-](?:[nN][aA][nN]|[iI][nN][fF])|,\s*[\]}]|\d[eE][+-]?\d{5}/g;
const longDigits = 16;

/** Tells of places in lines of JSON, asked in rising order, whether they lie inside a string: ids hold digits and letters of all kinds. */
function followStrings(lines: Buffer): (at: number) => boolean {
  let here = 0;
  let inside = false;
  return (at) => {
    const line = here + lines.subarray(here, at).lastIndexOf(lf) + 1;
    if (line > here) {
      here = line;
      inside = false;
    }
    for (; here < at; here += 1) {
      const byte = lines[here]!;
      if (byte === quote) inside = !inside;
      else if (byte === backslash && inside) here += 1;
    }
    return inside;
  };
}

/** Something that DuckDB's JSON reader lets pass and jsonb does not: NaN, Infinity, a comma before a bracket, a huge exponent. */
export function hasLenientToken(lines: Buffer): boolean {
  const isInString = followStrings(lines);
  for (const { index } of lines.toString('latin1').matchAll(lenientToken)) if (!isInString(index)) return true;
  return false;
}

/** Digits and points, 16 or more in a row: one of them is then at every sixteenth place. */
export function hasLongNumber(lines: Buffer): boolean {
  const isInString = followStrings(lines);
  for (let at = longDigits - 1; at < lines.length; at += longDigits) {
    if (!isNumeral(lines[at]!)) continue;
    let from = at;
    while (from > 0 && isNumeral(lines[from - 1]!)) from -= 1;
    let to = at + 1;
    while (to < lines.length && isNumeral(lines[to]!)) to += 1;
    if (to - from >= longDigits && !isInString(from)) return true;
  }
  return false;
}

function isNumeral(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e;
}

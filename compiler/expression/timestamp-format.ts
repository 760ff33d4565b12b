/** The patterns of PostgreSQL's to_char that mean one thing in strftime; longest first. */
const patterns: readonly (readonly [string, string])[] = [
  ['IYYY', '%G'],
  ['YYYY', '%Y'],
  ['HH24', '%H'],
  ['DDD', '%j'],
  ['IW', '%V'],
  ['MM', '%m'],
  ['DD', '%d'],
  ['MI', '%M'],
  ['SS', '%S'],
  ['US', '%f'],
];

/** `YYYY-MM` as `%Y-%m`; undefined where a letter stands that is none of the patterns. */
export function timestampFormat(format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  let result = '';
  for (let at = 0; at < format.length; ) {
    const found = patterns.find(([pattern]) => format.startsWith(pattern, at));
    const quoted = /^"([^"\\%]*)"/.exec(format.slice(at));
    if (found) {
      result += found[1];
      at += found[0].length;
    } else if (quoted) {
      result += quoted[1];
      at += quoted[0].length;
    } else if (/[-/ :.,_]/.test(format[at]!)) {
      result += format[at];
      at += 1;
    } else return undefined;
  }
  return result;
}

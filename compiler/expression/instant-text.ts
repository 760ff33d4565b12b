const iso = /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\s*$/i;

/** An ISO instant in the one spelling that every engine reads: `2025-01-01 10:00:00+00`; undefined for another text. */
export function normaliseInstant(text: string): string | undefined {
  const found = iso.exec(text);
  if (!found) return undefined;
  const [, day, minutes, seconds = ':00', zone = ''] = found;
  if (minutes === undefined) return day;
  const offset = /^z$/i.test(zone) ? '+00' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return `${day} ${minutes}${seconds}${offset}`;
}

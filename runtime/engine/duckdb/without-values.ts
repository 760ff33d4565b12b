const types =
  'Conversion,Constraint,Out of Range,Invalid Input,Mismatch Type,Invalid Type,Not implemented,Serialization';
const aboutValues = new Set(types.split(','));

/** Errors about what stands in rows; the words of others hold names of the author's. */
export function isAboutValues(type: string): boolean {
  return aboutValues.has(type);
}

const cast = '(?: when casting from source column (?<column>[A-Za-z0-9_]+))?';

/**
 * What DuckDB says of a value, by how it begins, and what is passed on. Only named groups that cannot hold a value are taken over: DuckDB quotes values as they are, with
 * quotes of their own and over several lines, so that no rule says where one ends.
 */
const sayings: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(`^Could not convert string [^]* to (?<type>[A-Z][A-Z0-9_]*(?:\\([0-9,]+\\))?)${cast}$`),
    'a text is no $type',
  ],
  [new RegExp(`^invalid (?<type>date|time|timestamp) field format: [^]*?${cast}$`), 'a text is no $type'],
  [/^(?<type>date|time|timestamp) field value out of range: /, 'a text is no $type'],
  [new RegExp(`^Malformed JSON at byte [0-9]+ of input: [a-z ]+\\. [^]*?${cast}$`), 'a text is not JSON'],
  [/^Malformed JSON in file "[^"\n]*", at byte [0-9]+ in [a-z/]+ [0-9]+: [a-z ]+/, '$0'],
  [/^Could not parse string /, 'a text does not have the format that is asked for'],
  [/^Unknown TimeZone /, 'a value is no time zone'],
  [/^extract specifier /, 'a value is no part of a date'],
  [/^Type (?<type>[A-Z0-9]+) with value /, 'a value of type $type does not fit the type that it is cast to'],
  [/^Overflow in (?<what>[a-z]+) of (?<type>[A-Z0-9]+) \(/, 'overflow in $what of $type'],
  [/^Casting value |^Could not cast value /, 'a number does not fit the decimal that it is cast to'],
  [/^Cannot create a string of size/, 'a text would be too long'],
  [/^(Date|Timestamp|Time) out of range/, 'a time is out of range'],
  [/^More than one row returned by a subquery used as an expression/, '$0'],
  [/^cannot take (logarithm|square root) of [a-z ]+$/, '$0'],
  [/^(NOT NULL) constraint failed: [A-Za-z0-9_.]+$/, '$0'],
  [/^(Duplicate key|PRIMARY KEY or UNIQUE constraint viol)/, 'a key is there twice'],
  [/^No magic bytes found at end of file/, '$0'],
];

/** The words of an error without what may have stood in a row. */
export function withoutValues(type: string, message: string): string {
  for (const [pattern, said] of sayings) {
    const match = pattern.exec(message);
    if (!match) continue;
    const words = said
      .replace('$0', () => match[0])
      .replace(/\$(\w+)/g, (_, name: string) => match.groups?.[name] ?? '');
    const column = match.groups?.column;
    return column === undefined ? words : `${words}: column ${column}`;
  }
  return `a value is refused (${type}); the engine's own words may quote it and are left out`;
}

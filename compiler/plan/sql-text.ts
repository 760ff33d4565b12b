/** Quotes an identifier of canonical SQL where it is not a plain lower-case name; the deparser quotes reserved words again. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal of canonical SQL. */
export function textLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A value as a literal of canonical SQL. */
export function valueLiteral(value: string | number | boolean | null): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return textLiteral(value);
  return String(value);
}

/** The types of the language: `text integer decimal(p,s) double boolean date timestamp json`. */
export type ColumnType =
  | { readonly name: 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'timestamp' | 'json' }
  | { readonly name: 'decimal'; readonly precision: number; readonly scale: number };

export type TypeName = ColumnType['name'];

/** `decimal(12,2)`, `text` … as the language writes it. */
export function formatType(type: ColumnType): string {
  return type.name === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.name;
}

/** The type a text names, or undefined. Precision is 1 to 38, scale 0 to precision. */
export function parseType(text: string): ColumnType | undefined {
  const trimmed = text.trim();
  const decimal = /^decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/.exec(trimmed);
  if (decimal) {
    const precision = Number(decimal[1]);
    const scale = Number(decimal[2]);
    return precision >= 1 && precision <= 38 && scale <= precision ? { name: 'decimal', precision, scale } : undefined;
  }
  switch (trimmed) {
    case 'text':
    case 'integer':
    case 'double':
    case 'boolean':
    case 'date':
    case 'timestamp':
    case 'json':
      return { name: trimmed };
    default:
      return undefined;
  }
}

export function sameType(a: ColumnType, b: ColumnType): boolean {
  return formatType(a) === formatType(b);
}

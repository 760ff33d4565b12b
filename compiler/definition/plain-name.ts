const namePattern = /^[a-z][a-z0-9_]{0,62}$/;

export function isPlainName(name: string): boolean {
  return namePattern.test(name);
}

/** A name of the language for what somebody else has called otherwise: `Order ID` → `order_id`; undefined where no letter is left. */
export function suggestPlainName(name: string): string | undefined {
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .replace(/_+$/, '')
    .slice(0, 63);
  return isPlainName(better) ? better : undefined;
}

/** The line of a raw model that reads a column under another name. */
export function columnLine(name: string, type: string, from: string): string {
  const written = type.includes(',') ? JSON.stringify(type) : type;
  return `${name}: {type: ${written}, from: ${JSON.stringify(from)}}`;
}

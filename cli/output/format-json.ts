/** A document for machines: bigint as a number where it is exact, else as text. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, replaceBigint, 2)}\n`;
}

/** One NDJSON line. */
export function formatJsonLine(value: unknown): string {
  return `${JSON.stringify(value, replaceBigint)}\n`;
}

function replaceBigint(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : String(value);
}

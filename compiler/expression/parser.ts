import type { Node } from '@pgsql/types';
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';

/** Loads the grammar (WASM, about 10 ms). To be awaited once before anything of this room is called. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

export type ParseOutcome =
  | { readonly ok: true; readonly statements: readonly Node[] }
  | { readonly ok: false; readonly message: string; readonly at: number };

/** PostgreSQL's own parse. Every `location` in the trees, and `at`, is a UTF-16 unit of `sql`, less `lead`. */
export function parseStatements(sql: string, lead = 0): ParseOutcome {
  const key = `${lead} ${sql}`;
  const known = recent.get(key);
  if (known) return known;
  const outcome = parseOnce(sql, lead);
  if (recent.size >= mostRecent) recent.clear();
  recent.set(key, outcome);
  return outcome;
}

/** The same text is parsed again and again: a column by its name in many models, a plan for each engine. Trees are never changed, so that they can be shared. */
const recent = new Map<string, ParseOutcome>();
const mostRecent = 5_000;

function parseOnce(sql: string, lead: number): ParseOutcome {
  if (sql.trim() === '') return { ok: false, message: 'the SQL is empty', at: 0 };
  try {
    const result = parseSync(sql);
    const statements = (result.stmts ?? []).flatMap((raw) => (raw.stmt ? [raw.stmt] : []));
    if (statements.length === 0) return { ok: false, message: 'the SQL is empty', at: 0 };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether bytes and units are the same.
    const units = /[^\x00-\x7f]/.test(sql) ? unitsOfBytes(sql) : undefined;
    if (units || lead > 0) moveLocations(statements, units, lead);
    return { ok: true, statements };
  } catch (error) {
    if (!hasSqlDetails(error) || !error.sqlDetails) throw error;
    const { message, cursorPosition } = error.sqlDetails;
    return { ok: false, message, at: Math.max(unitOfCodePoint(sql, cursorPosition) - lead, 0) };
  }
}

/** libpg-query reports places in trees in UTF-8 bytes, and those of errors in code points. */
function unitOfCodePoint(sql: string, points: number): number {
  let unit = 0;
  for (let i = 0; i < points && unit < sql.length; i++) unit += sql.codePointAt(unit)! > 0xffff ? 2 : 1;
  return unit;
}

function unitsOfBytes(sql: string): Int32Array {
  const units = new Int32Array(Buffer.byteLength(sql) + 1);
  let byte = 0;
  for (let unit = 0; unit < sql.length; unit++) {
    const point = sql.codePointAt(unit)!;
    const bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    units.fill(unit, byte, byte + bytes);
    byte += bytes;
    if (point > 0xffff) unit++;
  }
  units[byte] = sql.length;
  return units;
}

const placeKeys = new Set(['location', 'name_location']);

function moveLocations(value: unknown, units: Int32Array | undefined, lead: number): void {
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const item = record[key];
    if (typeof item === 'number') {
      if (placeKeys.has(key) && item > 0) record[key] = Math.max((units?.[item] ?? item) - lead, 0);
    } else moveLocations(item, units, lead);
  }
}

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSources, type Source, type Story } from './create-sources.ts';
import { dayOf, formatDay, parseDay } from './instant.ts';
import type { Row } from './row.ts';
import { standardDays } from './users.ts';

export interface StorefrontOptions extends Partial<Story> {
  /** The folder that gets a folder for each source, and in it a file for each day on which something arrived. */
  readonly out: string;
}

export interface StorefrontSummary {
  readonly files: number;
  /** Lines written by source, headers not counted. */
  readonly rows: Readonly<Record<string, number>>;
}

export const standardStory: Story = { seed: 1, users: 3000, days: standardDays };

/**
 * Writes the sample data of the storefront: `events/2025-01-01.jsonl`, `orders/2025-01-01.csv` … A file that is there already with the same bytes is left alone;
 * daily files of a longer story in the same folders are removed.
 *
 * @example writeStorefront({ out: 'data', days: 30, users: 300 })
 */
export function writeStorefront({ out, ...story }: StorefrontOptions): StorefrontSummary {
  const { days, ...rest } = { ...standardStory, ...story };
  const rows: Record<string, number> = {};
  let files = 0;
  for (const source of createSources({ ...rest, days })) {
    const folder = join(out, source.name);
    mkdirSync(folder, { recursive: true });
    const batches = groupByDay(source.rows, days);
    const names = new Set<string>();
    rows[source.name] = 0;
    for (const [d, batch] of batches) {
      const name = `${formatDay(d)}.${source.header === undefined ? 'jsonl' : 'csv'}`;
      names.add(name);
      rows[source.name]! += batch.length;
      writeIfChanged(join(folder, name), formatBatch(source, batch));
    }
    removeOthers(folder, names);
    files += names.size;
  }
  return { files, rows };
}

/** How many days of the story stand in a folder; of its own length where there is none. */
export function countDays(out: string): number {
  try {
    const days = readdirSync(join(out, 'events')).flatMap((name) => /^(\d{4}-\d\d-\d\d)\.jsonl$/.exec(name)?.[1] ?? []);
    const last = days.sort().at(-1);
    return last === undefined ? 0 : parseDay(last) + 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Batches by the day on which their rows arrived; what arrives after the last day is not there yet. */
function groupByDay(rows: readonly Row[], days: number): ReadonlyMap<number, readonly Row[]> {
  const batches = new Map<number, Row[]>();
  for (const row of rows) {
    const d = dayOf(row.arrivedAt);
    if (d < 0 || d >= days) continue;
    const batch = batches.get(d);
    if (batch === undefined) batches.set(d, [row]);
    else batch.push(row);
  }
  for (const batch of batches.values()) batch.sort(compareRows);
  return batches;
}

/** By code units, never by locale. */
function compareRows(a: Row, b: Row): number {
  if (a.arrivedAt !== b.arrivedAt) return a.arrivedAt - b.arrivedAt;
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.line < b.line ? -1 : a.line > b.line ? 1 : 0;
}

function formatBatch(source: Source, batch: readonly Row[]): string {
  const lines = batch.map((row) => row.line);
  return `${(source.header === undefined ? lines : [source.header, ...lines]).join('\n')}\n`;
}

function writeIfChanged(path: string, text: string): void {
  const bytes = Buffer.from(text);
  try {
    if (readFileSync(path).equals(bytes)) return;
  } catch {
    // Not there yet.
  }
  writeFileSync(path, bytes);
}

function removeOthers(folder: string, names: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    if (/^\d{4}-\d\d-\d\d\.(csv|jsonl)$/.test(name) && !names.has(name)) rmSync(join(folder, name));
  }
}

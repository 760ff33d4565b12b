import { type ManifestModel, qualify } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { inTables, rejectedName } from '../run/target-names.ts';
import type { CurrentVersion, LoadedFileRecord } from '../state/records.ts';
import { countRows, type Finding, listNames } from './finding.ts';
import { findEntry, type Standing } from './standing.ts';

/** What a raw table holds of a file. */
export interface HeldFile {
  readonly rows: number;
  readonly rejected: number;
  /** The load that brought its rows. */
  readonly batch: number;
}

/** By the name of the file. */
export async function readHeldFiles(session: Session, relation: string): Promise<ReadonlyMap<string, HeldFile>> {
  const table = inTables(relation);
  const perFile = async (name: string) =>
    (await session.execute(`select _file, count(*), max(_batch) from ${name} group by _file`)).rows;
  const held = new Map<string, HeldFile>();
  for (const [file, rows, batch] of await perFile(qualify(table))) {
    held.set(String(file), { rows: Number(rows), rejected: 0, batch: Number(batch) });
  }
  for (const [file, rejected, batch] of await perFile(qualify(rejectedName(table)))) {
    const before = held.get(String(file)) ?? { rows: 0, rejected: 0, batch: 0 };
    held.set(String(file), { ...before, rejected: Number(rejected), batch: Math.max(before.batch, Number(batch)) });
  }
  return held;
}

/** Do the marks of loaded files account for the rows of a source's table? */
export async function checkFiles(
  standing: Standing,
  model: ManifestModel,
  version: CurrentVersion,
): Promise<readonly Finding[]> {
  const table = inTables(version.relation);
  if (findEntry(standing, table) === undefined || findEntry(standing, rejectedName(table)) === undefined) return [];
  const marks = standing.snapshot.files.filter((file) => file.model === model.name);
  return compareMarks(model.name, marks, await readHeldFiles(standing.engine, version.relation));
}

export function compareMarks(
  model: string,
  marks: readonly LoadedFileRecord[],
  held: ReadonlyMap<string, HeldFile>,
): readonly Finding[] {
  const mend = '`etalon state adopt` reads the files again and marks those whose rows are there';
  const at = { kind: 'finding', what: 'files', model, mend } as const;
  const findings: Finding[] = [];
  const marked = new Set(marks.map((mark) => mark.path));
  const unmarked = [...held.keys()].filter((file) => !marked.has(file)).sort();
  if (unmarked.length > 0) {
    const rows = unmarked.reduce((sum, file) => sum + held.get(file)!.rows + held.get(file)!.rejected, 0);
    const message = `${countRows(rows)} of ${listNames(unmarked)}, which ${unmarked.length === 1 ? 'is' : 'are'} not marked as loaded`;
    findings.push({ ...at, message });
  }
  const empty = marks.filter((mark) => mark.rows + mark.rejected > 0 && !held.has(mark.path));
  if (empty.length > 0) {
    const message = `${listNames(empty.map((mark) => mark.path))} ${empty.length === 1 ? 'is' : 'are'} marked as loaded, and no row is from there`;
    findings.push({ ...at, message });
  }
  const other = marks.flatMap((mark) => {
    const found = held.get(mark.path);
    if (found === undefined || (found.rows === mark.rows && found.rejected === mark.rejected)) return [];
    return [`\`${mark.path}\` has ${describe(found)}, marked are ${describe(mark)}`];
  });
  if (other.length > 0) {
    const more = other.length > 3 ? `; and ${other.length - 3} more files` : '';
    findings.push({ ...at, message: `${other.slice(0, 3).join('; ')}${more}` });
  }
  return findings;
}

function describe({ rows, rejected }: Pick<HeldFile, 'rows' | 'rejected'>): string {
  return rejected === 0 ? countRows(rows) : `${countRows(rows)} and ${rejected} rejected`;
}

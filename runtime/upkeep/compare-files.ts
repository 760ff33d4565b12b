import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type ManifestModel, qualify, quoteIdentifier } from '../../compiler/index.ts';
import type { Engine, FileLoad, Session } from '../engine/engine.ts';
import { rawColumn } from '../run/load-files.ts';
import { inTables, rejectedName, scratchName } from '../run/target-names.ts';

/** A file of a source, read again, against the rows that its table holds of it. */
export interface ComparedFile {
  readonly name: string;
  /** What it gives now. */
  readonly rows: number;
  readonly rejected: number;
  /** Rows, good and rejected, that the file gives and the table has not, and the other way round. */
  readonly missing: number;
  readonly extra: number;
}

/** Carries the answer out of a transaction that is to be rolled back. */
class Compared extends Error {
  readonly files: readonly ComparedFile[];
  constructor(files: readonly ComparedFile[]) {
    super('compared');
    this.files = files;
  }
}

/** Reads files as a load would, into tables that are gone before anybody could see them, and compares with what stands. */
export async function compareFiles(
  engine: Engine,
  model: ManifestModel,
  relation: string,
  folder: string,
  names: readonly string[],
  at: string,
): Promise<readonly ComparedFile[]> {
  if (names.length === 0) return [];
  const standing = inTables(relation);
  const into = scratchName(standing, 'rows', 0);
  const load: FileLoad = {
    into,
    rejectedInto: rejectedName(into),
    format: model.source!.format ?? 'csv',
    ...(model.source!.delimiter === undefined ? {} : { delimiter: model.source!.delimiter }),
    columns: model.columns.map(rawColumn),
    files: names.map((name) => ({ name, path: join(realpathSync(folder), name) })),
    batch: 0,
    loadedAt: at,
  };
  try {
    return await engine.transaction(async (session): Promise<never> => {
      await engine.createRawTables(session, load);
      const { perFile } = await engine.load(session, load);
      const columns = [...model.columns.map(({ name }) => name), '_file', '_line'];
      const good = await countDifferences(session, qualify(standing), qualify(into), columns);
      const rejected = await countDifferences(session, qualify(rejectedName(standing)), qualify(rejectedName(into)), [
        '_file',
        '_line',
        'reason',
        'row',
      ]);
      throw new Compared(
        perFile.map((file) => ({
          ...file,
          missing: (good.missing.get(file.name) ?? 0) + (rejected.missing.get(file.name) ?? 0),
          extra: (good.extra.get(file.name) ?? 0) + (rejected.extra.get(file.name) ?? 0),
        })),
      );
    });
  } catch (error) {
    if (error instanceof Compared) return error.files;
    throw error;
  }
}

interface Differences {
  readonly missing: ReadonlyMap<string, number>;
  readonly extra: ReadonlyMap<string, number>;
}

/** By file. Rows of files that were not read again count as extra; nobody asks for them. */
async function countDifferences(
  session: Session,
  standing: string,
  read: string,
  columns: readonly string[],
): Promise<Differences> {
  const list = columns.map(quoteIdentifier).join(', ');
  const count = async (one: string, other: string) => {
    const found = await session.execute(
      `select _file, count(*) from (select ${list} from ${one} except all select ${list} from ${other}) as d group by _file`,
    );
    return new Map(found.rows.map(([file, rows]) => [String(file), Number(rows)]));
  };
  return { missing: await count(read, standing), extra: await count(standing, read) };
}

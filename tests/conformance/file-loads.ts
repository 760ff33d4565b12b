import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type CsvDelimiter, type FileFormat, parseType, type Value } from '../../compiler/index.ts';
import type { Engine, FileToLoad, FoundColumns, LoadResult, RawColumn } from '../../runtime/engine/engine.ts';
import type { TestTarget } from '../support/engines.ts';

export const loadedAt = '2025-06-01T00:00:00Z';

export function column(name: string, type: string, more: Partial<RawColumn> = {}): RawColumn {
  return { name, type: parseType(type)!, required: false, ...more };
}

export const id = column('id', 'integer', { required: true });

type Rows = readonly (readonly Value[])[];

/** Loads of files into an engine, each test's into a raw table of its own. */
export interface FileLoads {
  /** Known once the tests run. */
  readonly engine: Engine;
  readonly folder: string;
  /** The table's number: the rows are in `raw.t1`, `raw.t2` … */
  readonly table: number;
  nextTable(): void;
  write(name: string, content: string | Buffer): FileToLoad;
  load(
    format: FileFormat,
    columns: readonly RawColumn[],
    files: readonly FileToLoad[],
    batch?: number,
    delimiter?: CsvDelimiter,
  ): Promise<Pick<LoadResult, 'perFile'>>;
  /** What was found of the columns of files, with those that are known already. */
  find(
    format: FileFormat,
    columns: readonly RawColumn[],
    files: readonly FileToLoad[],
    known?: readonly string[],
  ): Promise<FoundColumns>;
  /** Several loads in one transaction. */
  loadEach(
    format: FileFormat,
    columns: readonly RawColumn[],
    loads: readonly (readonly FileToLoad[])[],
    batch?: number,
    delimiter?: CsvDelimiter,
  ): Promise<Pick<LoadResult, 'perFile'>>;
  /** Rows in the order in which they stand in their files; `which` may be `__rejected`. */
  read(columns: string, which?: string): Promise<Rows>;
  reasons(): Promise<Rows>;
}

/** To be called in a `describe`: opens the engine before its tests and drops it after them. */
export function useFileLoads(prepare: () => Promise<TestTarget>): FileLoads {
  let target: TestTarget;
  let engine: Engine;
  let folder: string;
  let table = 0;
  beforeAll(async () => {
    target = await prepare();
    engine = await target.open();
    folder = mkdtempSync(join(tmpdir(), 'etalon-files-'));
  });
  beforeEach(() => {
    table += 1;
  });
  afterAll(async () => {
    await target.drop();
    rmSync(folder, { recursive: true, force: true });
  });
  const loads: FileLoads = {
    get engine() {
      return engine;
    },
    get folder() {
      return folder;
    },
    get table() {
      return table;
    },
    nextTable() {
      table += 1;
    },
    write(name, content) {
      const path = join(folder, `${table}-${name}`);
      writeFileSync(path, content);
      return { path, name: `data/${name}` };
    },
    load: (format, columns, files, batch, delimiter) => loads.loadEach(format, columns, [files], batch, delimiter),
    loadEach(format, columns, each, batch = 1, delimiter) {
      const base = {
        into: { schema: 'raw', table: `t${table}` },
        rejectedInto: { schema: 'raw', table: `t${table}__rejected` },
        format,
        columns,
        ...(delimiter === undefined ? {} : { delimiter }),
      };
      return engine.transaction(async (session) => {
        await engine.createRawTables(session, base);
        const perFile = [];
        for (const files of each)
          perFile.push(...(await engine.load(session, { ...base, files, batch, loadedAt })).perFile);
        return { perFile };
      });
    },
    find(format, columns, files, known = []) {
      const into = { schema: 'raw', table: `t${table}` };
      const rejectedInto = { schema: 'raw', table: `t${table}__rejected` };
      const load = { into, rejectedInto, format, columns, files, batch: 1, loadedAt, known };
      return engine.transaction(async (session) => {
        await engine.createRawTables(session, load);
        return (await engine.load(session, load)).found;
      });
    },
    read: async (columns, which = '') =>
      (await engine.execute(`select ${columns} from raw.t${table}${which} order by _file, _line`)).rows,
    reasons: () => loads.read('_line, reason', '__rejected'),
  };
  return loads;
}

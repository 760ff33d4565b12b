import { type ColumnType, parseType } from '../../../compiler/index.ts';
import type { FileLoad, FoundColumns, OtherColumn, Session } from '../engine.ts';
import { quoteText } from '../quote-name.ts';
import { nameInFile } from '../raw-columns.ts';
import { guessType } from './guess-type.ts';
import type { Portion } from './portions.ts';
import type { ToldColumns } from './source-rows.ts';

/** A source with more columns than these that nobody declared has names that are values. */
export const mostOthers = 100;

/** So many rows tell the type of a column. */
const rowsForType = 1_000;
/** So many rows of a portion of JSON lines are asked for their keys: a look at all of them would take as long as loading them. */
const rowsForKeys = 20_000;
/** An address is no name, and what is longer than this is none either. */
const longestKey = 64;

type Other = OtherColumn & { readonly place: number };

/** Gathers, while files are loaded, what their columns are. */
export class ColumnFinder {
  readonly #load: FileLoad;
  readonly #places: ReadonlyMap<string, number>;
  /** By file: what it tells of its columns. */
  readonly #told = new Map<string, ToldColumns>();
  readonly #others = new Map<string, Other>();
  readonly #passed: ReadonlySet<string>;
  readonly #read: number[];
  readonly #refused: number[];

  constructor(load: FileLoad) {
    this.#load = load;
    this.#places = new Map(load.files.map(({ name }, index) => [name, index]));
    this.#passed = new Set([...load.columns.map(nameInFile), ...(load.known ?? [])]);
    this.#read = load.columns.map(() => 0);
    this.#refused = load.columns.map(() => 0);
  }

  /** Before or after its rows are read: only its first rows are looked at. */
  async look(session: Session, { source, parts }: Portion): Promise<void> {
    const [first] = parts;
    if (first === undefined) return;
    if (source.columns === undefined) return this.#lookForKeys(session, { source, parts });
    for (const { file } of parts) this.#told.set(file.name, source.columns);
    const place = this.#places.get(first.file.name) ?? 0;
    const others = source.columns.others.filter(({ name }) => this.#isNew(name, place));
    const types = await guessTypes(
      session,
      source.from,
      others.flatMap(({ text }) => text ?? []),
    );
    for (const { name, type } of others) {
      this.#add({ name, type: type ?? types.shift() ?? { name: 'text' }, file: first.file.name, place });
    }
  }

  async #lookForKeys(session: Session, { source, parts }: Portion): Promise<void> {
    const rows = `select *, row_number() over () as place from (${source.from}) limit ${rowsForKeys}`;
    const { rows: keys } = await session.execute(
      `select key, min(place) from (select unnest(json_keys(value)) as key, place from (${rows}) where good)
       where length(key) between 1 and ${longestKey} and not contains(key, '@') group by key order by 2, 1`,
    );
    const found = keys.map(([key, row]) => ({ name: String(key), file: fileOf(parts, Number(row)) }));
    const others = found.filter(({ name, file }) => this.#isNew(name, this.#places.get(file) ?? 0));
    const room = others.slice(0, mostOthers);
    const pointers = room.map(({ name }) => quoteText(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`));
    const plain = `select value from (${rows}) where good limit ${rowsForType}`;
    const types = await guessJsonTypes(session, plain, pointers);
    for (const [index, { name, file }] of room.entries()) {
      this.#add({ name, type: types[index]!, file, place: this.#places.get(file) ?? 0 });
    }
  }

  #isNew(name: string, place: number): boolean {
    const known = this.#others.get(name);
    return name !== '' && !this.#passed.has(name) && (known === undefined || known.place > place);
  }

  #add(other: Other): void {
    const known = this.#others.get(other.name);
    if (known === undefined && this.#others.size >= mostOthers) return;
    this.#others.set(other.name, known === undefined ? other : { ...known, file: other.file, place: other.place });
  }

  /** Of the rows that stand in the stage: in how many each declared column could be read. `refusals` yields, by column, SQL of whether it was refused. */
  async count(session: Session, stage: string, refusals: readonly string[] | undefined): Promise<void> {
    const read = this.#read.map((_, index) => `count(c${index})`);
    const refused = refusals?.map((rule) => `count(*) filter (where ${rule})`) ?? [];
    if (read.length === 0) return;
    const { rows } = await session.execute(`select ${[...read, ...refused].join(', ')} from ${stage}`);
    const counts = (rows[0] ?? []).map(Number);
    for (const index of this.#read.keys()) {
      this.#read[index]! += counts[index] ?? 0;
      this.#refused[index]! += counts[this.#read.length + index] ?? 0;
    }
  }

  result(): FoundColumns {
    const files = this.#load.files.map(({ name }) => name).filter((name) => this.#told.has(name));
    const isCsv = this.#load.format === 'csv';
    const last = this.#told.get(files.at(-1) ?? '')?.names;
    const others = [...this.#others.values()].sort((a, b) => a.place - b.place);
    return {
      files,
      empty: isCsv ? this.#load.files.map(({ name }) => name).filter((name) => !this.#told.has(name)) : [],
      ...(last === undefined ? {} : { last }),
      declared: this.#load.columns.map(({ name }, index) => ({
        name,
        absentIn: files.filter((file) => this.#told.get(file)!.absent.includes(name)),
        read: this.#read[index]!,
        refused: this.#refused[index]!,
      })),
      others: others.map(({ name, type, file }) => ({ name, type, file })),
    };
  }
}

/** The file that the row of a portion is of, counted from 1. */
function fileOf(parts: Portion['parts'], row: number): string {
  let last = 0;
  for (const { file, rows } of parts) {
    last += rows;
    if (row <= last) return file.name;
  }
  return parts.at(-1)!.file.name;
}

async function guessTypes(session: Session, from: string, texts: readonly string[]): Promise<ColumnType[]> {
  if (texts.length === 0) return [];
  const guesses = texts.map((text) => guessType(text)).join(', ');
  const { rows } = await session.execute(`select ${guesses} from (select * from (${from}) limit ${rowsForType})`);
  return (rows[0] ?? []).map((type) => parseType(String(type)) ?? { name: 'text' });
}

async function guessJsonTypes(
  session: Session,
  from: string,
  pointers: readonly string[],
): Promise<readonly ColumnType[]> {
  if (pointers.length === 0) return [];
  const values = pointers.flatMap((pointer, index) => [
    `nullif(json_extract_string(value, ${pointer}), 'null') as v${index}`,
    `json_type(value, ${pointer}) as j${index}`,
  ]);
  const guesses = pointers.map((_, index) =>
    guessType(`v${index}`, `not coalesce(bool_or(j${index} = 'VARCHAR'), false)`),
  );
  const { rows } = await session.execute(
    `select ${guesses.join(', ')} from (select ${values.join(', ')} from (${from}))`,
  );
  return (rows[0] ?? []).map((type) => parseType(String(type)) ?? { name: 'text' });
}

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Engine } from '../../../runtime/engine/engine.ts';
import type { News, Payment, Row } from './history.ts';
import type { Definitions, GuardName } from './history-manifest.ts';

type SourceName = 'events' | 'users';

/** What there is around a target: files, a table of somebody else's, and what the project says today. */
export interface HistoryWorld {
  readonly folder: string;
  readonly definitions: () => Definitions;
  readonly armed: () => readonly GuardName[];
  readonly now: () => string;
  /** A day goes by. */
  readonly nextDay: () => void;
  /** All tests that hold back are switched off. */
  readonly disarm: () => void;
  readonly happen: (engine: Engine, news: News) => Promise<void>;
  /** A run has seen all that is there. */
  readonly settle: () => void;
  /** The rows that a source must hold once its files are loaded, and how many of them cannot be read. */
  readonly rowsOf: (source: SourceName) => { readonly rows: readonly Row[]; readonly rejected: number };
  readonly remove: () => void;
}

/** In memory where there is such a place: a hundredth of a second less for each history. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function createWorld(engine: Engine): Promise<HistoryWorld> {
  await engine.execute('create schema app');
  await engine.execute(
    'create table app.payments (id bigint, user_id bigint, "at" timestamptz, amount decimal(10,2), seen timestamptz)',
  );
  const folder = mkdtempSync(join(scratch, 'etalon-history-'));
  const files = createFiles(folder);
  let definitions: Definitions = { floor: 0, by: 'day', wide: false };
  let armed: readonly GuardName[] = [];
  let day = 0;
  const now = () => new Date(Date.UTC(2025, 5, 1 + day)).toISOString();
  return {
    folder,
    definitions: () => definitions,
    armed: () => armed,
    now,
    nextDay: () => {
      day += 1;
    },
    disarm: () => {
      armed = [];
    },
    happen: async (target, news) => {
      if (news.kind === 'define') definitions = news.definitions;
      else if (news.kind === 'guard') armed = news.armed;
      else if (news.kind === 'file') files.write(news.source, news.file, news.rows);
      else if (news.kind === 'copy') files.copy(news.source, news.file, news.to);
      else if (news.kind === 'move') files.move(news.source, news.file, news.to);
      else await target.execute(paymentSql(news, now()));
    },
    settle: files.settle,
    rowsOf: files.rowsOf,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Each number is a file, whatever its name is now: a file that was moved gets another content under its new name. */
function createFiles(folder: string) {
  interface Known {
    readonly name: string;
    readonly rows: readonly Row[];
  }
  const contents: Readonly<Record<SourceName, Map<number, Known>>> = { events: new Map(), users: new Map() };
  const pathOf = (source: SourceName, name: string) => join(folder, `data/${source}/${name}.csv`);
  // What a move means hangs on what was loaded before it, which only a run knows that came to its end: till then a file is written or moved, not both.
  const written = new Set<string>();
  const moved = new Set<string>();
  let moves = 0;
  const write = (source: SourceName, file: number, rows: readonly Row[]): void => {
    const name = contents[source].get(file)?.name ?? String(file);
    const path = pathOf(source, name);
    if (moved.has(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, csvOf(source, rows));
    written.add(path);
    contents[source].set(file, { name, rows });
  };
  return {
    write,
    copy: (source: SourceName, file: number, to: number): void => {
      const known = contents[source].get(file);
      if (known !== undefined) write(source, to, known.rows);
    },
    move: (source: SourceName, file: number, other: number): void => {
      const [one, two] = [contents[source].get(file), contents[source].get(other)];
      const touched = (known: Known) =>
        written.has(pathOf(source, known.name)) || moved.has(pathOf(source, known.name));
      if (one === undefined || touched(one)) return;
      const swapped = two !== undefined && file !== other && !touched(two) ? two : undefined;
      moves += 1;
      const name = swapped?.name ?? `moved-${moves}`;
      renameSync(pathOf(source, one.name), join(folder, 'aside'));
      if (swapped) renameSync(pathOf(source, swapped.name), pathOf(source, one.name));
      renameSync(join(folder, 'aside'), pathOf(source, name));
      contents[source].set(file, { ...one, name });
      if (swapped) contents[source].set(other, { ...swapped, name: one.name });
      for (const path of [one.name, name]) moved.add(pathOf(source, path));
    },
    settle: (): void => {
      written.clear();
      moved.clear();
    },
    rowsOf: (source: SourceName) => {
      const all = [...contents[source].values()].flatMap((known) => known.rows);
      const rows = all.filter(([first]) => first !== unreadable);
      return { rows, rejected: all.length - rows.length };
    },
  };
}

function paymentSql(news: Extract<News, { kind: 'pay' | 'correct' | 'withdraw' }>, now: string): string {
  const stamp = `timestamptz '${now}'`;
  if (news.kind === 'withdraw') return `delete from app.payments where id = ${news.id}`;
  if (news.kind === 'correct') {
    const { user, at, amount } = cellsOf(news.payment);
    return `update app.payments set user_id = ${user}, "at" = ${at}, amount = ${amount}, seen = ${stamp} - interval '${news.payment.late} hours' where id = ${news.payment.id}`;
  }
  const rows = news.rows.map((payment) => {
    const { user, at, amount } = cellsOf(payment);
    const seen = payment.late === null ? 'null' : `${stamp} - interval '${payment.late} hours'`;
    return `(${payment.id}, ${user}, ${at}, ${amount}, ${seen})`;
  });
  return `insert into app.payments values ${rows.join(', ')}`;
}

function cellsOf({ user, half, amount }: Payment): Readonly<Record<'user' | 'at' | 'amount', string>> {
  const at = half === null ? 'null' : `timestamptz '${instantOf(half)}'`;
  return { user: String(user), at, amount: amount.toFixed(2) };
}

/** Twelve hours apart, so that two share a day. */
export function instantOf(half: number): string {
  return new Date(Date.UTC(2025, 0, 1) + half * 12 * 3_600_000).toISOString();
}

/** In the first cell of a row: a text where a number should be. */
const unreadable = -1;

function csvOf(source: SourceName, rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const [id, second, third, ...rest] = row.map((cell) => cell ?? '');
    const first = id === unreadable ? 'unreadable' : id;
    const cells =
      source === 'users'
        ? [first, second === '' ? '' : `team${second}`, third]
        : [first, second, third === '' ? '' : instantOf(Number(third)), ...rest];
    return cells.join(',');
  });
  return [source === 'users' ? 'user_id,team,seen' : 'id,user_id,at,v,seen', ...lines, ''].join('\n');
}

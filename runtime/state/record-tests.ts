import type { Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { instant, orNull, type RunHandle } from './record.ts';
import type { TestRecord } from './records.ts';
import { buildsToText, statement } from './rows.ts';

/** Many rows in one statement: a statement costs a millisecond or two, whatever it holds. */
const rowsPerStatement = 100;

function chunk<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / rowsPerStatement) }, (_, index) =>
    items.slice(index * rowsPerStatement, (index + 1) * rowsPerStatement),
  );
}

const testColumns =
  'run, run_number, test, model, severity, max_rows, max_share, status, tested, failing, message, seconds, recorded_at, check_hash, inputs';
/** What cannot be told from a null. */
const testTypes: Readonly<Record<number, string>> = {
  1: 'bigint',
  5: 'bigint',
  6: 'double precision',
  8: 'bigint',
  9: 'bigint',
  11: 'double precision',
  12: 'timestamptz',
};

/** Verdicts of tests and what is kept of their failing rows. */
export async function recordTests(
  session: Session,
  run: RunHandle,
  records: readonly TestRecord[],
  at: string,
): Promise<void> {
  for (const part of chunk(records)) {
    const rows = part.map((record) => {
      const values = testValues(run, record, at);
      const places = values.map((_, index) => `cast($${index + 1} as ${testTypes[index] ?? 'text'})`);
      return statement(`(${places.join(', ')})`, ...values);
    });
    await session.execute(`insert into etalon_state.test_results (${testColumns}) values ${rows.join(', ')}`);
  }
  for (const record of records) await recordFailures(session, run, record, at);
}

function testValues(run: RunHandle, { result, checkHash, inputs }: TestRecord, at: string): readonly Value[] {
  return [
    run.id,
    run.number,
    result.test,
    orNull(result.model),
    result.severity,
    'rows' in result.max ? result.max.rows : null,
    'share' in result.max ? result.max.share : null,
    result.status,
    result.tested,
    result.failing,
    orNull(result.message),
    result.seconds,
    at,
    checkHash,
    buildsToText(inputs),
  ];
}

async function recordFailures(session: Session, run: RunHandle, record: TestRecord, at: string): Promise<void> {
  const { test, model } = record.result;
  for (const part of chunk(record.kept.map((keys, index) => ({ keys, number: index + 1 })))) {
    const rows = part.map(({ keys, number }) => {
      const values = [run.id, test, model ?? null, number, writeKeys(keys), record.reason, at];
      return statement(`($1, $2, $3, cast($4 as bigint), $5, $6, ${instant(7)})`, ...values);
    });
    await session.execute(
      `insert into etalon_state.failures (run, test, model, number, row_keys, reason, recorded_at) values ${rows.join(', ')}`,
    );
  }
}

function writeKeys(keys: Readonly<Record<string, Value>>): string {
  return JSON.stringify(keys, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

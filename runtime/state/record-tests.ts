import type { Value } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { instant, orNull, type RunHandle } from './record.ts';
import type { TestRecord } from './records.ts';
import { buildsToText } from './rows.ts';

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
    const parameters: Value[] = [];
    const rows = part.map((record) => {
      const places = testValues(run, record, at).map((value, index) => {
        parameters.push(value);
        return `cast($${parameters.length} as ${testTypes[index] ?? 'text'})`;
      });
      return `(${places.join(', ')})`;
    });
    await session.execute({
      sql: `insert into etalon_state.test_results (${testColumns}) values ${rows.join(', ')}`,
      parameters,
    });
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
    const parameters: Value[] = [run.id, test, model ?? null, record.reason, at];
    const rows = part.map(({ keys, number }) => {
      parameters.push(number, writeKeys(keys));
      const last = parameters.length;
      return `($1, $2, $3, cast($${last - 1} as bigint), $${last}, $4, ${instant(5)})`;
    });
    await session.execute({
      sql: `insert into etalon_state.failures (run, test, model, number, row_keys, reason, recorded_at) values ${rows.join(', ')}`,
      parameters,
    });
  }
}

function writeKeys(keys: Readonly<Record<string, Value>>): string {
  return JSON.stringify(keys, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

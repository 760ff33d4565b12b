import { EngineError, type EngineErrorKind } from '../engine.ts';
import { findRefusal } from './describe-refusal.ts';
import { withoutValues } from './without-values.ts';

/** What node-postgres throws: an answer of the server with an SQLSTATE, or a fault of the connection with an error code of Node. */
interface PostgresFault {
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly schema?: string;
}

const kindsByState: readonly (readonly [RegExp, EngineErrorKind])[] = [
  [/^(40001|40P01|55P03|55006|25P03)$/, 'transient'],
  [/^(53|58030)/, 'resources'],
  [/^57014$/, 'cancelled'],
  [/^25006$/, 'read_only'],
  [/^(08|57P|28|3D000)/, 'unreachable'],
  [/^(22|23|P0|HV)/, 'data'],
];

const lostConnection =
  /connection (terminated|ended|closed|error)|client has encountered a connection error|not queryable|timeout exceeded when trying to connect/i;

function isFaultOfConnection(fault: PostgresFault): boolean {
  return /^E[A-Z]{3,}/.test(fault.code ?? '') || lostConnection.test(fault.message ?? '');
}

/** Two sessions that create the same schema or table at once collide in the catalog itself: trying again finds it made. */
function isCatalogRace(fault: PostgresFault): boolean {
  return (
    (fault.code === '23505' && fault.schema === 'pg_catalog') ||
    /tuple concurrently (updated|deleted)/.test(fault.message ?? '')
  );
}

/** Whoever may not create anything cannot write at all; a table that may not be read is a fault of what reads it. */
function mayNotCreate({ code, message }: PostgresFault): boolean {
  return code === '42501' && /denied for (database|schema) /.test(message ?? '');
}

export function findPostgresKind(fault: PostgresFault): EngineErrorKind {
  if (isCatalogRace(fault)) return 'transient';
  if (isFaultOfConnection(fault)) return 'unreachable';
  if (mayNotCreate(fault)) return 'read_only';
  for (const [pattern, kind] of kindsByState) if (pattern.test(fault.code ?? '')) return kind;
  return 'sql';
}

/** PostgreSQL counts characters from 1, callers UTF-16 units from 0. */
function toUtf16(sql: string, position: string | undefined): number | undefined {
  return position === undefined ? undefined : [...sql].slice(0, Number(position) - 1).join('').length;
}

/** An AggregateError of several addresses that all refused has no message of its own. */
function findMessage(error: unknown): string {
  const { message, code, errors } = error as {
    readonly message?: string;
    readonly code?: string;
    readonly errors?: readonly Error[];
  };
  return message || errors?.map((one) => one.message).join('; ') || code || String(error);
}

function describeCancelled(message: string): string {
  return message.includes('statement timeout')
    ? 'the statement ran longer than its limit'
    : 'the statement was cancelled';
}

/**
 * `redact` takes out what is secret; the driver's own error is not kept as a cause, since its properties would be printed past it.
 */
export function mapPostgresError(error: unknown, redact: (text: string) => string, sql = ''): EngineError {
  if (error instanceof EngineError) return error;
  const fault = error as PostgresFault;
  const kind = findPostgresKind({ ...fault, code: fault.code ?? '', message: findMessage(error) });
  const parts = [
    withoutValues(fault.code ?? '', findMessage(error)),
    kind === 'sql' && fault.code === '2BP01' ? fault.detail : undefined,
  ];
  const whole = findMessage(error).replace(/\s*\n\s*/g, '; ');
  const refusal = findRefusal(fault.code ?? '');
  const lacking =
    kind === 'read_only' && fault.code === '42501'
      ? 'run `etalon doctor`: it says which right the role lacks, and its grant'
      : undefined;
  const message = redact(
    kind === 'cancelled'
      ? describeCancelled(findMessage(error))
      : (refusal?.message ??
          parts
            .filter((part) => part !== undefined)
            .join(': ')
            .replace(/\s*\n\s*/g, '; ')),
  );
  const position = toUtf16(sql, fault.position);
  // What a function raises may have a hint of its own making.
  const said = fault.hint === undefined || /^(P0|HV)/.test(fault.code ?? '') ? undefined : redact(fault.hint);
  return new EngineError(kind, message, { position, hint: refusal?.hint ?? lacking ?? said, whole });
}

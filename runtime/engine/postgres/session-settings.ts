import type pg from 'pg';
import { quoteText } from '../quote-name.ts';

export interface SessionSettings {
  readonly readOnly: boolean;
  readonly statementTimeoutSeconds: number | undefined;
}

/** Texts of values must not depend on how the server, the database or the role is set up. */
const always = [
  "timezone = 'UTC'",
  "datestyle = 'ISO, YMD'",
  "intervalstyle = 'iso_8601'",
  'extra_float_digits = 1',
  'standard_conforming_strings = on',
  "idle_in_transaction_session_timeout = '30min'",
];

/** Milliseconds that the server can count. */
const longestTimeout = 2 ** 31 - 1;

export async function prepareSession(client: pg.ClientBase, settings: SessionSettings): Promise<void> {
  const wanted = [...always];
  if (settings.readOnly) wanted.push('default_transaction_read_only = on');
  if (settings.statementTimeoutSeconds !== undefined)
    wanted.push(
      `statement_timeout = ${quoteText(`${Math.min(longestTimeout, Math.ceil(settings.statementTimeoutSeconds * 1000))}ms`)}`,
    );
  await client.query(wanted.map((setting) => `set ${setting}`).join('; '));
  try {
    // Otherwise a query goes on for hours after its client was killed.
    await client.query("set client_connection_check_interval = '5s'");
  } catch {
    // Servers on Windows and macOS cannot do it.
  }
}

/** PostgreSQL keeps 63 bytes of it. */
export async function nameSession(client: pg.ClientBase, name: string): Promise<void> {
  await client.query(`set application_name = ${quoteText(`etalon/${name}`.slice(0, 63))}`);
}

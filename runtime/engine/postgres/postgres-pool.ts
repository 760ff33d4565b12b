import type pg from 'pg';
import { EngineError } from '../engine.ts';
import type { Connection } from './connection-string.ts';
import { mapPostgresError } from './map-postgres-error.ts';
import { PostgresSession } from './postgres-session.ts';
import { nameSession, prepareSession, type SessionSettings } from './session-settings.ts';

/** The connections of a target, shared by all engines that are named after what they do with them. */
export class PostgresPool {
  readonly connection: Connection;
  readonly #pool: pg.Pool;
  readonly #settings: SessionSettings;
  /** What each connection was last told that it is for; absent: it has not been prepared. */
  readonly #names = new WeakMap<pg.PoolClient, string>();
  readonly #busy = new Set<PostgresSession>();

  constructor(pool: pg.Pool, connection: Connection, settings: SessionSettings) {
    this.#pool = pool;
    this.connection = connection;
    this.#settings = settings;
  }

  async use<T>(name: string, work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const client = await this.#connect(name);
    const session = new PostgresSession(client, this.connection.redact);
    this.#busy.add(session);
    // Without a listener an idle connection's end would be an uncaught error.
    const onError = (): void => {
      session.lost = true;
    };
    client.on('error', onError);
    try {
      return await work(session);
    } finally {
      this.#busy.delete(session);
      client.off('error', onError);
      client.release(session.lost);
    }
  }

  async #connect(name: string): Promise<pg.PoolClient> {
    let client: pg.PoolClient | undefined;
    try {
      client = await this.#pool.connect();
      const known = this.#names.get(client);
      if (known === undefined) await prepareSession(client, this.#settings);
      if (known !== name) await nameSession(client, name);
      this.#names.set(client, name);
      return client;
    } catch (error) {
      client?.release(true);
      const mapped = mapPostgresError(error, this.connection.redact);
      throw new EngineError(
        mapped.kind === 'resources' ? 'resources' : 'unreachable',
        `${this.connection.label}: ${mapped.message}`,
      );
    }
  }

  /** A second connection asks the server to cancel what the others run: their own are busy with it. */
  async cancel(): Promise<void> {
    const pids = [...this.#busy].flatMap((session) => session.client.processID ?? []);
    if (pids.length === 0) return;
    const { Client } = (await import('pg')).default;
    const connectionString = this.connection.url.reveal();
    const second = new Client({ connectionString, application_name: 'etalon/cancel', connectionTimeoutMillis: 15_000 });
    try {
      await second.connect();
      await second.query('select pg_cancel_backend(pid) from unnest($1::int[]) pid', [pids]);
    } catch (error) {
      throw mapPostgresError(error, this.connection.redact);
    } finally {
      await second.end().catch(() => undefined);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

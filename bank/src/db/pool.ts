import pg from 'pg';
import { traced } from '../trace.ts';
import type { SpanFields } from '../trace.ts';
import type { Db, Row, Rows } from './db.ts';
import type { DatabaseLog } from './log.ts';
import { limits } from './limits.ts';
import { typeParsers } from './types.ts';

/** One connection, taken from a pool and given back by `release`. */
export interface Connection extends Db {
  /** `rolled_back` where a statement had failed: PostgreSQL then answers a commit with that. */
  commit(): Promise<'committed' | 'rolled_back'>;
  /** With `broken` the connection is closed instead of being used again. */
  release(broken?: boolean): void;
}

/** A pool of connections. Outside a transaction each query may run on another connection. */
export interface Pool extends Db {
  connect(): Promise<Connection>;
  /** Waits for connections in use, then closes all. A second call does nothing. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Most connections at once. */
  readonly max: number;
  /** Longest statement, in milliseconds; 0 for no limit. */
  readonly statementTimeoutMs?: number;
  /** A role taken by each new connection before its first use, e.g. `serverRole`. */
  readonly role?: string;
  /** Told of connections that end by themselves: `database.connection_lost`. */
  readonly log?: DatabaseLog;
}

/** The role without rights to change evidence (migrations/0001_roles.sql). */
export const serverRole = 'sikka_server';

/**
 * Opens nothing yet: a connection is made when first needed, and made again after the server was
 * away, so a restart needs no new pool.
 *
 * The role is taken by `set role` on the connection, so a pooler between must keep sessions.
 * Queries reject with the driver's error; `isUnavailable` tells "away" from "no".
 */
export function createPool(url: string, options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    idleTimeoutMillis: limits.idleConnectionMs,
    application_name: 'sikka',
    types: typeParsers,
    // The pool awaits it, whatever its type says: a connection that was refused its role is
    // never handed out.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- see above
    onConnect: (client) => prepare(client, options),
  });
  // Idle connections end when the server restarts. Unheard, that event would end the process.
  pool.on('error', (error) => options.log?.('database.connection_lost', { reason: error.message }));
  let closing: Promise<void> | undefined;
  return {
    query: (text, values) => run(pool, text, values),
    connect: async () => connectionOf(await pool.connect()),
    close: () => (closing ??= pool.end()),
  };
}

async function prepare(client: pg.ClientBase, options: PoolOptions): Promise<void> {
  // While in use the pool does not listen; the query under way rejects with the same error.
  client.on('error', () => undefined);
  const statementTimeoutMs = options.statementTimeoutMs ?? limits.statementTimeoutMs;
  const settings = [
    `set statement_timeout = ${statementTimeoutMs}`,
    `set idle_in_transaction_session_timeout = ${limits.idleInTransactionMs}`,
    `set timezone = 'UTC'`,
    ...(options.role === undefined ? [] : [`set role ${pg.escapeIdentifier(options.role)}`]),
  ];
  await client.query(settings.join('; '));
}

function connectionOf(client: pg.PoolClient): Connection {
  return {
    query: (text, values) => run(client, text, values),
    commit: async () => {
      const { command } = await client.query('commit');
      return command === 'COMMIT' ? 'committed' : 'rolled_back';
    },
    release: (broken = false) => client.release(broken),
  };
}

async function run<R extends object = Row>(
  on: pg.Pool | pg.ClientBase,
  text: string,
  values: readonly unknown[] = [],
): Promise<Rows<R>> {
  const query = values.length === 0 ? { text } : { name: nameOf(text), text, values: [...values] };
  const result = await traced('db.query', fieldsOf(text), () => on.query<R>(query));
  return { rows: result.rows, rowCount: result.rowCount ?? 0 };
}

/** The text, which is a constant of a store: what people gave is in the parameters. */
function fieldsOf(text: string): SpanFields {
  return {
    'db.system.name': 'postgresql',
    'db.query.text': text.slice(0, limits.tracedCharacters),
  };
}

/**
 * Each connection parses and plans a named statement once; anew each time that is most of what a
 * short one costs. Texts are the constants of stores, so there are as many names as statements.
 */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}

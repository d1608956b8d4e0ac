import pg from 'pg';
import { AuditorError } from './errors.ts';
import { limits } from './limits.ts';

/** One moment of the database, for reading only. */
export interface Snapshot {
  /** The rows of a query whose answer is known to be short. */
  query<R extends object>(sql: string, values?: readonly unknown[]): Promise<readonly R[]>;
  /**
   * The rows of a query of any length, in pages of a cursor: what is held is one page. Several
   * may be open at once, so that two tables in one order are read side by side.
   */
  pages<R extends object>(sql: string, options?: PageOptions): AsyncGenerator<readonly R[]>;
  /** Marks this moment; what it answers goes on from it, after an error has ended everything. */
  mark(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly rows?: number;
  readonly values?: readonly unknown[];
}

/**
 * Opens a snapshot: one transaction, repeatable read, read only. Everything is read as of the same
 * moment, nothing can be written, and the bank goes on meanwhile.
 *
 * Throws `auditor/unreachable`.
 */
export async function openSnapshot(databaseUrl: string): Promise<Snapshot> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: limits.connectMs,
    application_name: 'sikka auditor',
    types: { getTypeParser: typeParser },
  });
  // A lost connection rejects the query under way; unheard, the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(BEGIN);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new AuditorError('auditor/unreachable', `The database does not answer: ${say(error)}`, {
      cause: error,
    });
  }
  let cursors = 0;
  const query = async <R extends object>(sql: string, values: readonly unknown[] = []) => {
    try {
      return (await client.query<R>(sql, [...values])).rows;
    } catch (error) {
      throw translated(error);
    }
  };
  return {
    query,
    pages: async function* <R extends object>(sql: string, options: PageOptions = {}) {
      const name = `audit_${(cursors += 1)}`;
      const { rows = limits.pageRows, values = [] } = options;
      await query(`declare ${name} no scroll cursor for ${sql}`, values);
      try {
        for (;;) {
          const page = await query<R>(`fetch ${rows} from ${name}`);
          if (page.length > 0) yield page;
          if (page.length < rows) return;
        }
      } finally {
        // After an error the transaction is lost, and the cursor with it.
        await client.query(`close ${name}`).catch(() => undefined);
      }
    },
    mark: async () => {
      await query('savepoint audit');
      return async () => {
        await query('rollback to savepoint audit');
      };
    },
    close: async () => {
      await client.query('rollback').catch(() => undefined);
      await client.end().catch(() => undefined);
    },
  };
}

/** Every row of {@link Snapshot.pages}, one by one. */
export async function* rowsOf<R extends object>(
  snapshot: Snapshot,
  sql: string,
  options?: PageOptions,
): AsyncGenerator<R> {
  for await (const page of snapshot.pages<R>(sql, options)) yield* page;
}

/**
 * `row_security = off` makes a table whose rows are filtered an error instead of a shorter table.
 * Whole answers are wanted, so plans are made for those.
 */
const BEGIN = `
  begin isolation level repeatable read read only;
  set local search_path = pg_catalog, public;
  set local row_security = off;
  set local timezone = 'UTC';
  set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0;
  set local cursor_tuple_fraction = 1;
  set local work_mem = '32MB';
  set local jit = off`;

const INT8 = 20;
const INT2 = 21;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;

/**
 * Money and ids are bigint; sums are numeric in PostgreSQL, and here whole. A time without end,
 * which the bank never writes, is no date.
 */
function typeParser(oid: number, format?: 'text' | 'binary') {
  if (format !== 'binary' && (oid === INT8 || oid === NUMERIC))
    return (text: string) => BigInt(text);
  if (format !== 'binary' && oid === INT2) return Number;
  if (format !== 'binary' && oid === TIMESTAMPTZ) return dateOf;
  // The driver's table is declared as `any`.
  return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
}

function dateOf(text: string): Date {
  const parse = pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => unknown;
  const date = parse(text);
  return date instanceof Date ? date : new Date(Number.NaN);
}

const STATES: Readonly<Record<string, { code: AuditorError['code']; hint: string }>> = {
  '42501': { code: 'auditor/not_permitted', hint: 'The user needs SELECT on it.' },
  '42P01': { code: 'auditor/not_a_bank', hint: 'A table of the bank is missing.' },
  '42703': { code: 'auditor/not_a_bank', hint: 'The bank is of another version.' },
};

function translated(error: unknown): unknown {
  const state = STATES[stateOf(error)];
  if (state === undefined) return error;
  return new AuditorError(state.code, `${say(error)}. ${state.hint}`, { cause: error });
}

function stateOf(error: unknown): string {
  const known = typeof error === 'object' && error !== null && 'code' in error;
  return known && typeof error.code === 'string' ? error.code : '';
}

function say(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : stateOf(error);
}

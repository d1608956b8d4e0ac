import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Db, Row, Rows } from './db.ts';
import { isRetryable } from './errors.ts';
import { limits } from './limits.ts';
import type { Connection, Pool } from './pool.ts';

/**
 * Proof of being inside a transaction: a function that takes a `Tx` cannot be given a pool, and
 * only `inTransaction` makes one (a `#private` field cannot be forged or spread). It is refused
 * after the transaction has ended.
 */
class Transaction implements Db {
  readonly #connection: Connection;
  readonly #isOpen: () => boolean;

  constructor(connection: Connection, isOpen: () => boolean) {
    this.#connection = connection;
    this.#isOpen = isOpen;
  }

  async query<R extends object = Row>(text: string, values?: readonly unknown[]): Promise<Rows<R>> {
    if (!this.#isOpen()) throw new Error('A transaction was used after its end.');
    return this.#connection.query<R>(text, values);
  }
}

export type Tx = Transaction;

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
  /** In [0, 1): spreads the pauses of those who collided. Default: the system's. */
  readonly random?: () => number;
  /** Told before each further attempt. */
  readonly onRetry?: (attempt: number, error: unknown) => void;
}

/**
 * Runs `act` in one transaction and commits what it did; an error undoes all of it and is thrown
 * on. After a deadlock or serialisation failure (40P01, 40001), which undo everything, `act` runs
 * again, up to `limits.transactionAttempts` times, so it must touch nothing but the database.
 *
 * Inside, everything is read and written by `tx`: transactions that each wait for a second
 * connection wait, once there are as many of them as connections, until the pool refuses them all.
 *
 * Constraints and locks taken in id order keep the ledger right, not the isolation level; the
 * default is read committed.
 */
export async function inTransaction<T>(
  pool: Pool,
  act: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(pool, act, options);
    } catch (error) {
      if (!isRetryable(error) || attempt >= limits.transactionAttempts) throw error;
      options.onRetry?.(attempt + 1, error);
      await pause(retryPauseMs(attempt, (options.random ?? systemRandom)()));
    }
  }
}

/** The pause after attempt 1, 2 …: doubling, bounded, and anywhere in its upper half. */
export function retryPauseMs(attempt: number, random: number): number {
  const full = Math.min(limits.retryPauseMs * 2 ** attempt, limits.retryPauseMaxMs);
  return full / 2 + (full / 2) * random;
}

function systemRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

async function attemptOnce<T>(
  pool: Pool,
  act: (tx: Tx) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const connection = await pool.connect();
  let open = true;
  let broken = false;
  try {
    await connection.query(beginText(options));
    const result = await act(new Transaction(connection, () => open));
    open = false;
    if ((await connection.commit()) === 'rolled_back') {
      throw new Error('A statement failed and its error was swallowed: nothing was committed.');
    }
    return result;
  } catch (error) {
    open = false;
    broken = !(await rolledBack(connection));
    throw error;
  } finally {
    connection.release(broken);
  }
}

function beginText(options: TransactionOptions): string {
  const isolation = options.isolation ?? 'read committed';
  return `begin isolation level ${isolation}${options.readOnly === true ? ' read only' : ''}`;
}

/** False where even that failed: the connection is lost and must not go back to the pool. */
async function rolledBack(connection: Connection): Promise<boolean> {
  try {
    await connection.query('rollback');
    return true;
  } catch {
    return false;
  }
}

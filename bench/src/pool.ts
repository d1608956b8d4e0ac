import type { createSettlementStore } from '@sikka/bank';
import pg from 'pg';

/** What the bank's stores run on. */
export type Pool = Parameters<typeof createSettlementStore>[0];
type Connection = Awaited<ReturnType<Pool['connect']>>;
type Query = Connection['query'];

const INT8 = 20;

/** Connections as the bank's own role; 64-bit integers are bigint, as everywhere in the bank. */
export function createServerPool(databaseUrl: string, max: number): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    options: '-c role=sikka_server',
    types: {
      getTypeParser: (oid, format) =>
        oid === INT8 && format !== 'binary'
          ? (text: string) => BigInt(text)
          : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  // Unheard, it would end the process; the next query rejects with the same.
  pool.on('error', () => undefined);
  return {
    query: queryOn(pool),
    connect: async () => connectionOf(await pool.connect()),
    close: () => pool.end(),
  };
}

function connectionOf(client: pg.PoolClient): Connection {
  return {
    query: queryOn(client),
    commit: async () =>
      (await client.query('commit')).command === 'COMMIT' ? 'committed' : 'rolled_back',
    release: (broken = false) => client.release(broken),
  };
}

function queryOn(on: pg.Pool | pg.PoolClient): Query {
  return async <R extends object>(text: string, values: readonly unknown[] = []) => {
    const { rows, rowCount } = await on.query<R>(text, [...values]);
    return { rows, rowCount: rowCount ?? 0 };
  };
}

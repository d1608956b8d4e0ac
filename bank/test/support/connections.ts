import { setTimeout as pause } from 'node:timers/promises';
import { isUnavailable } from '../../src/db/index.ts';
import type { Db } from '../../src/db/index.ts';
import type { TestDatabase } from './index.ts';

type Owned = Pick<TestDatabase, 'ownerPool'>;

/** Of this database, but the one that asks and those that have killed others. */
const OTHERS = `from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()
    and backend_type = 'client backend'
    and query not like '%pg_terminate_backend%'`;

/** Every connection of the pools, in whatever it is doing. */
export async function killConnections({ ownerPool }: Owned): Promise<void> {
  await kill(ownerPool);
}

/** The same, and waits until they are gone and the pools have heard it: none is given out dead. */
export async function endConnections({ ownerPool }: Owned): Promise<void> {
  const own = await ownerPool.connect();
  try {
    await kill(own);
    while ((await own.query(`select pid ${OTHERS}`)).rowCount > 0) await pause(20);
  } finally {
    own.release();
  }
  await pause(100);
}

async function kill(db: Db): Promise<void> {
  await db.query(`select pg_terminate_backend(pid) ${OTHERS}`);
}

/**
 * As a caller does who is told that the bank is busy: asks again until there is an answer. More at
 * once than the pool has connections are not all answered in its time where the machine is slow.
 */
export async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }
}

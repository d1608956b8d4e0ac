/** The database: connections, transactions, migrations, and the embedded server. */
export { packBytes, packNumbers, packTimes, packWords } from './arrays.ts';
export type { Db, Row, Rows } from './db.ts';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded/index.ts';
export { removeEmbeddedPostgres, startEmbeddedPostgres } from './embedded/index.ts';
export type { DatabaseErrorCode } from './errors.ts';
export {
  DatabaseError,
  DATABASE_ERROR_CODES,
  isRefused,
  isRetryable,
  isUnavailable,
} from './errors.ts';
export type { Gathered, GatherOptions } from './gather.ts';
export { gather } from './gather.ts';
export type { DatabaseLog } from './log.ts';
export type { MigrateOptions } from './migrate.ts';
export { migrate } from './migrate.ts';
export type { Connection, Pool, PoolOptions } from './pool.ts';
export { createPool, serverRole } from './pool.ts';
export { dumpSchema } from './schema/store.ts';
export type { TransactionOptions, Tx } from './transaction.ts';
export { inTransaction } from './transaction.ts';

/** For stories, benches and simulations only: nothing else imports the bank. */
export type { Bank, StartOptions } from './bank.ts';
export { startBank } from './bank.ts';
export type { BankConfig, ConfigResult } from './config.ts';
export { processConfig, readConfig } from './config.ts';
export type { Pool } from './db/index.ts';
export { createPool, migrate, startEmbeddedPostgres } from './db/index.ts';
export type { DemoPerson } from './demo/index.ts';
export { DEMO_PEOPLE } from './demo/index.ts';
export { START_CODES, StartError } from './errors.ts';
export * from './settlement/index.ts';

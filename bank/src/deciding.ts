/** What a simulation runs on: the steps that decide, without the server around them. */
export * from './settlement/index.ts';
export type { Policy, Standing } from './wallets/index.ts';
export { refuseStanding, termsOf } from './wallets/index.ts';

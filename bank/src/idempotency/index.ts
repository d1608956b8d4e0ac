/** Requests that are carried out once, whoever repeats them. */
export type { Ask, Done } from './once.ts';
export { once } from './once.ts';
export { forgetKeys } from './store.ts';

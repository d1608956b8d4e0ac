export type { Passkeys, PasskeysOptions } from './passkeys.ts';
export { createPasskeys } from './passkeys.ts';
export type { PasskeyRouteDeps } from './routes.ts';
export { passkeyRoutes } from './routes.ts';
export { deletePasskeysOf } from './store.ts';

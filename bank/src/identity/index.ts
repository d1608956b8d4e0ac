/** People: accounts, roles, the names payees are shown by, and who sent a request. */
export type { AccountRecord, NewAccount, PayeeName } from './accounts.ts';
export {
  accountById,
  claimPayeeName,
  findAccount,
  openAccount,
  setAccountStatus,
} from './accounts.ts';
export type { Authenticated, Authenticator } from './authenticator.ts';
export { createAuthenticator } from './authenticator.ts';
export type { TokenKey, TokenKeySource } from './token-key.ts';
export { loadTokenKey, signToken } from './token-key.ts';

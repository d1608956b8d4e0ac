/** The ledger: accounts, transfers, balances (spec/settlement.md §3). */
export type { AccountId, AccountKind, NewAccount } from './accounts.ts';
export { ACCOUNT_KINDS, createAccounts } from './accounts.ts';
export type { Balance, Books, Discrepancy } from './balances.ts';
export { balances, checkBooks, ledgerSums } from './balances.ts';
export { closeBooks } from './closing.ts';
export type { PastTransfer, TransferPage } from './history.ts';
export { transfersOf } from './history.ts';
export { limits as ledgerLimits } from './limits.ts';
export type { Posted, Refusal, Transfer } from './post.ts';
export { LEDGER_REFUSAL_CODES, post } from './post.ts';

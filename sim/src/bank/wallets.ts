import { walletNumberWithCheckDigit } from '@sikka/protocol';
import type { Tables, WalletRow } from './tables.ts';

/** Without its check digit. */
const FIRST_WALLET = 10_000_000_001;

export interface NewWallet {
  readonly accountId: bigint;
  readonly kind: 'current' | 'offline';
  readonly currency: number;
}

export function openWallet(tables: Tables, wallet: NewWallet): WalletRow {
  const number = walletNumberWithCheckDigit(FIRST_WALLET + tables.wallets.size);
  const ledgerAccount = tables.ledger.open(`wallet_${wallet.kind}`, wallet.currency);
  const row = { ...wallet, number, ledgerAccount, status: 'active' as const };
  tables.log.set(tables.wallets, number, row);
  return row;
}

export interface Deposit {
  readonly credit: bigint;
  readonly currency: number;
  readonly amountMinor: bigint;
  readonly at: number;
}

/** Money that enters the bank. */
export function deposit({ ledger }: Tables, { credit, currency, amountMinor, at }: Deposit): void {
  if (amountMinor <= 0n) return;
  const cash = [...ledger.accounts.values()].find(({ kind }) => kind === 'bank_cash');
  const debit = cash?.id ?? ledger.open('bank_cash', currency);
  const sides = { debit, credit, reference: undefined };
  ledger.post([{ kind: 'deposit', currency, amountMinor, at, ...sides }]);
}

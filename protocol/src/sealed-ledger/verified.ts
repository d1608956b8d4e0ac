import { failure } from '../errors.ts';
import type { Result } from '../errors.ts';
import { parseLooseAmount } from '../identifiers/index.ts';
import type { LedgerTransaction } from './transaction.ts';
import type { LedgerEntry } from './transaction.ts';
import type { SignedLedger } from './upload.ts';

/** Whose signature it is: the signing key registered for the sender. */
export interface LedgerKeyAuthority {
  readonly kind: 'ledger_key';
  /** The key's hash (spec/suites.md §3). */
  readonly keyId: Uint8Array;
}

/**
 * A transaction that its sender's registered key signed. Made by proving only: a copy with other
 * fields is not one.
 */
export class VerifiedLedgerPayment {
  readonly #transaction: LedgerTransaction;
  readonly authority: LedgerKeyAuthority;
  readonly paymentId: Uint8Array;

  /** Called by this package's proofs; its door exports the type alone. */
  constructor(proved: {
    readonly transaction: LedgerTransaction;
    readonly keyId: Uint8Array;
    readonly paymentId: Uint8Array;
  }) {
    this.#transaction = proved.transaction;
    this.authority = { kind: 'ledger_key', keyId: proved.keyId };
    this.paymentId = proved.paymentId;
  }

  get txnId(): string {
    return this.#transaction.txnId;
  }

  get fromId(): string {
    return this.#transaction.fromId;
  }

  get toId(): string {
    return this.#transaction.toId;
  }

  /** As JavaScript prints the number. */
  get amount(): string {
    return this.#transaction.amount;
  }

  get timestamp(): string {
    return this.#transaction.timestamp;
  }

  get prevHash(): string {
    return this.#transaction.prevHash;
  }

  get walletId(): string | undefined {
    return this.#transaction.walletId;
  }

  /** The text whose hash was signed. */
  get canonical(): string {
    return this.#transaction.canonical;
  }

  get signature(): Uint8Array {
    return this.#transaction.signature;
  }

  /** Exact minor units in the debited wallet's currency; `ledger/amount_invalid` where none. */
  amountMinor(currency: number | string): Result<bigint, 'ledger/amount_invalid'> {
    const minor = parseLooseAmount(this.amount, currency);
    return minor.ok ? minor : failure('ledger/amount_invalid', minor.detail);
  }
}

/** A whole ledger that its receiver's registered key signed: what a fork is shown by. */
export class VerifiedLedger {
  readonly #signed: SignedLedger;
  readonly entries: readonly LedgerEntry[];
  /** The receiver key's hash (spec/suites.md §3). */
  readonly keyId: Uint8Array;

  constructor(proved: {
    readonly signed: SignedLedger;
    readonly entries: readonly LedgerEntry[];
    readonly keyId: Uint8Array;
  }) {
    this.#signed = proved.signed;
    this.entries = proved.entries;
    this.keyId = proved.keyId;
  }

  /** The text whose hash was signed. */
  get text(): string {
    return this.#signed.text;
  }

  get signature(): Uint8Array {
    return this.#signed.signature;
  }
}

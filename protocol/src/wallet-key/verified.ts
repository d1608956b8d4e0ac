import { utf8 } from '../bytes.ts';
import type { KeyPaymentFields } from './fields.ts';
import type { WalletKeyItem } from './item.ts';
import type { Covered, SignedText } from './texts.ts';

/** Whose signature it is: one registered key of a wallet. */
export interface WalletKeyAuthority {
  readonly kind: 'wallet_key';
  readonly keyId: Uint8Array;
}

/**
 * A payment that a wallet's key signed. Everything in it was read again out of the very text whose
 * signature holds. Made by proving only: a copy with other fields is not one.
 */
export class VerifiedKeyPayment {
  readonly #fields: KeyPaymentFields;
  readonly #signed: SignedText;
  /** As handed in: its text may hold more than was signed. */
  readonly item: WalletKeyItem;
  readonly authority: WalletKeyAuthority;
  readonly paymentId: Uint8Array;
  /** Other members that the text covers, as text. */
  readonly says: ReadonlyMap<string, string>;

  /** Called by this package's proofs; its door exports the type alone. */
  constructor(proved: {
    readonly item: WalletKeyItem;
    readonly keyId: Uint8Array;
    readonly fields: KeyPaymentFields;
    readonly paymentId: Uint8Array;
    readonly signed: SignedText;
    readonly says: ReadonlyMap<string, string>;
  }) {
    this.#fields = proved.fields;
    this.#signed = proved.signed;
    this.item = proved.item;
    this.authority = { kind: 'wallet_key', keyId: proved.keyId };
    this.paymentId = proved.paymentId;
    this.says = proved.says;
  }

  get payerWallet(): number {
    return this.#fields.payerWallet;
  }

  get nonce(): string {
    return this.#fields.nonce;
  }

  get amountMinor(): bigint {
    return this.#fields.amountMinor;
  }

  get currency(): number {
    return this.#fields.currency;
  }

  get payeeKey(): Uint8Array {
    return this.#fields.payeeKey;
  }

  get timestamp(): string {
    return this.#fields.timestamp;
  }

  get covered(): Covered {
    return this.#signed.covered;
  }

  /** The bytes that were signed. */
  get signedText(): Uint8Array {
    return utf8(this.#signed.text);
  }
}

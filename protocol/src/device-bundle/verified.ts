import type { BundleCarrier } from './carrier.ts';
import type { DeviceTransaction } from './transaction.ts';

/**
 * A bundle that a device's registered key signed, still closed. Made by proving only: a copy with
 * other bytes is not one.
 */
export class SignedBundle {
  readonly #payload: Uint8Array;
  /** SHA-256 of the payload: what a known bundle is compared by. */
  readonly payloadHash: Uint8Array;
  /** As the device sent it: DER, or the bytes of RSA. */
  readonly signature: Uint8Array;
  /** Id of the key that signed. */
  readonly keyId: Uint8Array;

  /** Called by this package's proofs; its door exports the type alone. */
  constructor(proved: {
    readonly payload: Uint8Array;
    readonly payloadHash: Uint8Array;
    readonly signature: Uint8Array;
    readonly keyId: Uint8Array;
  }) {
    this.#payload = proved.payload;
    this.payloadHash = proved.payloadHash;
    this.signature = proved.signature;
    this.keyId = proved.keyId;
  }

  /** The bytes that were signed. */
  get payload(): Uint8Array {
    return this.#payload;
  }
}

/** One transaction of a carried bundle, with the two hashes it is known by. */
export interface CarriedTransaction {
  readonly transaction: DeviceTransaction;
  readonly documentId: Uint8Array;
  /** Of what it says. */
  readonly content: Uint8Array;
}

/**
 * A carrier whose own key opened it: what its transactions say is what the payload holds. Who
 * signed it, only proving says. Made by opening only.
 */
export class OpenedCarrier {
  readonly #carrier: BundleCarrier;
  readonly #transactions: readonly CarriedTransaction[];
  /** SHA-256 of the payload. */
  readonly payloadHash: Uint8Array;

  constructor(opened: {
    readonly carrier: BundleCarrier;
    readonly payloadHash: Uint8Array;
    readonly transactions: readonly CarriedTransaction[];
  }) {
    this.#carrier = opened.carrier;
    this.#transactions = opened.transactions;
    this.payloadHash = opened.payloadHash;
  }

  get carrier(): BundleCarrier {
    return this.#carrier;
  }

  get deviceId(): string {
    return this.#carrier.deviceId;
  }

  get bundleId(): string {
    return this.#carrier.bundleId;
  }

  /** In the order of the bundle. */
  get transactions(): readonly CarriedTransaction[] {
    return this.#transactions;
  }
}

/**
 * A transaction in a bundle that its till's registered key signed. Made by proving only: a copy
 * with other fields is not one.
 */
export class VerifiedDeviceTransaction {
  readonly #transaction: DeviceTransaction;
  readonly authority: { readonly kind: 'device_key'; readonly keyId: Uint8Array };
  /** Of the device and the local id: a name. */
  readonly documentId: Uint8Array;
  /** SHA-256 of what it says. */
  readonly content: Uint8Array;
  readonly deviceId: string;
  /** Of the bundle that was proved. */
  readonly payloadHash: Uint8Array;
  /** Place in that bundle, from 0. */
  readonly ordinal: number;

  constructor(
    proved: CarriedTransaction & {
      readonly deviceId: string;
      readonly keyId: Uint8Array;
      readonly payloadHash: Uint8Array;
      readonly ordinal: number;
    },
  ) {
    this.#transaction = proved.transaction;
    this.authority = { kind: 'device_key', keyId: proved.keyId };
    this.documentId = proved.documentId;
    this.content = proved.content;
    this.deviceId = proved.deviceId;
    this.payloadHash = proved.payloadHash;
    this.ordinal = proved.ordinal;
  }

  get transaction(): DeviceTransaction {
    return this.#transaction;
  }
}

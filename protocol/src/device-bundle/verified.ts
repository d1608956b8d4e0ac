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

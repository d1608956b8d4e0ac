import type { Result, Signer, Suite } from '@sikka/protocol';
import type { Refusal } from '../errors.ts';

/**
 * Holds the keys of one wallet installation and does what needs them; no private key leaves it.
 * Failures of the device are thrown as `WalletError`.
 */
export interface Keystore {
  /** The device's signing key, or undefined before {@link Keystore.createSigner}. */
  signer(): Promise<Signer | undefined>;
  /** Makes the signing key, once: asked again it gives the first, whatever the suite. */
  createSigner(suite: Suite): Promise<Signer>;
  /**
   * The gate before every payment. Answers undefined when the person may go on, or refuses with
   * `wallet/pin_required`, `wallet/pin_wrong`, or `wallet/pin_wait` after too many wrong ones.
   */
  authorise(pin: string | undefined): Promise<Refusal | undefined>;
  /** A fresh P-256 key for sealed payments; its compressed public key (33 bytes) names it. */
  createAgreementKey(): Promise<Uint8Array>;
  /** The public keys of all that are kept, to clear away what a crash left behind. */
  agreementKeys(): Promise<readonly Uint8Array[]>;
  /** Opens what was sealed to that key (spec/sealing.md); `sealed/open_failed` without the key. */
  open(publicKey: Uint8Array, sealed: Uint8Array, bind: Uint8Array): Promise<Result<Uint8Array>>;
  /** Forgets the key for good; nothing happens where it is gone already. */
  deleteAgreementKey(publicKey: Uint8Array): Promise<void>;
  /** Encrypts under the data key, with a fresh nonce; bound to the associated bytes. */
  seal(plaintext: Uint8Array, associated: Uint8Array): Promise<Uint8Array>;
  /** The plaintext, or undefined for anything that this data key did not seal so. */
  unseal(sealed: Uint8Array, associated: Uint8Array): Promise<Uint8Array | undefined>;
}

import { concatBytes, utf8 } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';

/**
 * What a wallet key signs to show that its holder has it (spec/wallet-key.md): the tag, a zero byte
 * and a CBOR array. The wallet and the account stand in it, so that nobody can show a proof of his
 * own for somebody else's wallet.
 */
export function walletKeyPossessionBytes(about: {
  /** 32 bytes, by the bank. */
  readonly challenge: Uint8Array;
  /** The owner's public id. */
  readonly account: string;
  readonly wallet: number;
  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  readonly keyId: Uint8Array;
}): Uint8Array {
  const { challenge, account, wallet, keyId } = about;
  return concatBytes(
    utf8('sikka/wallet-key/possession/v1'),
    Uint8Array.of(0),
    encodeCbor([challenge, account, wallet, keyId]),
  );
}

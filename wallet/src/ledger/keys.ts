import {
  generateEcdhKeyPair,
  generateSigningKeyPair,
  parseJsonText,
  publicJwk,
  readPublicJwk,
  webCryptoAgreement,
  webCryptoSigner,
} from '@sikka/protocol';
import type { EcdhKeyPair, KeyAgreement, PublicJwk, Signer, SigningKeyPair } from '@sikka/protocol';
import { refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';

/** A party's two keys: WebCrypto objects that IndexedDB keeps as they are. */
export interface LedgerKeys {
  /** Registered at the bank. */
  readonly signing: SigningKeyPair;
  /** Given to whoever seals something to this party. */
  readonly agreement: EcdhKeyPair;
}

/** The public halves, as files and the bank take them. */
export interface LedgerPublicKeys {
  readonly signing: PublicJwk;
  readonly agreement: PublicJwk;
}

export interface LedgerParty {
  readonly signer: Signer;
  readonly agreement: KeyAgreement;
  readonly publicKeys: LedgerPublicKeys;
}

/** Fresh keys that cannot be exported, not even by this page. */
export async function generateLedgerKeys(): Promise<LedgerKeys> {
  const [signing, agreement] = await Promise.all([
    generateSigningKeyPair('ES256', { extractable: false }),
    generateEcdhKeyPair({ extractable: false }),
  ]);
  return { signing, agreement };
}

export function partyOf({ signing, agreement }: LedgerKeys): LedgerParty {
  return {
    signer: webCryptoSigner('ES256', signing.keyPair, signing.publicKey),
    agreement: webCryptoAgreement(agreement.privateKey, agreement.publicKey),
    publicKeys: { signing: jwkOf(signing.publicKey), agreement: jwkOf(agreement.publicKey) },
  };
}

/** A public key out of a file or a field: a JWK, or its JSON text (spec/sealed-ledger.md §2). */
export function readKey(key: PublicJwk | string): Outcome<{ readonly point: Uint8Array }> {
  const text = typeof key === 'string' ? key : JSON.stringify(key);
  const parsed = parseJsonText(text, { depth: 4, nodes: 64 });
  const point = parsed.ok ? readPublicJwk(parsed.value) : undefined;
  return point === undefined
    ? refuse('ledger/key_invalid', 'not a public P-256 key')
    : { ok: true, point };
}

function jwkOf(publicKey: Uint8Array): PublicJwk {
  const jwk = publicJwk(publicKey);
  if (jwk === undefined) throw new Error('WebCrypto made a point off its own curve.');
  return jwk;
}

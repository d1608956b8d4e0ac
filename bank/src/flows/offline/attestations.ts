import { createHash } from 'node:crypto';
import { currencyOf, equalBytes, verifyAttestation } from '@sikka/protocol';
import type { Attestation, Verifier, WalletKey } from '@sikka/protocol';
import type { Db } from '../../db/index.ts';
import type { ChainOwner } from './chains.ts';
import type { AttestationElement } from './reading.ts';
import { sentences } from './sentences.ts';
import { keepAttestation } from './store.ts';

/** An attestation that a key of the receiver's own wallet signed. */
export interface ProvedAttestation {
  readonly element: AttestationElement;
  /** Read again out of the text that was signed. */
  readonly said: Attestation;
  readonly keyId: Uint8Array;
}

export type AttestationProof =
  | { readonly ok: true; readonly value: ProvedAttestation }
  | { readonly ok: false; readonly reason: string };

/** By any key that the wallet has or had; for its owner, who names himself as the payee. */
export async function proveAttestation(
  element: AttestationElement,
  owner: ChainOwner,
  by: { readonly keys: readonly WalletKey[]; readonly verifier: Verifier },
): Promise<AttestationProof> {
  for (const key of by.keys) {
    const verified = await verifyAttestation(element.text, element.signature, key, by.verifier);
    if (!verified.ok) continue;
    if (verified.value.payeeId !== owner.account) return { ok: false, reason: sentences.mismatch };
    return { ok: true, value: { element, said: verified.value, keyId: key.id } };
  }
  return { ok: false, reason: sentences.signature };
}

/** False where this receiver has attested something else of that payer and nonce. */
export async function storeAttestation(
  db: Db,
  owner: ChainOwner,
  { element, said, keyId }: ProvedAttestation,
  at: Date,
): Promise<boolean> {
  const contentSha256 = contentHash(said);
  const currency = currencyOf(said.currency)?.numeric;
  if (currency === undefined) throw new Error('An attestation was proved in no currency.');
  const { receiverWallet, nonce, payerId, txId, amountMinor } = said;
  const { text, signature } = element;
  const row = { receiverWallet, nonce, payerId, txId, amountMinor, currency, keyId };
  const { accountId } = owner;
  const kept = await keepAttestation(db, { ...row, accountId, text, signature, contentSha256 }, at);
  return equalBytes(kept, contentSha256);
}

/** Of what it says, in whatever form it was signed. */
function contentHash(said: Attestation): Uint8Array {
  const { amountMinor, currency, nonce, payeeId, payerId, receiverWallet, timestamp, txId } = said;
  const content = [
    ...['sikka/attestation/v1', String(amountMinor), currency, nonce, payeeId, payerId],
    ...[String(receiverWallet), timestamp, txId],
  ];
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest();
}

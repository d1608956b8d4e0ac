import type { Signer, Verifier } from '../suites/ports.ts';
import type { Suite } from '../suites/suite.ts';
import { encodePayload } from './payload.ts';
import { signedBytes } from './signed-bytes.ts';
import type { SikkaDocument, Signed } from './types.ts';

/** The key that must have signed, from the record that names it (spec/suites.md §2). */
export interface SigningKey {
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
}

/**
 * Signs a document with the signer's suite.
 * @param parentId the id of the document it speaks of, where its type has a parent.
 * @throws ProtocolError for fields that nobody would accept, or a parent id that does not belong.
 */
export async function signDocument<T extends SikkaDocument>(
  fields: T,
  signer: Signer,
  parentId?: Uint8Array,
): Promise<Signed<T>> {
  const { suite } = signer;
  const payload = encodePayload(fields);
  const signature = await signer.sign(signedBytes({ type: fields.type, suite, parentId }, payload));
  return { suite, payload, signature, fields };
}

/**
 * Whether the document was signed by that key. The suite is the key's: one beside the signature
 * that differs makes the signature invalid (spec/suites.md §2).
 */
export async function verifyDocument(
  { suite, payload, signature, fields: { type } }: Signed,
  key: SigningKey,
  verifier: Verifier,
  parentId?: Uint8Array,
): Promise<boolean> {
  if (suite !== key.suite) return false;
  const message = signedBytes({ type, suite, parentId }, payload);
  return verifier.verify(key.suite, key.publicKey, message, signature);
}

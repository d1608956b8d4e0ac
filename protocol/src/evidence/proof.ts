import { equalBytes } from '../bytes.ts';
import { documentId } from '../documents/signed-bytes.ts';
import type { Allowance, Payment, Return, Signed } from '../documents/types.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { contradicts } from '../judge/contradiction.ts';
import type { Equivocation } from '../judge/contradiction.ts';
import { knownPayment, knownReturn } from '../judge/known.ts';
import type { KnownDocument, KnownReturn } from '../judge/known.ts';
import { refuseAllowance, refuseJournal, refusePayer } from '../judge/prove.ts';
import type { ProveOptions } from '../judge/prove.ts';
import { compareForProof, decodePacketOfKind } from '../packets/decode.ts';
import { encodePacket } from '../packets/encode.ts';
import type { Identified } from '../packets/types.ts';

/** A document under an allowance's key that a proof can hold. */
export type Accused = Signed<Payment | Return>;

export interface VerifiedProof {
  /** The device key that signed both is the allowance's; who held it is another question. */
  readonly verdict: Equivocation;
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly first: Identified<Payment | Return>;
  readonly second: Identified<Payment | Return>;
}

/**
 * The proof packet of two documents under one allowance, in their one order, whichever is given
 * first (spec/evidence.md §1). Whether they contradict, and were signed, `verifyProof` says.
 * @throws ProtocolError for documents that no reader would accept.
 */
export function buildProof(allowance: Signed<Allowance>, one: Accused, other: Accused): Uint8Array {
  const allowanceId = documentId({ type: 'allowance', suite: allowance.suite }, allowance.payload);
  const [first, second] = [one, other]
    .map((document) => ({ document, id: idOf(document, allowanceId) }))
    .sort(compareForProof) as [Identified<Payment | Return>, Identified<Payment | Return>];
  return encodePacket({ kind: 'proof', allowance, first, second });
}

function idOf({ suite, payload, fields: { type } }: Accused, parentId: Uint8Array): Uint8Array {
  return documentId({ type, suite, parentId }, payload);
}

/**
 * Verifies that one device key signed two documents that cannot both be true, with nothing but the
 * bank's issuer keys (spec/evidence.md §1). Refuses, in this order: the bytes, the allowance, the
 * signatures, `proof/same_document`, `return_conflict` for a Return of another journal,
 * `proof/no_contradiction`.
 */
export async function verifyProof(
  bytes: Uint8Array,
  options: ProveOptions,
): Promise<Result<VerifiedProof>> {
  const decoded = decodePacketOfKind('proof', bytes);
  if (!decoded.ok) return decoded;
  const { allowance, allowanceId, first, second } = decoded.value;
  const refused =
    (await refuseAllowance(allowance, allowanceId, options)) ??
    (await refusePayer({ allowance, allowanceId }, first.document, options)) ??
    (await refusePayer({ allowance, allowanceId }, second.document, options));
  if (refused !== undefined) return refused;
  if (equalBytes(first.id, second.id)) {
    return failure('proof/same_document', 'one document, signed twice at most');
  }
  for (const { document } of [first, second]) {
    if (document.fields.type !== 'return') continue;
    const foreign = refuseJournal(allowance.fields, document.fields);
    if (foreign !== undefined) return foreign;
  }
  const verdict = contradicts(knownOf(first), knownOf(second));
  if (verdict === undefined) {
    return failure('proof/no_contradiction', 'both documents can be true');
  }
  return success({ verdict, allowance, allowanceId, first, second });
}

function knownOf({ document, id }: Identified<Payment | Return>): KnownDocument | KnownReturn {
  const { fields } = document;
  return fields.type === 'payment' ? knownPayment(fields, id) : knownReturn(fields, id);
}

import { buildProof, decodePacket, decodePacketOfKind, sha256 } from '@sikka/protocol';
import type { Allowance, Equivocation, Payment, Return, Signed } from '@sikka/protocol';
import type { Accusation } from './decide/index.ts';
import type { AllowanceTerms, EvidencePlace } from './facts.ts';
import type { DecidingStore } from './store/port.ts';

/** Two signed documents that cannot both be true, as a packet anyone can verify. */
export interface Proof {
  /** SHA-256 of the packet. */
  readonly id: Uint8Array;
  readonly packet: Uint8Array;
  readonly verdict: Equivocation;
  readonly terms: AllowanceTerms;
  /** Ids of the two documents, in the packet's order. */
  readonly firstId: Uint8Array;
  readonly secondId: Uint8Array;
}

/**
 * Builds the proof of every accusation (spec/evidence.md §1) from the bytes received: both were
 * proved by their own signatures before they were compared.
 */
export async function proveAccusations(
  accusations: readonly Accusation[],
  store: Pick<DecidingStore, 'readEvidence'>,
): Promise<readonly Proof[]> {
  if (accusations.length === 0) return [];
  const places = accusations.map(({ known }) => known).filter(isPlace);
  const read = (await store.readEvidence(places)).values();
  return accusations.map(({ verdict, terms, known, judged }) => {
    const packet = isPlace(known) ? read.next().value : known;
    if (packet === undefined) throw new Error('Stored evidence was not found.');
    const { allowance, document } = documentIn(judged);
    const proof = buildProof(allowance, documentIn(packet).document, document);
    return { id: sha256(proof), packet: proof, verdict, terms, ...idsIn(proof) };
  });
}

function idsIn(proof: Uint8Array): Pick<Proof, 'firstId' | 'secondId'> {
  const decoded = decodePacketOfKind('proof', proof);
  if (!decoded.ok) throw new Error('A proof that was just built is not one.');
  return { firstId: decoded.value.first.id, secondId: decoded.value.second.id };
}

function isPlace(known: EvidencePlace | Uint8Array): known is EvidencePlace {
  return !(known instanceof Uint8Array);
}

interface Signer {
  readonly allowance: Signed<Allowance>;
  readonly document: Signed<Payment | Return>;
}

function documentIn(bytes: Uint8Array): Signer {
  const decoded = decodePacket(bytes);
  if (decoded.ok && decoded.value.kind === 'payment') {
    return { allowance: decoded.value.allowance, document: decoded.value.payment };
  }
  if (decoded.ok && decoded.value.kind === 'return') {
    return { allowance: decoded.value.allowance, document: decoded.value.return };
  }
  throw new Error('Stored evidence is neither a payment nor a Return.');
}

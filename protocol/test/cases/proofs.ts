import { buildProof, documentId, hex, signDocument } from '../../src/index.ts';
import type { Allowance, JudgeCode, Payment, ProtocolCode, Signed } from '../../src/index.ts';
import { bytesOf, signerAgain, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { family, issuersJson, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { EACH, honestRun } from './honest-run.ts';
import { rawPacket, signRaw, valuesOf } from './raw.ts';
import type { RawSigned } from './raw.ts';

const scene = scenery.createScene();

export async function proofVectors(): Promise<readonly VectorCase[]> {
  const under = await scenery.allowance(scene);
  const [one, two, three] = (await honestRun(scene, under, 3)) as [
    Signed<Payment>,
    Signed<Payment>,
    Signed<Payment>,
  ];
  const parentId = scenery.idOf(under);
  const idOf = (document: Signed): Uint8Array => scenery.idOf(document, parentId);
  const again = await scenery.payment(scene, under, { ...two.fields, bind: bytesOf('other') });
  const skipped = await scenery.payment(scene, under, {
    sequence: 5,
    amountMinor: 2n * EACH,
    spentMinor: 4n * EACH,
  });
  const stopped = await scenery.returned(scene, under, {
    lastSequence: 2,
    totalMinor: 2n * EACH,
    head: idOf(two),
  });
  const later = await scenery.returned(scene, under, {
    lastSequence: 3,
    totalMinor: 3n * EACH,
    head: idOf(three),
  });
  const foreign = await scenery.returned(scene, under, {
    ...stopped.fields,
    journalNonce: bytesOf('other', 8),
  });
  const input = (packet: Uint8Array): JsonObject => ({
    packet: hex(packet),
    issuers: issuersJson(scene.issuers),
  });
  const yes = (name: string, about: string, packet: Uint8Array, verdict: JudgeCode): VectorRow => ({
    case: name,
    spec: 'evidence.md §1',
    about,
    input: input(packet),
    expect: { ok: true, verdict, allowanceId: hex(parentId) },
  });
  const no = (name: string, about: string, packet: Uint8Array, code: ProtocolCode): VectorRow => ({
    case: name,
    spec: 'evidence.md §1',
    about,
    input: input(packet),
    expect: refused(code),
  });
  const proof = buildProof(under, two, again);
  const [first, second] = hex(idOf(two)) < hex(idOf(again)) ? [two, again] : [again, two];
  const stranger = signerOf('ES256', 'stranger');
  const forged = await signDocument(again.fields, stranger, parentId);
  const unissued = await signDocument(under.fields, stranger);
  const unknown = await scenery.allowance(scene, { issuerKey: 8 });
  const otherAllowance = await scenery.allowance(scene, { serial: 41_028 });
  const ofOther = await scenery.payment(scene, otherAllowance, two.fields);
  const asReceipt = await signRaw(
    { type: 'receipt', values: valuesOf(again), parentId },
    scene.payer,
  );
  const ordered = (a: RawSigned, b: RawSigned): Uint8Array => rawPacket(7, under, a, b);
  const broken = { ...second, signature: scenery.broken(second.signature) };
  return family('proofs', [
    yes('double-spend', 'One sequence, two payments.', proof, 'double_spend'),
    yes(
      'adjacent-total',
      'The next payment does not add up.',
      buildProof(
        under,
        one,
        await scenery.payment(scene, under, { ...two.fields, spentMinor: 2n * EACH + 1n }),
      ),
      'contradiction',
    ),
    yes(
      'adjacent-previous',
      'The next payment names another before it.',
      buildProof(
        under,
        two,
        await scenery.payment(scene, under, { ...three.fields, previous: idOf(one) }),
      ),
      'contradiction',
    ),
    yes('gap', 'Across a gap.', buildProof(under, three, skipped), 'contradiction'),
    yes(
      'return-exceeded',
      'A payment after the last.',
      buildProof(under, three, stopped),
      'contradiction',
    ),
    yes(
      'two-returns',
      'Two ends of one journal.',
      buildProof(under, stopped, later),
      'contradiction',
    ),
    no('same-document', 'One document twice.', ordered(two, two), 'proof/same_document'),
    no(
      'signed-twice',
      'One document with two valid signatures: a wallet may sign again what it signed.',
      ordered(two, await resigned(two, parentId)),
      'proof/same_document',
    ),
    no(
      'honest-neighbours',
      'Two payments of an honest journal.',
      ordered(one, two),
      'proof/no_contradiction',
    ),
    no(
      'honest-gap',
      'Two payments of an honest journal, one missing between.',
      ordered(one, three),
      'proof/no_contradiction',
    ),
    no(
      'honest-return',
      'The Return of an honest journal.',
      ordered(two, stopped),
      'proof/no_contradiction',
    ),
    no(
      'wrong-order',
      'The lower id comes first: a pair has one proof.',
      ordered(second, first),
      'malformed',
    ),
    no(
      'wrong-order-sequence',
      'The lower sequence comes first.',
      ordered(skipped, three),
      'malformed',
    ),
    no('one-document', 'A proof has two documents.', rawPacket(7, under, two), 'malformed'),
    no(
      'request-inside',
      'A type that proves nothing.',
      ordered(two, { ...again, payload: again.payload.with(1, 5) }),
      'malformed',
    ),
    no(
      'altered',
      'The last byte of a signature changed.',
      ordered(first, broken),
      'payer_signature_invalid',
    ),
    no(
      'forged',
      'The second document is signed by a stranger.',
      inOrder(under, two, forged),
      'payer_signature_invalid',
    ),
    no(
      'other-allowance',
      'Two allowances of one device and one sequence.',
      inOrder(under, two, ofOther),
      'payer_signature_invalid',
    ),
    no(
      'other-type',
      'Signed as a document of another type.',
      inOrder(under, two, { ...again, ...asReceipt }),
      'payer_signature_invalid',
    ),
    no(
      'issuer-unknown',
      'An allowance of issuer key 8.',
      rawPacket(7, unknown, ...(await twice(unknown))),
      'issuer_unknown',
    ),
    no(
      'issuer-forged',
      'An allowance that a stranger made for a copied key.',
      rawPacket(7, unissued, ...(await twice(unissued))),
      'issuer_signature_invalid',
    ),
    no(
      'return-other-journal',
      'A Return of another journal is evidence of nothing.',
      ordered(foreign, three),
      'return_conflict',
    ),
    no('truncated', 'A byte short.', proof.slice(0, -1), 'malformed'),
    no(
      'allowance-altered',
      "The last byte of the allowance's signature changed.",
      rawPacket(7, { ...under, signature: scenery.broken(under.signature) }, first, second),
      'issuer_signature_invalid',
    ),
    no('payment-packet', 'Another kind of packet.', scenery.paymentPacket(under, two), 'malformed'),
  ]);
}

/** The same document with another valid signature, as ECDSA with randomness gives. */
async function resigned(document: Signed<Payment>, parentId: Uint8Array): Promise<RawSigned> {
  const values = valuesOf(document);
  return signRaw({ type: 'payment', values, parentId }, signerAgain('payer'));
}

function inOrder(under: Signed<Allowance>, a: RawSigned, b: RawSigned): Uint8Array {
  const parentId = scenery.idOf(under);
  const [idOfA, idOfB] = [a, b].map((each) =>
    hex(documentId({ type: 'payment', suite: each.suite, parentId }, each.payload)),
  );
  return idOfA! < idOfB! ? rawPacket(7, under, a, b) : rawPacket(7, under, b, a);
}

/** Two payments of one sequence under an allowance, in a proof's order. */
async function twice(under: Signed<Allowance>): Promise<readonly [RawSigned, RawSigned]> {
  const a = await scenery.payment(scene, under);
  const b = await scenery.payment(scene, under, { bind: bytesOf('other') });
  const parentId = scenery.idOf(under);
  return hex(scenery.idOf(a, parentId)) < hex(scenery.idOf(b, parentId)) ? [a, b] : [b, a];
}

import { documentId, encodeCbor, hex, signDocument } from '../../src/index.ts';
import type { Payment, Signed } from '../../src/index.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { family, issuersJson, refused } from './case.ts';
import type { VectorCase, VectorRow } from './case.ts';
import { EACH, honestRun } from './honest-run.ts';
import { itemsOf, rawPacket } from './raw.ts';
import type { RawSigned } from './raw.ts';

const scene = scenery.createScene();

export async function runVectors(): Promise<readonly VectorCase[]> {
  const under = await scenery.allowance(scene);
  const run = await honestRun(scene, under, 5);
  const spoil = (at: number, change: (document: Signed<Payment>) => RawSigned): RawSigned[] =>
    run.map((document, i) => (i === at ? change(document) : document));
  const unsigned = (document: Signed<Payment>): RawSigned => ({
    ...document,
    signature: scenery.broken(document.signature),
  });
  const row = (
    name: string,
    about: string,
    documents: readonly RawSigned[],
    proved: readonly string[],
  ): VectorRow => {
    const payments = documents.map((each) => hex(rawPacket(2, under, each)));
    const ok = proved.every((each) => each === 'signature' || each === 'chain');
    const input = { payments, issuers: issuersJson(scene.issuers) };
    return { case: name, spec: 'evidence.md §2', about, input, expect: { ok, proved } };
  };
  const no = 'payer_signature_invalid';
  const chain = 'chain';
  const own = 'signature';
  const otherBody = { ...run[2]!.fields, salt: bytesOf('forged', 16) };
  const forged = await signDocument(otherBody, signerOf('ES256', 'stranger'), scenery.idOf(under));
  const changed = async (changes: Partial<Payment>) =>
    signDocument({ ...run[2]!.fields, ...changes }, scene.payer, scenery.idOf(under));
  const strange = await scenery.allowance(scene, { issuerKey: 8 });
  const ofStrange = (await honestRun(scene, strange, 2)).map((each) =>
    hex(rawPacket(2, strange, each)),
  );
  const strangers = await signDocument(
    run[4]!.fields,
    signerOf('ES256', 'stranger'),
    scenery.idOf(under),
  );
  const third = await changed({ previous: bytesOf('another') });
  const total = await changed({ spentMinor: 3n * EACH + 1n });
  const parentId = scenery.idOf(under);
  const oddId = documentId({ type: 'payment', suite: 'EdDSA', parentId }, run[0]!.payload);
  const second = { ...run[1]!.fields, previous: oddId };
  const naming = await signDocument(second, scene.payer, parentId);
  return family('runs', [
    row('five', 'One signature for five payments.', run, [chain, chain, chain, chain, own]),
    row(
      'gap',
      'A missing number ends the run.',
      [...run.slice(0, 2), ...run.slice(3)],
      [chain, own, chain, own],
    ),
    row(
      'unread-signature',
      "A payment's own signature is not read where a later one vouches.",
      spoil(1, unsigned),
      [chain, chain, chain, chain, own],
    ),
    row(
      'wrong-previous',
      'The third names another before it: the second needs its own signature.',
      spoil(2, () => third),
      [chain, own, own, chain, own],
    ),
    row(
      'last-broken',
      'Without the last signature the one before needs its own.',
      spoil(4, unsigned),
      [chain, chain, chain, own, no],
    ),
    row(
      'forged-inside',
      'A forged body is not what the next one names.',
      spoil(2, () => forged),
      [chain, own, no, chain, own],
    ),
    row('vouched-by-forged', 'What is not proved vouches for nothing.', run.map(unsigned), [
      no,
      no,
      no,
      no,
      no,
    ]),
    row(
      'total-and-signature',
      'A total that does not add up, with its signature broken.',
      spoil(2, () => unsigned(total)),
      [chain, own, no, chain, own],
    ),
    row(
      'other-suite',
      "A suite beside the signature that is not the allowance's.",
      spoil(4, (document) => ({ ...document, suite: 'EdDSA' })),
      [chain, chain, chain, own, no],
    ),
    row(
      'named-under-other-suite',
      "A later one that names the id under a suite not the allowance's vouches for nothing.",
      [{ ...run[0]!, suite: 'EdDSA' }, naming],
      [no, own],
    ),
    row(
      'gap-broken',
      'Before a gap a payment needs its own signature.',
      [run[0]!, unsigned(run[1]!), ...run.slice(3)],
      [own, no, chain, own],
    ),
    row(
      'wrong-previous-broken',
      'Not named by the third, and its own signature broken.',
      [run[0]!, unsigned(run[1]!), third, ...run.slice(3)],
      [own, no, own, chain, own],
    ),
    row(
      'last-by-stranger',
      'The last one signed by a stranger.',
      spoil(4, () => strangers),
      [chain, chain, chain, own, no],
    ),
    row('one-broken', 'A run of one with a broken signature.', run.slice(0, 1).map(unsigned), [no]),
    {
      case: 'issuer-unknown',
      spec: 'evidence.md §2',
      about: "No run under an allowance that is not the bank's.",
      input: { payments: ofStrange, issuers: issuersJson(scene.issuers) },
      expect: { ok: false, proved: ['issuer_unknown', 'issuer_unknown'] },
    },
    {
      case: 'allowance-altered',
      spec: 'evidence.md §2',
      about: 'Each payment brings its allowance, and one of the copies has a broken signature.',
      input: {
        payments: [
          ...run.slice(0, 2).map((each) => hex(rawPacket(2, under, each))),
          hex(rawPacket(2, { ...under, signature: scenery.broken(under.signature) }, run[2]!)),
          ...run.slice(3).map((each) => hex(rawPacket(2, under, each))),
        ],
        issuers: issuersJson(scene.issuers),
      },
      expect: { ok: false, proved: [chain, own, 'issuer_signature_invalid', chain, own] },
    },
    {
      case: 'not-a-payment',
      spec: 'evidence.md §2',
      about: 'A packet that is no payment.',
      input: {
        payments: [hex(encodeCbor([9, ...itemsOf(under)]))],
        issuers: issuersJson(scene.issuers),
      },
      expect: refused('malformed'),
    },
  ]);
}

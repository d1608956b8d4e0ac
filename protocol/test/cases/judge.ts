import { encodeCbor, encodePacket, hex, signDocument } from '../../src/index.ts';
import type { CborValue, Credential, JudgeCode } from '../../src/index.ts';
import { bytesOf, signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW } from '../support/scene.ts';
import { family, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { equivocations } from './judge-equivocations.ts';
import { addressed, amounts, bulletinOf, revoked, times } from './judge-refusals.ts';
import { at, bank, observer, payee, payer, paying, row, scene, tell } from './judge-story.ts';
import type { Changes, Story } from './judge-story.ts';
import { itemsOf, rawPacket, valuesOf } from './raw.ts';

export async function judgeVectors(): Promise<readonly VectorCase[]> {
  const story = await tell();
  const groups = [accepted, bytesAndSignatures, equivocations, addressed, amounts, times, revoked];
  const rows: VectorRow[] = [];
  for (const group of groups) rows.push(...(await group(story)));
  return family('judge', rows);
}

async function accepted(story: Story): Promise<readonly VectorRow[]> {
  const { packet, id } = await paying(story, {});
  const expect = { ok: true, code: 'acceptable', paymentId: id };
  const fixed = await paying(story, { mode: 'static', bind: story.printedId });
  const good = (name: string, about: string, context: JsonObject): VectorRow =>
    row(name, about, { packet, context }, expect);
  const inAll: readonly [string, JsonObject][] = [
    ['payer', payer(story)],
    ['payee', payee(story)],
    ['bank', bank()],
    ['observer', observer()],
  ];
  const old = { bankTime: NOW, paidBy: id };
  return [
    ...inAll.map(([name, context]) => good(`acceptable-${name}`, `To the ${name}.`, context)),
    row(
      'acceptable-printed-code',
      'A payment to a printed code, by its till.',
      { packet: fixed.packet, context: { as: 'payee', ...at(story.printedPacket) } },
      { ok: true, code: 'acceptable', paymentId: fixed.id },
    ),
    good(
      'acceptable-paid-by-itself',
      'The payment accepted before is this one.',
      payee(story, old),
    ),
    row(
      'acceptable-last-second-of-until',
      'Windows include both ends.',
      {
        packet: fixed.packet,
        context: { as: 'payee', ...at(story.printedPacket), bankTime: NOW + 12 * DAY },
      },
      { ok: true, code: 'acceptable', paymentId: fixed.id },
    ),
    row(
      'acceptable-a-day-early',
      'The best bank time is only a lower bound: a day before from is not too early.',
      {
        packet: fixed.packet,
        context: { as: 'payee', ...at(story.printedPacket), bankTime: NOW - 3 * DAY },
      },
      { ok: true, code: 'acceptable', paymentId: fixed.id },
    ),
    row(
      'acceptable-printed-code-paid-before',
      'A printed code is paid many times.',
      {
        packet: fixed.packet,
        context: { as: 'payee', ...at(story.printedPacket), paidBy: hex(bytesOf('another')) },
      },
      { ok: true, code: 'acceptable', paymentId: fixed.id },
    ),
    await withCredential(
      ['acceptable-credential-expired', 'Asked of the target before, not again of the payment.'],
      { until: NOW - 1 },
    ),
    await withCredential(
      ['acceptable-credential-min-version', 'That too is asked of the target.'],
      { minVersion: 2 },
    ),
    good(
      'acceptable-bank-after-until',
      'The bank does not judge until.',
      bank({
        receivedAt: NOW + 20 * DAY,
      }),
    ),
    good(
      'acceptable-bank-last-second',
      'Windows include both ends.',
      bank({
        receivedAt: NOW + 26 * DAY,
      }),
    ),
    good(
      'acceptable-payee-last-second',
      'Windows include both ends.',
      payee(story, {
        bankTime: NOW + 600,
      }),
    ),
    good(
      'acceptable-bank-revoked',
      'A bulletin is not an input of the bank: its reservation holds.',
      {
        ...bank(),
        bulletin: await bulletinOf({ revokedAllowances: [scenery.idOf(story.under)] }),
      },
    ),
  ];
}

/** A payment for a request whose credential `targets` would refuse, as the judge sees it. */
async function withCredential(
  [name, about]: readonly [string, string],
  changes: Changes<Credential>,
): Promise<VectorRow> {
  const credential = await scenery.credential(scene, changes);
  const request = await scenery.request(scene, credential);
  const bind = scenery.idOf(request, scenery.idOf(credential));
  const { packet, id } = await paying(await tell(), { bind });
  const target = encodePacket({ kind: 'request', credential, request });
  const expect = { ok: true, code: 'acceptable', paymentId: id };
  return row(name, about, { packet, context: { as: 'payer', ...at(target) } }, expect);
}

async function bytesAndSignatures(story: Story): Promise<readonly VectorRow[]> {
  const { under, paid } = story;
  const packet = scenery.paymentPacket(under, paid);
  const context = payee(story);
  const stranger = signerOf('ES256', 'stranger');
  const no = (name: string, about: string, bytes: Uint8Array, code: JudgeCode, as = context) =>
    row(name, about, { packet: bytes, context: as }, refused(code));
  const parentId = scenery.idOf(under);
  const forged = await signDocument(under.fields, stranger);
  const ofStranger = await signDocument(paid.fields, stranger, parentId);
  const unknown = await scenery.allowance(scene, { issuerKey: 8 });
  const other = await scenery.allowance(scene, { serial: 41_028 });
  const both = { ...paid, signature: scenery.broken(paid.signature) };
  const eddsa = { ...under, suite: 'EdDSA' as const };
  const payload = paid.payload.with(1, 7);
  return [
    no('too-large', 'More than 4,096 bytes.', new Uint8Array(4_097), 'too_large'),
    no('malformed', 'A byte short.', packet.slice(0, -1), 'malformed'),
    no('other-kind', 'A request is no payment.', story.requestPacket, 'malformed'),
    no('not-canonical', 'The kind in two bytes.', longKind(packet), 'not_canonical'),
    no('unknown-kind', 'No kind 12.', packet.with(1, 12), 'unknown_type'),
    no('unknown-document', 'A document of type 20.', retyped(story, 1, 20), 'unknown_type'),
    no('unknown-version', 'A payment of version 2.', retyped(story, 2, 2), 'unknown_version'),
    no('unknown-suite', 'Suite 4 beside a signature.', packet.with(2, 4), 'unknown_suite'),
    ...twoFaults(story).map(([name, about, bytes, code]) => no(name, about, bytes, code)),
    no(
      'receipt-in-place',
      'A payload that says receipt.',
      rawPacket(2, under, { ...paid, payload }),
      'malformed',
    ),
    no(
      'issuer-unknown',
      'No issuer key 8.',
      scenery.paymentPacket(unknown, await scenery.payment(scene, unknown)),
      'issuer_unknown',
    ),
    no(
      'issuer-forged',
      'An allowance of a stranger.',
      scenery.paymentPacket(forged, await scenery.payment(scene, forged)),
      'issuer_signature_invalid',
    ),
    no(
      'issuer-suite',
      "A suite beside the allowance's signature that is not its key's.",
      rawPacket(2, eddsa, paid),
      'issuer_signature_invalid',
    ),
    no(
      'allowance-unknown',
      'Well signed, but nothing was reserved.',
      packet,
      'allowance_unknown',
      bank({ allowanceKnown: false }),
    ),
    no(
      'allowance-unknown-first',
      'Rule 2 before rule 3.',
      rawPacket(2, under, both),
      'allowance_unknown',
      bank({ allowanceKnown: false }),
    ),
    no(
      'payer-forged',
      'A payment of a stranger.',
      scenery.paymentPacket(under, ofStranger),
      'payer_signature_invalid',
    ),
    no(
      'payer-altered',
      'The last byte changed.',
      rawPacket(2, under, both),
      'payer_signature_invalid',
    ),
    no(
      'other-allowance',
      'Beside another allowance of the same key.',
      rawPacket(2, other, paid),
      'payer_signature_invalid',
    ),
    no(
      'other-allowance-bank',
      'The same handed in to the bank.',
      rawPacket(2, other, paid),
      'payer_signature_invalid',
      bank(),
    ),
  ];
}

function longKind([head = 0, kind = 0, ...rest]: Uint8Array): Uint8Array {
  return Uint8Array.of(head, 0x18, kind, ...rest);
}

/** The payment's payload with one byte changed, signed or not: rule 1 speaks before. */
function retyped({ under, paid }: Story, index: number, value: number): Uint8Array {
  return rawPacket(2, under, { ...paid, payload: paid.payload.with(index, value) });
}

type TwoFaults = readonly [name: string, about: string, packet: Uint8Array, code: JudgeCode];

/** Of two things wrong with the bytes, the first by judge.md §6. */
function twoFaults({ under, paid, requestPacket }: Story): readonly TwoFaults[] {
  const items = [2, ...itemsOf(under), ...itemsOf(paid)];
  const with_ = (changes: Readonly<Record<number, CborValue>>): Uint8Array =>
    encodeCbor(items.map((item, i) => changes[i] ?? item));
  const payload = (values: (old: readonly CborValue[]) => readonly CborValue[]): Uint8Array =>
    encodeCbor(values(valuesOf(paid)));
  const short = paid.signature.slice(1);
  const version2 = payload(([type = 0, , ...fields]) => [type, 2, ...fields.slice(1)]);
  const receipt2 = payload(([, , ...fields]) => [7, 2, ...fields]);
  const type20 = payload(([, , ...fields]) => [20, 2, ...fields]);
  const noFields = payload(([type = 0, , ...fields]) => [type, 2, ...fields.map(() => true)]);
  // Its second byte says bulletin, so it may be long; its type does not belong here.
  const long = encodeCbor([12, 1, new Uint8Array(1_100)]);
  return [
    [
      'first-items-before-second',
      'Items one too few, and a suite 4.',
      encodeCbor([2, 4, ...items.slice(2, -1)]),
      'malformed',
    ],
    [
      'first-suite-before-second-item',
      'Suite 4 in the first, a boolean for a payload in the second.',
      with_({ 1: 4, 5: true }),
      'unknown_suite',
    ],
    [
      'first-payload-before-second-suite',
      'A payload that is text in the first, suite 4 in the second.',
      with_({ 2: 'text', 4: 4 }),
      'malformed',
    ],
    [
      'suite-before-payload',
      'Suite 4 beside a payload of version 2.',
      with_({ 4: 4, 5: version2 }),
      'unknown_suite',
    ],
    [
      'payload-before-signature',
      'Version 2, and a signature a byte short.',
      with_({ 5: version2, 6: short }),
      'unknown_version',
    ],
    [
      'version-before-fields',
      'Version 2, and a field too few.',
      with_({ 5: version2 }),
      'unknown_version',
    ],
    [
      'version-before-field',
      'Version 2, and every field a boolean.',
      with_({ 5: noFields }),
      'unknown_version',
    ],
    [
      'type-for-kind-before-version',
      'A receipt of version 2 where the payment belongs.',
      with_({ 5: receipt2 }),
      'malformed',
    ],
    ['type-before-version', 'Type 20 of version 2.', with_({ 5: type20 }), 'unknown_type'],
    [
      'signature-before-issuer',
      'A signature a byte short, under no issuer key 8.',
      with_({ 6: short }),
      'malformed',
    ],
    [
      'size-by-own-type',
      'A payload of over 1,024 bytes that says bulletin.',
      with_({ 5: long }),
      'malformed',
    ],
    [
      'size-of-payload',
      'A payload of over 1,024 bytes that says payment.',
      with_({ 5: long.with(1, 6) }),
      'too_large',
    ],
    [
      'other-kind-own-fault',
      'A request is no payment, but its own fault comes first.',
      requestPacket.with(2, 4),
      'unknown_suite',
    ],
  ];
}

import { signDocument } from '../../src/index.ts';
import type { JudgeCode } from '../../src/index.ts';
import { signerOf } from '../support/keys.ts';
import * as scenery from '../support/scene.ts';
import { DAY, NOW } from '../support/scene.ts';
import { family, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { equivocations } from './judge-equivocations.ts';
import { addressed, amounts, bulletinOf, revoked, times } from './judge-refusals.ts';
import { at, bank, observer, payee, payer, paying, row, scene, tell } from './judge-story.ts';
import type { Story } from './judge-story.ts';
import { rawPacket } from './raw.ts';

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

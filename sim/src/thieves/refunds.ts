import { documentId, encodePacket, fromHex, hex, signDocument } from '@sikka/protocol';
import type { Credential, Refund, Signed, Signer } from '@sikka/protocol';
import type { RefundView } from '../bank/port.ts';
import type { Phone } from '../phone.ts';
import { refundOf } from '../recorder.ts';
import type { World } from '../world.ts';

/** What a phone's account is paid under; undefined where it is none. */
export function credentialOf(phone: Phone) {
  return phone.use(
    async ({ wallet }) => (await wallet.journal.read()).enrolment?.answer?.credential,
  );
}

/** What a till signs refunds with, past every rule of the wallet. */
export interface RefundKey {
  readonly account: string;
  readonly signer: Signer;
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
}

/** Undefined where the phone is not enrolled. */
export async function refundKeyOf(phone: Phone): Promise<RefundKey | undefined> {
  const held = await credentialOf(phone);
  const { account, vault } = phone;
  if (held === undefined || vault.signer === undefined) return undefined;
  const { credential, credentialId } = held;
  return { account, signer: vault.signer, credential, credentialId };
}

/** Signs whatever it is told, and notes that it did. */
export async function signRefundRaw(
  world: World,
  { account, signer, credential, credentialId: parentId }: RefundKey,
  fields: Refund,
): Promise<{ readonly id: string; readonly packet: Uint8Array }> {
  const refund = await signDocument(fields, signer, parentId);
  const id = hex(documentId({ type: 'refund', suite: refund.suite, parentId }, refund.payload));
  world.recorder.signedRefund(refundOf(id, fields, account));
  return { id, packet: encodePacket({ kind: 'refund', credential, refund }) };
}

type Done = Pick<RefundView, 'amountMinor' | 'id' | 'number'>;
export type NextRefund = Pick<Refund, 'amountMinor' | 'cumulativeMinor' | 'number' | 'previous'>;

/** The next refund of a payment, of one unit of money: whoever was paid has that. */
export function nextRefund(paymentId: string, done: readonly Done[]): NextRefund {
  const given = done.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const number = done.length + 1;
  const previous = fromHex(done.find((each) => each.number === number - 1)?.id ?? paymentId);
  return { amountMinor: 1n, cumulativeMinor: given + 1n, number, previous };
}

import { randomBytes } from 'node:crypto';
import { documentId, encodeCbor, encodePacket, encodePayload, signedBytes } from '@sikka/protocol';
import type { Payment } from '@sikka/protocol';
import type { Payer } from './people.ts';
import { ALLOWANCE_COUNT, nowSeconds } from './people.ts';

/**
 * Payers who pay in turn at the same place: those of one lane are in nobody else's batches, so
 * that two batches under way never wait for one allowance.
 */
export interface Lane {
  readonly payers: readonly Payer[];
  /** Who is next. */
  turn: number;
}

/** So many lanes of as many payers each. */
export function lanesOf(payers: readonly Payer[], count: number): readonly Lane[] {
  const each = Math.floor(payers.length / count);
  return Array.from({ length: count }, (_, lane) => ({
    payers: payers.slice(lane * each, (lane + 1) * each),
    turn: 0,
  }));
}

/** Payments that the allowances of its payers still have room for. */
export function roomOf({ payers, turn }: Lane): number {
  return payers.length * ALLOWANCE_COUNT - turn;
}

/** Whom a payment of a lane goes to. */
export type PayeeOf = (lane: Lane, place: number) => number;

/** Every payment to somebody else of the same lane: nobody is paid from two lanes. */
export const toMany: PayeeOf = ({ payers }, place) => walletAt(payers, place + 1);

/** Every payment of every lane to one wallet. */
export function toOne(payee: Payer): PayeeOf {
  return () => payee.wallet;
}

const SIGNING_AT_ONCE = 32;
const LEAST_MINOR = 100n;
/** One hundred payments of the greatest amount stay below an allowance's limit. */
const AMOUNTS = 9_000n;

/** Signs that many payments, each payer's one after the other; answers their packets. */
export async function signPayments(
  lane: Lane,
  count: number,
  payeeOf: PayeeOf,
): Promise<readonly Uint8Array[]> {
  const drafts = Array.from({ length: count }, () => draftNext(lane, payeeOf));
  const packets = new Array<Uint8Array>(count);
  let next = 0;
  const sign = async () => {
    for (let i = next++; i < count; i = next++) {
      const draft = drafts[i];
      if (draft !== undefined) packets[i] = await signDraft(draft);
    }
  };
  await Promise.all(Array.from({ length: SIGNING_AT_ONCE }, sign));
  return packets;
}

/** Packets as the bodies of uploads, `size` in each. */
export function bodiesOf(packets: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(packets.length / size) }, (_, i) =>
    encodeCbor(packets.slice(i * size, (i + 1) * size)),
  );
}

interface Draft {
  readonly payer: Payer;
  readonly fields: Payment;
  readonly payload: Uint8Array;
}

/** An id does not depend on the signature, so a chain is drafted before any of it is signed. */
function draftNext(lane: Lane, payeeOf: PayeeOf): Draft {
  const place = lane.turn;
  lane.turn += 1;
  const payer = lane.payers[place % lane.payers.length];
  if (payer === undefined) throw new Error('A lane without payers.');
  const { head, signer, allowance, allowanceId: parentId } = payer;
  if (head.sequence >= ALLOWANCE_COUNT) throw new Error('Too few payers were opened.');
  const sequence = head.sequence + 1;
  const amountMinor = LEAST_MINOR + ((BigInt(place) * 37n) % AMOUNTS);
  const fields: Payment = {
    type: 'payment',
    sequence,
    amountMinor,
    currency: allowance.fields.currency,
    spentMinor: head.spentMinor + amountMinor,
    previous: head.id,
    payeeWallet: payeeOf(lane, place),
    mode: 'dynamic',
    bind: new Uint8Array(randomBytes(32)),
    salt: new Uint8Array(randomBytes(16)),
    claimedAt: nowSeconds(),
  };
  const payload = encodePayload(fields);
  const id = documentId({ type: 'payment', suite: signer.suite, parentId }, payload);
  payer.head = { sequence, spentMinor: fields.spentMinor, id };
  return { payer, fields, payload };
}

async function signDraft({ payer, fields, payload }: Draft): Promise<Uint8Array> {
  const { signer, allowance, allowanceId: parentId } = payer;
  const { suite } = signer;
  const signature = await signer.sign(signedBytes({ type: 'payment', suite, parentId }, payload));
  const payment = { suite, payload, signature, fields };
  return encodePacket({ kind: 'payment', allowance, payment });
}

function walletAt(payers: readonly Payer[], place: number): number {
  const payer = payers[place % payers.length];
  if (payer === undefined) throw new Error('A lane without payers.');
  return payer.wallet;
}

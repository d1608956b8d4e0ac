import type { Claim, DeviceClaim, KeyPaymentClaim, LedgerClaim } from './claims.ts';
import type {
  AskedRange,
  ClaimedRange,
  KeyQuestion,
  Known,
  KnownQuestion,
  Question,
  RefundQuestion,
} from './facts.ts';
import { NO_KEY_QUESTION } from './facts.ts';
import { keyOf } from './keys.ts';
import { NO_ORDER_QUESTION } from './orders.ts';
import type { KnownOrderQuestion, OrderQuestion } from './orders.ts';
import type {
  Proved,
  ProvedDeviceTransaction,
  ProvedKeyPayment,
  ProvedLedgerEntry,
  ProvedRefund,
} from './prove.ts';

/** What has to be known of the claims before they are proved. */
export function knownQuestion(claims: readonly Claim[]): KnownQuestion {
  const ranges = new Map<string, ClaimedRange>();
  const allowanceIds = new Map<string, Uint8Array>();
  const credentialIds = new Map<string, Uint8Array>();
  const paymentIds: Uint8Array[] = [];
  const refundIds: Uint8Array[] = [];
  for (const claim of claims) {
    if (claim.kind === 'payment') {
      const { allowanceId, payment } = claim.packet;
      const key = keyOf(allowanceId);
      const range = widened(ranges.get(key), payment.fields.sequence);
      ranges.set(key, { allowanceId, ...range });
    } else if (claim.kind === 'return') {
      const { allowanceId } = claim.packet;
      allowanceIds.set(keyOf(allowanceId), allowanceId);
    } else if (claim.kind === 'refund') {
      const { credentialId, refund } = claim.packet;
      credentialIds.set(keyOf(credentialId), credentialId);
      refundIds.push(claim.documentId);
      paymentIds.push(refund.fields.paymentId);
    }
  }
  return {
    ranges: [...ranges.values()],
    allowanceIds: [...allowanceIds.values()],
    credentialIds: [...credentialIds.values()],
    paymentIds,
    refundIds,
    keys: knownKeyQuestion(claims),
    orders: knownOrderQuestion(claims),
  };
}

function knownOrderQuestion(claims: readonly Claim[]): KnownOrderQuestion {
  const entries = claims.filter((claim): claim is LedgerClaim => claim.kind === 'ledger_entry');
  const orders = claims.filter((claim): claim is DeviceClaim => {
    return claim.kind === 'device_transaction';
  });
  return {
    userIds: [...new Set(entries.map(({ transaction }) => transaction.fromId))],
    deviceIds: [...new Set(orders.map(({ carrier }) => carrier.deviceId))],
    documentIds: [...entries, ...orders].map(({ documentId }) => documentId),
  };
}

function knownKeyQuestion(claims: readonly Claim[]): KnownQuestion['keys'] {
  const signed = claims.filter((claim): claim is KeyPaymentClaim => claim.kind === 'key_payment');
  if (signed.length === 0) return NO_KEY_QUESTION;
  return {
    nonces: signed.map(({ signed: { claimed } }) => nonceOf(claimed)),
    paymentIds: signed.map(({ documentId }) => documentId),
  };
}

function nonceOf({ payerWallet: wallet, nonce }: { payerWallet: number; nonce: string }) {
  return { wallet, nonce };
}

/** What has to be read to answer again about claims that were decided. */
export function recallQuestion(claims: readonly Claim[], known: Known): Question {
  const refunds = claims.filter((claim) => claim.kind === 'refund');
  const returns = claims.filter((claim) => claim.kind === 'return');
  return {
    ranges: [],
    returnedNos: returns.flatMap(
      ({ packet }) => known.allowances.get(keyOf(packet.allowanceId))?.no ?? [],
    ),
    documentIds: claims.flatMap((claim) => ('documentId' in claim ? [claim.documentId] : [])),
    wallets: [],
    refunds: {
      refundIds: refunds.map(({ documentId }) => documentId),
      paymentIds: refunds.map(({ packet }) => packet.refund.fields.paymentId),
      allowanceNos: [],
      wallets: [],
    },
    keys: NO_KEY_QUESTION,
    orders: NO_ORDER_QUESTION,
  };
}

/** What has to be read under lock to decide about what was proved. */
export function questionOf(
  proved: readonly Proved[],
  known: Known,
  { carried }: Pick<OrderQuestion, 'carried'> = NO_ORDER_QUESTION,
): Question {
  const ranges = new Map<bigint, AskedRange>();
  const returnedNos = new Set<bigint>();
  const documentIds: Uint8Array[] = [];
  const wallets = new Set<number>();
  for (const item of proved) {
    if (item.kind === 'payment') {
      const { payment, paymentId } = item.verified;
      const no = item.allowanceNo;
      ranges.set(no, { no, ...widened(ranges.get(no), payment.sequence) });
      wallets.add(payment.payeeWallet);
      documentIds.push(paymentId);
    } else if (item.kind === 'return') {
      returnedNos.add(item.allowanceNo);
      documentIds.push(item.verified.returnId);
    } else if (item.kind === 'refund') {
      wallets.add(item.credential.wallet);
      documentIds.push(item.packet.refundId);
    } else if (item.kind === 'key_payment' || item.kind === 'ledger_entry') {
      documentIds.push(item.verified.paymentId);
    } else if (item.kind === 'device_transaction') {
      documentIds.push(item.verified.documentId);
    }
  }
  return {
    ranges: [...ranges.values()],
    returnedNos: [...returnedNos],
    documentIds,
    wallets: [...wallets],
    refunds: refundQuestion(proved, known),
    keys: keyQuestion(proved),
    orders: orderQuestion(proved, carried),
  };
}

function orderQuestion(proved: readonly Proved[], carried: boolean): OrderQuestion {
  const entries = proved.filter((item): item is ProvedLedgerEntry => item.kind === 'ledger_entry');
  const orders = proved.filter((item): item is ProvedDeviceTransaction => {
    return item.kind === 'device_transaction';
  });
  if (entries.length + orders.length === 0) return { ...NO_ORDER_QUESTION, carried };
  return {
    carried,
    ledger: entries.map(({ verified: { fromId: userId, txnId, toId } }) => {
      return { userId, txnId, toId };
    }),
    device: orders.map(({ verified: { deviceId, transaction } }) => {
      return { deviceId, localId: transaction.localId };
    }),
    documentIds: [
      ...entries.map(({ verified }) => verified.paymentId),
      ...orders.map(({ verified }) => verified.documentId),
    ],
  };
}

function keyQuestion(proved: readonly Proved[]): KeyQuestion {
  const signed = proved.filter((item): item is ProvedKeyPayment => item.kind === 'key_payment');
  if (signed.length === 0) return NO_KEY_QUESTION;
  return {
    keyIds: signed.flatMap(({ verified }) => [verified.authority.keyId, verified.payeeKey]),
    nonces: signed.map(({ verified }) => nonceOf(verified)),
    paymentIds: signed.map(({ verified }) => verified.paymentId),
  };
}

interface Span {
  readonly lowest: number;
  readonly highest: number;
}

function widened(span: Span | undefined, sequence: number): Span {
  if (span === undefined) return { lowest: sequence, highest: sequence };
  const { lowest, highest } = span;
  return { lowest: Math.min(lowest, sequence), highest: Math.max(highest, sequence) };
}

/** The payments that refunds speak of: settled before, or in this very batch. */
function refundQuestion(proved: readonly Proved[], known: Known): RefundQuestion {
  const refunds = proved.filter((item): item is ProvedRefund => item.kind === 'refund');
  if (refunds.length === 0) return { refundIds: [], paymentIds: [], allowanceNos: [], wallets: [] };
  const here = new Map<string, bigint>();
  for (const item of proved) {
    if (item.kind === 'payment') here.set(keyOf(item.verified.paymentId), item.allowanceNo);
  }
  const allowanceNos = new Set<bigint>();
  const paymentIds = new Map<string, Uint8Array>();
  for (const { packet } of refunds) {
    const { paymentId } = packet.refund.fields;
    const key = keyOf(paymentId);
    paymentIds.set(key, paymentId);
    const no = known.settled.get(key)?.allowanceNo ?? here.get(key);
    if (no !== undefined) allowanceNos.add(no);
  }
  return {
    refundIds: refunds.map(({ packet }) => packet.refundId),
    paymentIds: [...paymentIds.values()],
    allowanceNos: [...allowanceNos],
    wallets: [...new Set(refunds.map(({ credential }) => credential.wallet))],
  };
}

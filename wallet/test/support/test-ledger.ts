import { toBase64url } from '@sikka/api';
import {
  decodePacket,
  decodePacketOfKind,
  formatAmount,
  hex,
  judgeVerified,
  knownPayment,
  provePayment,
} from '@sikka/protocol';
import type { Allowance, IssuedCache, PaymentPacket, RefundPacket, Trust } from '@sikka/protocol';

export interface LedgerParts {
  readonly trust: () => Trust & { readonly allowances: IssuedCache };
  readonly now: () => number;
}

interface Reservation {
  readonly account: string;
  readonly fields: Allowance;
  readonly row: object;
  readonly settled: PaymentPacket[];
}

/** Settles by the real judge, first wins, in memory (spec/settlement.md §2). */
export function createLedger({ trust, now }: LedgerParts) {
  const reservations = new Map<string, Reservation>();
  const decided = new Map<string, object>();
  const wallets = new Set<number>();
  const paid = new Map<number, bigint>();
  const paidRequests = new Map<string, string>();
  const returns: string[] = [];
  const refunds: RefundPacket[] = [];
  /** While true, the bank stores and does not decide. */
  const settings = { slow: false };

  async function settle(bytes: Uint8Array): Promise<object> {
    const isKnownAllowance = (id: Uint8Array): boolean => reservations.has(hex(id));
    const proved = await provePayment(bytes, { ...trust(), isKnownAllowance });
    if (!proved.ok) return { result: 'rejected', code: proved.code };
    const { payment, paymentId, allowanceId, packet } = proved.value;
    const id = hex(paymentId);
    const first = decided.get(id);
    if (first !== undefined) return first;
    const { settled } = reservations.get(hex(allowanceId))!;
    const known = settled.map((each) => knownPayment(each.payment.fields, each.paymentId));
    const verdict = judgeVerified(proved.value, {
      as: 'bank',
      allowanceKnown: true,
      payee: wallets.has(payment.payeeWallet) ? { currency: 586 } : undefined,
      receivedAt: now(),
      known: {
        same: known.find((each) => each.sequence === payment.sequence),
        before: known.findLast((each) => each.sequence < payment.sequence),
        after: known.find((each) => each.sequence > payment.sequence),
      },
    });
    if (!verdict.ok) return { result: 'rejected', code: verdict.code, payment_id: id };
    settled.push(packet);
    settled.sort((a, b) => a.payment.fields.sequence - b.payment.fields.sequence);
    paid.set(payment.payeeWallet, (paid.get(payment.payeeWallet) ?? 0n) + payment.amountMinor);
    const bind = hex(payment.bind);
    const extra = payment.mode === 'dynamic' && paidRequests.has(bind);
    if (payment.mode === 'dynamic' && !extra) paidRequests.set(bind, id);
    return { result: 'settled', payment_id: id, extra };
  }

  return {
    settings,
    wallets,
    /** Minor units settled to each wallet. */
    paid,
    refunds,
    returns,
    settledUnder: (allowanceId: string) => reservations.get(allowanceId)?.settled ?? [],
    settledInAll: () => [...reservations.values()].flatMap(({ settled }) => settled),

    async reserve(packet: Uint8Array, given: { account: string; till: number; at: string }) {
      const decoded = decodePacketOfKind('document', packet);
      if (!decoded.ok || decoded.value.document.fields.type !== 'allowance') throw new Error();
      const { fields } = decoded.value.document;
      const allowance_id = hex(decoded.value.id);
      const amount = (minor: bigint): string => formatAmount(minor, fields.currency);
      const row = {
        allowance_id,
        serial: fields.serial,
        till: given.till,
        wallet_id: 100_000_000_008,
        status: 'active',
        currency: 'PKR',
        limit: amount(fields.limitMinor),
        per_payment: amount(fields.perPaymentMinor),
        count: fields.count,
        first_sequence: fields.firstSequence,
        from: fields.from,
        until: fields.until,
        claim_until: fields.claimUntil,
        settled: '0.00',
        released: '0.00',
        head: null,
        issued_at: given.at,
        packet: toBase64url(packet),
      };
      reservations.set(allowance_id, { account: given.account, fields, row, settled: [] });
      return row;
    },

    rows(account: string): readonly object[] {
      return [...reservations.values()]
        .filter((reservation) => reservation.account === account)
        .map(({ row, settled }) => {
          const last = settled.at(-1);
          if (last === undefined) return row;
          const { sequence, spentMinor, currency } = last.payment.fields;
          const spent = formatAmount(spentMinor, currency);
          return { ...row, head: { sequence, spent, payment_id: hex(last.paymentId) } };
        });
    },

    async decide(bytes: Uint8Array): Promise<object> {
      if (settings.slow) return { result: 'pending' };
      const decoded = decodePacket(bytes);
      if (!decoded.ok) return { result: 'rejected', code: decoded.code };
      const packet = decoded.value;
      switch (packet.kind) {
        case 'payment': {
          const outcome = await settle(bytes);
          if (!decided.has(hex(packet.paymentId))) decided.set(hex(packet.paymentId), outcome);
          return outcome;
        }
        case 'return':
          returns.push(hex(packet.returnId));
          return { result: 'recorded', document_id: hex(packet.returnId) };
        case 'refund': {
          const { paymentId, cumulativeMinor } = packet.refund.fields;
          const document_id = hex(packet.refundId);
          if (cumulativeMinor === 13n) {
            return { result: 'rejected', code: 'insufficient_funds', document_id };
          }
          if (!decided.has(hex(paymentId))) {
            return { result: 'rejected', code: 'refund_unknown_payment', document_id };
          }
          refunds.push(packet);
          return { result: 'recorded', document_id };
        }
        default:
          return { result: 'rejected', code: 'not_accepted_here' };
      }
    },
  };
}

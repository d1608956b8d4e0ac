import { equalBytes, hex } from '@sikka/protocol';
import { secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import { proveOrder } from '../proving-orders.ts';
import type { OrderClaim, OrderKey, ProvedOrder } from '../proving-orders.ts';
import { creditName, numberName } from './order-facts.ts';
import type { OrderFacts } from './order-facts.ts';
import { compare, isBefore, other, PAST, SAME } from './verdict.ts';
import type { Again, Judging, RejectionRow } from './verdict.ts';

/** Codes by which a refusal says how things stood when it was made (spec/settlement.md §7). */
const PASSING = new Set([
  'bundle_not_cleared',
  'device_not_active',
  'limit_wallet_inactive',
  'payee_unknown',
  'insufficient_funds',
]);

const UNSIGNED = {
  ledger_entry: 'payer_signature_invalid',
  device_transaction: 'device_signature_invalid',
} as const;

/** Judges a refused order again: what follows from bytes, keys and numbers. */
export async function judgeOrder(
  { trust, facts: { orders: facts } }: Judging,
  row: RejectionRow,
  claim: OrderClaim,
): Promise<Again> {
  // A signer who was registered only later.
  if (row.code === 'order_key_unknown') return passing(row);
  const signer = signerOf(facts, claim);
  if (signer === undefined) return compare('order_key_unknown', row);
  const proved = await proveOrder(trust, claim, signer.key);
  if (typeof proved === 'string') return compare(UNSIGNED[claim.kind], row);
  if (PASSING.has(row.code)) return passing(row);
  switch (row.code) {
    case 'order_conflict':
      return isTaken(facts, proved, signer.no) ? SAME : other('the number is its own');
    case 'device_revoked':
      return isRevoked(facts, row, claim) ? SAME : other('the till was not revoked');
    case 'payment_missing':
      return facts.taken.get(hex(proved.id))?.own === false
        ? SAME
        : other("its own tenant's money");
    case 'wrong_currency':
      return isWrongCurrency(facts, row, proved) ? SAME : other('a currency the payee has');
    default:
      return compare(saidCode(facts, proved), row);
  }
}

/** What may pass is never kept under the order's id: it would be final. */
function passing({ document_id }: RejectionRow): Again {
  return document_id === null ? PAST : other('a refusal that may pass');
}

/** A refused order as its signer signed it, and what the bank has of him; undefined else. */
export async function provedAgain(
  { trust, facts: { orders: facts } }: Judging,
  claim: OrderClaim,
): Promise<ProvedAgain | undefined> {
  const signer = signerOf(facts, claim);
  const proved = signer && (await proveOrder(trust, claim, signer.key));
  if (signer === undefined || proved === undefined || typeof proved === 'string') return undefined;
  if (proved.kind === 'device_transaction') {
    const { amountMinor, currency } = proved.verified.transaction;
    return { proved, signer: signer.no, amountMinor, currency };
  }
  const currency = facts.senders.get(proved.verified.fromId)?.currency ?? 0;
  const amount = proved.verified.amountMinor(currency);
  const amountMinor = amount.ok ? amount.value : undefined;
  return { proved, signer: signer.no, amountMinor, currency };
}

export interface ProvedAgain {
  readonly proved: ProvedOrder;
  readonly signer: bigint;
  readonly amountMinor: bigint | undefined;
  readonly currency: number;
}

interface Signer {
  readonly no: bigint;
  readonly key: OrderKey;
}

function signerOf(facts: OrderFacts, claim: OrderClaim): Signer | undefined {
  if (claim.kind === 'device_transaction') {
    const till = facts.tills.get(claim.carrier.deviceId);
    return till && { no: till.no, key: till };
  }
  const sender = facts.senders.get(claim.transaction.fromId);
  if (sender === undefined) return undefined;
  const { no, public_key: publicKey, key_id: id } = sender;
  return { no, key: { scheme: 'ECDSA-P256', publicKey, id } };
}

function isTaken(facts: OrderFacts, { kind, id, number, content }: ProvedOrder, signer: bigint) {
  const first = facts.numbers.get(numberName(kind, signer, number));
  const said = [first?.content, facts.taken.get(hex(id))?.content];
  return said.some((one) => one !== undefined && !equalBytes(one, content));
}

/** The code that the order's own words ask for; nothing where they speak of no refusal. */
function saidCode(facts: OrderFacts, proved: ProvedOrder): string {
  if (proved.kind === 'device_transaction') {
    const { amountMinor } = proved.verified.transaction;
    const isAmount = amountMinor > 0n && amountMinor <= BigInt(Number.MAX_SAFE_INTEGER);
    return isAmount ? SETTLED : 'amount_invalid';
  }
  const { verified } = proved;
  const sender = facts.senders.get(verified.fromId);
  const named = verified.walletId ?? '';
  if (named !== '' && named !== sender?.wallet_id) return 'payer_mismatch';
  if (verified.fromId === verified.toId) return 'self_payment';
  return verified.amountMinor(sender?.currency ?? 0).ok ? SETTLED : 'amount_invalid';
}

const SETTLED = 'settled, or another code';

/** By then, or so nearly that two clocks may not agree. */
function isRevoked(facts: OrderFacts, row: RejectionRow, claim: OrderClaim): boolean {
  if (claim.kind !== 'device_transaction') return false;
  const at = facts.tills.get(claim.carrier.deviceId)?.revoked_at;
  if (at === undefined || at === null) return false;
  return secondsOf(at) <= secondsOf(row.decided_at) + limits.clockSeconds;
}

/** Whether the payee could be credited by then, two clocks may not agree. */
function isWrongCurrency(facts: OrderFacts, row: RejectionRow, proved: ProvedOrder): boolean {
  const since = creditedSince(facts, proved);
  return since === undefined || !isBefore(since, row);
}

function creditedSince(facts: OrderFacts, proved: ProvedOrder): Date | undefined {
  if (proved.kind === 'ledger_entry') {
    const { fromId, toId } = proved.verified;
    const currency = facts.senders.get(fromId)?.currency ?? 0;
    return facts.receivers.get(creditName(toId, currency));
  }
  const payee = facts.taken.get(hex(proved.id))?.payee_wallet ?? 0n;
  return facts.payees.get(creditName(payee, proved.verified.transaction.currency));
}

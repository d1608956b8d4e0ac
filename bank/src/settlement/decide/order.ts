import { equalBytes, transactionHash } from '@sikka/protocol';
import type { AccountId } from '../../ledger/index.ts';
import { rejectedOrder, settledOrderAnswer } from '../answers.ts';
import type { RefusalCode } from '../codes.ts';
import { mayPass } from '../codes.ts';
import { keyOf } from '../keys.ts';
import type { OrderKind, SettledOrder } from '../orders.ts';
import { orderNameOf } from '../orders.ts';
import { refusedBytes } from '../outcomes.ts';
import type { ProvedDeviceTransaction, ProvedLedgerEntry, ProvedOrder } from '../prove.ts';
import type { Answer, Docket, OrderTerms, Rejecting } from './docket.ts';
import { addFunds, earlierAnswer, plainAnswer } from './docket.ts';

/**
 * Decides about an order by the rules of spec/settlement.md §7 in their order. It is paid from the
 * account that was set aside for it, a limit or a float, or not at all.
 */
export function decideOrder(docket: Docket, proved: ProvedOrder): Answer {
  const order = orderOf(docket, proved);
  // A till's id is only its name, so what it says is compared before the id answers.
  if (order.kind === 'device_transaction' && isConflict(docket, order)) {
    return refuseText(docket, order, 'order_conflict');
  }
  const earlier = firstAnswer(docket, order);
  if (earlier !== undefined) return earlier;
  if (isConflict(docket, order)) return refuseSecond(docket, order);
  if (order.signer === undefined || !equalBytes(order.signer.keyId, order.keyId)) {
    return refuseText(docket, order, 'order_key_unknown');
  }
  const judged = judge(docket, proved);
  if (judged.ok) return settle(docket, order, judged);
  return refuse(docket, order, judged);
}

/** Rejected by review with all that came with it (rule 0). */
export function rejectReviewed(docket: Docket, proved: ProvedOrder): Answer {
  const order = orderOf(docket, proved);
  const settled = docket.facts.orders.settled.get(keyOf(order.documentId));
  if (settled !== undefined && !isConflict(docket, order)) {
    return plainAnswer(settledOrderAnswer(settled));
  }
  // A till's own, of this very bundle: nothing can make another authority of it.
  const isOwn = proved.kind === 'device_transaction' && isOfItsBundle(docket, proved);
  if (!isOwn || isConflict(docket, order)) return refuseText(docket, order, 'review_rejected');
  return refuse(docket, order, { code: 'review_rejected', terms: undefined });
}

/** What both kinds have in common. */
interface Order {
  readonly kind: OrderKind;
  readonly proved: ProvedOrder;
  readonly documentId: Uint8Array;
  readonly content: Uint8Array;
  /** That it was proved by. */
  readonly keyId: Uint8Array;
  /** With the key that is registered now. */
  readonly signer: { readonly no: bigint; readonly keyId: Uint8Array } | undefined;
  readonly number: string;
  readonly previous: Uint8Array | undefined;
}

function orderOf({ facts: { orders } }: Docket, proved: ProvedOrder): Order {
  if (proved.kind === 'ledger_entry') {
    const { verified } = proved;
    return {
      kind: proved.kind,
      proved,
      documentId: verified.paymentId,
      content: transactionHash(verified),
      keyId: verified.authority.keyId,
      signer: orders.senders.get(verified.fromId),
      number: verified.txnId,
      previous: verified.prevHash === '' ? undefined : Buffer.from(verified.prevHash, 'hex'),
    };
  }
  const { verified } = proved;
  return {
    kind: proved.kind,
    proved,
    documentId: verified.documentId,
    content: verified.content,
    keyId: verified.authority.keyId,
    signer: orders.tills.get(verified.deviceId),
    number: verified.transaction.localId,
    previous: undefined,
  };
}

/** Whether the number is taken by something else that the same signer said (rule 1). */
function isConflict(docket: Docket, order: Order): boolean {
  const first = firstUnder(docket, order);
  if (first !== undefined && !equalBytes(first.content, order.content)) return true;
  const taken = docket.facts.orders.transactions.get(keyOf(order.documentId));
  return taken !== undefined && !equalBytes(taken.content, order.content);
}

function firstUnder(docket: Docket, { kind, signer, number }: Order) {
  if (signer === undefined) return undefined;
  const name = orderNameOf({ kind, signer: signer.no, number });
  return docket.facts.orders.taken.get(name) ?? docket.orderedNow.get(name);
}

/** In this batch or before it, whatever brought it then (rule 2). */
function firstAnswer(docket: Docket, order: Order): Answer | undefined {
  const key = keyOf(order.documentId);
  const settled = docket.facts.orders.settled.get(key) ?? docket.settledOrdersNow.get(key)?.order;
  if (settled !== undefined) return plainAnswer(settledOrderAnswer(settled));
  return earlierAnswer(docket, order.documentId, (rejection) =>
    rejectedOrder(saidBy(order), rejection),
  );
}

type Judged =
  | {
      readonly ok: true;
      readonly terms: OrderTerms & { readonly payeeWallet: number };
      readonly credit: AccountId;
    }
  | Refusal;

interface Refusal {
  readonly ok?: false;
  readonly code: RefusalCode;
  /** Where it takes its number all the same. */
  readonly terms: OrderTerms | undefined;
}

function judge(docket: Docket, proved: ProvedOrder): Judged {
  return proved.kind === 'ledger_entry'
    ? judgeEntry(docket, proved)
    : judgeTransaction(docket, proved);
}

/** Rules 7 to 11 of a ledger's: the first that speaks. */
function judgeEntry(docket: Docket, { verified }: ProvedLedgerEntry): Judged {
  const { senders, receivers } = docket.facts.orders;
  const sender = senders.get(verified.fromId);
  const limit = sender?.limit;
  if (sender === undefined || limit === undefined) {
    return { code: 'limit_wallet_inactive', terms: undefined };
  }
  const { currency, account: debit, walletId } = limit;
  const receiver = receivers.get(verified.toId);
  const payee = receiver?.approved === true ? receiver.wallets.get(currency) : undefined;
  const amount = verified.amountMinor(currency);
  const terms = amount.ok
    ? { debit, amountMinor: amount.value, currency, payeeWallet: payee?.number, bundle: undefined }
    : undefined;
  const no = (code: RefusalCode): Judged => ({ code, terms });
  if (!sender.approved) return no('limit_wallet_inactive');
  const named = verified.walletId ?? '';
  if (named !== '' && named !== walletId) return no('payer_mismatch');
  if (receiver?.approved !== true) return no('payee_unknown');
  if (verified.fromId === verified.toId) return no('self_payment');
  if (terms === undefined) return no('amount_invalid');
  if (payee === undefined) return no('wrong_currency');
  if (isShort(docket, terms)) return no('insufficient_funds');
  return { ok: true, terms: { ...terms, payeeWallet: payee.number }, credit: payee.account };
}

/** Rules 4 to 11 of a till's: the first that speaks. */
function judgeTransaction(docket: Docket, proved: ProvedDeviceTransaction): Judged {
  const { documentId, deviceId, transaction } = proved.verified;
  const { amountMinor, currency } = transaction;
  const { tills, transactions } = docket.facts.orders;
  const taken = transactions.get(keyOf(documentId));
  if (taken?.cleared !== true || !isOfItsBundle(docket, proved)) {
    return { code: 'bundle_not_cleared', terms: undefined };
  }
  const till = tills.get(deviceId);
  const debit = till?.floats.get(currency);
  const { bundle, payeeWallet } = taken;
  // Only as much as the row of its number can hold.
  const isAmount = amountMinor > 0n && amountMinor <= BigInt(Number.MAX_SAFE_INTEGER);
  const terms =
    debit === undefined || !isAmount
      ? undefined
      : { debit, amountMinor, currency, payeeWallet, bundle };
  const no = (code: RefusalCode): Judged => ({ code, terms });
  if (till?.status === 'revoked') return no('device_revoked');
  if (till?.status !== 'active') return no('device_not_active');
  if (!taken.own) return no('payment_missing');
  if (payeeWallet === undefined) return no('payee_unknown');
  if (!isAmount) return no('amount_invalid');
  const credit = docket.facts.wallets.get(payeeWallet)?.accounts.get(currency);
  if (credit === undefined) return no('wrong_currency');
  // A tenant that was given no money in a currency yet has too little of it.
  if (terms === undefined || isShort(docket, terms)) return no('insufficient_funds');
  return { ok: true, terms: { ...terms, payeeWallet }, credit };
}

function isOfItsBundle(docket: Docket, { verified }: ProvedDeviceTransaction): boolean {
  const taken = docket.facts.orders.transactions.get(keyOf(verified.documentId));
  return taken !== undefined && equalBytes(taken.payloadHash, verified.payloadHash);
}

function isShort(docket: Docket, { debit, amountMinor }: OrderTerms): boolean {
  const funds = docket.funds.get(debit);
  return funds === undefined || funds < amountMinor;
}

function refuse(docket: Docket, order: Order, { code, terms }: Refusal): Answer {
  const { documentId, proved } = order;
  if (terms !== undefined) takeNumber(docket, order, terms);
  const answer = plainAnswer(rejectedOrder(saidBy(order), { code }));
  const kept = mayPass(code) ? undefined : documentId;
  reject(docket, order, { code, documentId: kept, signedOrder: documentId });
  noteEntry(docket, proved, code);
  // What may pass is asked again, even in this batch.
  if (!mayPass(code)) docket.answers.set(keyOf(documentId), answer);
  return answer;
}

/** One key signed both: for ever under the second's own id, and whose key it was can be shown. */
function refuseSecond(docket: Docket, order: Order): Answer {
  const against = firstUnder(docket, order)?.documentId;
  if (against !== undefined) docket.conflicts.push({ first: against, second: order.documentId });
  return refuse(docket, order, { code: 'order_conflict', terms: undefined });
}

/** About these bytes and no others. */
function refuseText(docket: Docket, order: Order, code: RefusalCode): Answer {
  reject(docket, order, { code, documentId: undefined, signedOrder: undefined });
  noteEntry(docket, order.proved, code);
  return plainAnswer(refusedBytes(order.kind, code));
}

function reject(
  docket: Docket,
  { kind, proved: { item, sha256 } }: Order,
  kept: Pick<Rejecting, 'code' | 'documentId' | 'signedOrder'>,
): void {
  docket.rejected.push({
    handed: { item, sha256 },
    kind,
    ...kept,
    allowanceNo: undefined,
    sequence: undefined,
    accusation: undefined,
  });
}

function takeNumber(docket: Docket, order: Order, terms: OrderTerms): void {
  const { kind, signer, number, documentId, content, keyId, previous } = order;
  if (signer === undefined || firstUnder(docket, order) !== undefined) return;
  const name = { kind, signer: signer.no, number };
  const ordering = { ...name, documentId, content, keyId, previous, terms };
  docket.orderedNow.set(orderNameOf(name), ordering);
}

function settle(
  docket: Docket,
  order: Order,
  { terms, credit }: Extract<Judged, { ok: true }>,
): Answer {
  const { kind, documentId: id, content, proved, keyId } = order;
  const { item, sha256 } = proved;
  const { debit, amountMinor, currency, payeeWallet } = terms;
  takeNumber(docket, order, terms);
  const settledAt = docket.hearing.decidedAt;
  const settled: SettledOrder = {
    kind,
    id,
    content,
    amountMinor,
    currency,
    payeeWallet,
    settledAt,
    sha256,
  };
  const settling = { handed: { item, sha256 }, keyId, order: settled, debit, credit };
  docket.settledOrders.push(settling);
  docket.settledOrdersNow.set(keyOf(id), settling);
  addFunds(docket, debit, -amountMinor);
  addFunds(docket, credit, amountMinor);
  noteEntry(docket, proved, 'acceptable');
  return plainAnswer(settledOrderAnswer(settled));
}

/** Whoever asks what became of a transaction reads it in the audit chain. */
function noteEntry(docket: Docket, proved: ProvedOrder, code: RefusalCode | 'acceptable'): void {
  if (proved.kind !== 'ledger_entry') return;
  const { paymentId: documentId, txnId, amount } = proved.verified;
  docket.entries.push({ documentId, txnId, amount, code });
}

/** What it says itself, which is repeated where it is refused. */
function saidBy({ kind, documentId, proved }: Order) {
  if (proved.kind === 'ledger_entry') {
    return { kind, documentId, amountMinor: undefined, currency: undefined };
  }
  const { amountMinor, currency } = proved.verified.transaction;
  return { kind, documentId, amountMinor, currency };
}

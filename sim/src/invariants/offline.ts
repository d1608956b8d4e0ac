import type { Paid } from '../reference/model.ts';
import { paymentsContradict } from '../reference/contradiction.ts';
import type { AcceptedPayment, SignedPayment } from '../truth.ts';
import type { Look } from './seen.ts';

/** Payments under one allowance, in the order in which they were signed. */
function byAllowance(payments: Iterable<SignedPayment>): ReadonlyMap<string, SignedPayment[]> {
  const groups = new Map<string, SignedPayment[]>();
  for (const payment of payments) {
    const group = groups.get(payment.allowanceId) ?? [];
    group.push(payment);
    groups.set(payment.allowanceId, group);
  }
  return groups;
}

/** What an honest phone signs never contradicts, is within its terms and under its allowance. */
export function honestJournals({ truth, view, seen }: Look): readonly string[] {
  const owners = new Map(view.allowances.map(({ id, account }) => [id, account]));
  const found: string[] = [];
  const honest = [...truth.signed.values()].filter(({ by }) => !isDishonest(truth, by));
  for (const [allowanceId, payments] of byAllowance(honest)) {
    const terms = seen.terms.get(allowanceId);
    for (const payment of payments) {
      const { id, by, sequence, amountMinor, spentMinor } = payment;
      const before = payments.find((other) => other.sequence === sequence - 1);
      const { mode, bind } = payment;
      const again = mode === 'dynamic' && payments.find((other) => other.bind === bind);
      if (again && again.id !== id) found.push(`${by} paid request ${bind} twice`);
      const twin = payments.find((other) => other.sequence === sequence && other.id !== id);
      if (twin !== undefined) found.push(`${by} signed sequence ${sequence} twice`);
      if (before !== undefined && paymentsContradict(before, payment)) {
        found.push(`${by} signed ${id}, which contradicts the one before`);
      }
      if (terms === undefined || owners.get(allowanceId) !== by) {
        found.push(`${by} paid under ${allowanceId}, which is not his`);
      } else if (spentMinor > terms.limitMinor || amountMinor > terms.perPaymentMinor) {
        found.push(`${by} paid more than his allowance lets him`);
      }
    }
  }
  return found;
}

/**
 * What an honest payee takes was signed for him, and is taken once: not by two of his phones, not
 * twice for one request, and never what contradicts a payment that the same phone took before.
 */
export function acceptance({ truth }: Look): readonly string[] {
  const found: string[] = [];
  const phones = new Map<string, SignedPayment[]>();
  for (const [id, takings] of truth.accepted) {
    const honest = takings.filter(({ by }) => !isDishonest(truth, by));
    const payment = truth.signed.get(id);
    for (const { by, phone, lost } of honest) {
      if (payment === undefined) {
        found.push(`${by} took ${id}, which nobody signed`);
        continue;
      }
      if (truth.parties.get(by)?.wallet !== payment.payeeWallet) {
        found.push(`${by} took ${id}, which pays somebody else`);
      }
      if (!lost) phones.set(phone, [...(phones.get(phone) ?? []), payment]);
    }
    const still = honest.filter(({ lost }) => !lost);
    if (still.length > 1) found.push(`${id} was taken by ${phonesOf(still)}`);
  }
  for (const [phone, payments] of phones) found.push(...takenBy(phone, payments));
  return found;
}

function phonesOf(takings: readonly AcceptedPayment[]): string {
  return takings.map(({ phone }) => phone).join(' and ');
}

function takenBy(phone: string, payments: readonly SignedPayment[]): readonly string[] {
  const found: string[] = [];
  const requests = new Set<string>();
  for (const { mode, bind } of payments) {
    if (mode === 'dynamic' && requests.has(bind)) found.push(`${phone} was paid twice for ${bind}`);
    requests.add(bind);
  }
  for (const group of byAllowance(payments).values()) {
    for (const [at, one] of group.entries()) {
      const against = group.slice(at + 1).find((other) => paymentsContradict(one, other));
      if (against !== undefined) found.push(`${phone} took ${one.id} and ${against.id}`);
    }
  }
  return found;
}

/** Loss ≤ published bound: what a phone took under one allowance is within that one's limit. */
export function lossBound({ truth, seen }: Look): readonly string[] {
  const taken = new Map<string, bigint>();
  for (const [id, takings] of truth.accepted) {
    const payment = truth.signed.get(id);
    for (const { by, phone, lost } of takings) {
      if (payment === undefined || lost || isDishonest(truth, by)) continue;
      const key = `${phone} ${payment.allowanceId}`;
      taken.set(key, (taken.get(key) ?? 0n) + payment.amountMinor);
    }
  }
  return [...taken].flatMap(([key, minor]) => {
    const [phone = '', allowanceId = ''] = key.split(' ');
    const limit = seen.terms.get(allowanceId)?.limitMinor;
    const isMore = limit === undefined || minor > limit;
    return isMore ? [`${phone} took ${minor} under ${allowanceId}`] : [];
  });
}

/**
 * Accepted offline ⇒ settled, unless a proof says that its payer contradicted himself, or nobody
 * handed it in before the claim window's end though he had it (spec/judge.md §2).
 */
export function accepted({ truth, view, seen, atEnd }: Look): readonly string[] {
  if (!atEnd) return [];
  const settled = new Set(view.settled.map(({ id }) => id));
  const named = new Set(view.proofs.flatMap(({ documents }) => documents));
  const found: string[] = [];
  for (const [id, takings] of truth.accepted) {
    const still = takings.filter(({ by, lost }) => !lost && !isDishonest(truth, by));
    const payment: Paid | undefined = truth.signed.get(id);
    if (still.length === 0 || payment === undefined || settled.has(id) || named.has(id)) continue;
    const claimUntil = seen.terms.get(truth.signed.get(id)?.allowanceId ?? '')?.claimUntil ?? 0;
    // A copy with a forged signature is not what the payer signed.
    const genuineAt = seen.genuineAt.get(id) ?? Infinity;
    if (!seen.receivedAt.has(id)) found.push(`${id}: ${phonesOf(still)} never handed it in`);
    else if (genuineAt <= claimUntil) found.push(`${id} came in time and is not settled`);
  }
  return found;
}

/** What a phone knew by a bulletin binds it: nothing is paid or taken that is revoked or over. */
export function bulletins({ truth }: Look): readonly string[] {
  const found: string[] = [];
  for (const { id, by, knew } of truth.signed.values()) {
    if (isDishonest(truth, by)) continue;
    if (knew?.revoked === true) found.push(`${by} paid ${id}, and knew that it is revoked`);
    if (knew?.over === true) found.push(`${by} paid ${id}, and knew that it is over`);
    if (knew?.late === true) found.push(`${by} paid ${id}, and knew that the request is over`);
    if (knew?.payeeRevoked === true) found.push(`${by} paid ${id}, and knew of a revoked payee`);
  }
  for (const { id, by, phone, knew } of [...truth.accepted.values()].flat()) {
    if (isDishonest(truth, by)) continue;
    if (knew.revoked) found.push(`${phone} took ${id}, and knew that it is revoked`);
    if (knew.over) found.push(`${phone} took ${id}, and knew that it is over`);
    if (knew.late) found.push(`${phone} took ${id}, and knew that its request is over`);
  }
  return found;
}

export function isDishonest({ parties }: Look['truth'], account: string): boolean {
  return parties.get(account)?.dishonest ?? true;
}

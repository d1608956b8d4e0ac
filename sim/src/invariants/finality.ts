import type { SettledView } from '../bank/port.ts';
import { expectedOf } from '../reference/model.ts';
import type { Look } from './seen.ts';
import { settledByAllowance } from './seen.ts';

/** One final outcome a payment: what stands stays as it is, and one sequence settles once. */
export function finality({ view, seen }: Look): readonly string[] {
  const found: string[] = [];
  const now = new Map(view.settled.map((payment) => [payment.id, payment]));
  if (now.size !== view.settled.length) found.push('a payment stands settled twice');
  for (const [id, before] of seen.settled) {
    const after = now.get(id);
    if (after === undefined) found.push(`${id} was settled and is no more`);
    else if (differ(after, before)) found.push(`${id} is settled differently now`);
  }
  const places = new Set<string>();
  for (const payment of view.settled) {
    const { id, allowanceId, sequence } = payment;
    const place = `${allowanceId}:${sequence}`;
    if (places.has(place)) found.push(`sequence ${sequence} of ${allowanceId} settled twice`);
    places.add(place);
    const isDated = payment.settledAt >= seen.lookedAt && payment.settledAt <= view.now;
    if (!isDated && !seen.settled.has(id)) found.push(`${id} says that it settled another time`);
    seen.settled.set(id, payment);
  }
  const codes = new Map(view.rejected.map(({ id, code }) => [id, code]));
  for (const [id, code] of seen.rejected) {
    if (codes.get(id) !== code) found.push(`${id} was refused ${code} for ever, and is not now`);
  }
  for (const [id, code] of codes) {
    seen.rejected.set(id, code);
    if (now.has(id)) found.push(`${id} is settled and refused ${code}`);
  }
  return found;
}

function differ(one: SettledView, other: SettledView): boolean {
  return (
    one.allowanceId !== other.allowanceId ||
    one.sequence !== other.sequence ||
    one.amountMinor !== other.amountMinor ||
    one.payeeWallet !== other.payeeWallet ||
    one.settledAt !== other.settledAt ||
    one.extra !== other.extra
  );
}

/** Nothing settles but what its payer signed, as he signed it, for whom and under what he did. */
export function signed({ truth, view }: Look): readonly string[] {
  const accounts = new Map(view.allowances.map(({ id, account }) => [id, account]));
  return view.settled.flatMap((row) => {
    const payment = truth.signed.get(row.id);
    if (payment === undefined) return [`${row.id} settled, and nobody signed it`];
    const same =
      payment.allowanceId === row.allowanceId &&
      payment.sequence === row.sequence &&
      payment.amountMinor === row.amountMinor &&
      payment.payeeWallet === row.payeeWallet;
    if (!same) return [`${row.id} settled otherwise than it was signed`];
    const owner = accounts.get(row.allowanceId);
    return owner === payment.by ? [] : [`${row.id} by ${payment.by} was paid by ${owner ?? '?'}`];
  });
}

/** Codes of rules 1 to 3: about bytes, which say nothing of the document they claim to be. */
export const ABOUT_BYTES: ReadonlySet<string> = new Set([
  ...['too_large', 'malformed', 'not_canonical', 'unknown_type', 'unknown_version'],
  ...['unknown_suite', 'issuer_unknown', 'issuer_signature_invalid', 'allowance_unknown'],
  ...['payer_signature_invalid', 'payee_signature_invalid', 'not_accepted_here'],
]);

/** Codes that may pass (spec/settlement.md §1). */
const MAY_PASS: ReadonlySet<string> = new Set([
  ...['claim_window_closed', 'credential_unknown', 'refund_unknown_payment'],
  ...['refund_out_of_order', 'insufficient_funds'],
]);

/** Every later answer about a document is the first final one, to everybody. */
export function idempotence({ truth, view, seen }: Look): readonly string[] {
  const found: string[] = [];
  const settled = new Map(view.settled.map((row) => [row.id, row]));
  for (const answer of truth.answers.slice(seen.answersRead)) {
    const { documentId, result, code = '', extra, account } = answer;
    const passes = ABOUT_BYTES.has(code) || MAY_PASS.has(code);
    const stands = settled.get(documentId);
    if (result === 'settled' && stands?.extra !== extra) {
      found.push(`${account} was told that ${documentId} is settled as it is not`);
    }
    if (result === 'pending' || passes || BOUND.has(code)) continue;
    const said = `${result} ${code} ${extra}`;
    const first = seen.answers.get(documentId) ?? said;
    if (first !== said) found.push(`${documentId}: first ${first}, then ${said}`);
    seen.answers.set(documentId, first);
  }
  seen.answersRead = truth.answers.length;
  return found;
}

/** Refusals of a refund by a credential that was good before: the same bytes done stay done. */
const BOUND: ReadonlySet<string> = new Set(['credential_revoked', 'device_revoked', 'expired']);

/** The bank answers as the reference model does, from which documents there are and when. */
export function reference(look: Look): readonly string[] {
  const { truth, view, seen } = look;
  const found: string[] = [];
  const groups = settledByAllowance(look);
  const rejected = new Map(view.rejected.map((row) => [row.id, row]));
  const named = new Set(view.proofs.flatMap(({ documents }) => documents));
  for (const [id, receivedAt] of seen.decidedAt) {
    const payment = truth.signed.get(id);
    const terms = payment && seen.terms.get(payment.allowanceId);
    if (payment === undefined || terms === undefined) continue;
    const settled = groups.get(terms.id) ?? [];
    const isWallet = (wallet: number) => view.wallets.has(wallet);
    const expected = expectedOf(payment, { terms, settled, receivedAt, isWallet });
    const stands = settled.some((other) => other.id === id);
    const code = rejected.get(id)?.code;
    if (stands && !expected.settles) {
      found.push(`${id} settled, and had to be refused: ${expected.codes.join(', ')}`);
    }
    const genuine = seen.genuineAt.get(id);
    const inTime = genuine !== undefined && genuine <= terms.claimUntil;
    if (!stands && expected.settles && inTime) {
      found.push(`${id} was received in time, contradicts nothing, and is ${code ?? 'undecided'}`);
    }
    if (code !== undefined && !expected.codes.includes(code)) {
      found.push(`${id} was refused ${code} instead of ${expected.codes.join(' or ')}`);
    }
    if (!stands && inTime && expected.proof && !named.has(id)) {
      found.push(`${id} contradicts what is settled, and no proof names it`);
    }
  }
  return found;
}

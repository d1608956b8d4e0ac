import { decodePacketOfKind } from '@sikka/protocol';
import type { Phone, WalletState } from '../phone.ts';
import type { World } from '../world.ts';

/** Why an honest till may refuse at once what an honest phone signed for the request it showed. */
const MAY_REFUSE: ReadonlySet<string> = new Set([
  // Who met the bank last knows more than the other.
  ...['expired', 'not_yet_valid', 'issuer_unknown', 'version_too_low'],
  ...['allowance_revoked', 'device_revoked', 'credential_revoked'],
  // The phone is somebody's new one.
  ...['wallet/not_enrolled', 'wallet/role_missing'],
]);

/** Why a phone may pay nothing, whatever its allowances have left. */
const MAY_NOT_PAY: ReadonlySet<string> = new Set([
  ...MAY_REFUSE,
  ...['request_expired', 'wallet/spending_stopped', 'wallet/no_allowance'],
  // The same person paid it twice.
  'request_already_paid',
]);

/** More a till keeps of nobody. */
const MOST_EVIDENCE = 100;

interface Refused {
  readonly ok: false;
  readonly code: string;
}

interface Shown {
  readonly payer: Phone;
  readonly payee: Phone;
  readonly paymentId: string;
}

/** Reports a till that refuses a payment against which nothing speaks. */
export async function tillHasReason(
  world: World,
  { payer, payee, paymentId }: Shown,
  answer: { readonly ok: true; readonly verdict: string } | Refused | undefined,
): Promise<void> {
  const { parties } = world.recorder.truth;
  const isHonest = [payer, payee].every(({ account }) => {
    return parties.get(account)?.dishonest === false;
  });
  if (!isHonest || answer === undefined) return;
  const word = answer.ok ? answer.verdict : answer.code;
  const isTrue = word !== 'issuer_unknown' || !(await knowsIssuer(world, payee, paymentId));
  if (word === 'accepted' || (MAY_REFUSE.has(word) && isTrue)) return;
  const detail = `${payee.name} answered ${word} to ${payer.name}, who paid what it asked`;
  world.report({ invariant: 'refused-for-a-reason', detail });
}

/** Whether the bank has told this phone of the key that signed the payment's allowance. */
async function knowsIssuer(world: World, payee: Phone, paymentId: string): Promise<boolean> {
  const made = world.recorder.truth.signed.get(paymentId);
  const read = made && decodePacketOfKind('payment', made.packet);
  const seen = await payee.use(({ wallet }) => wallet.bulletins.read());
  if (read?.ok !== true || seen === undefined) return false;
  const { issuerKey } = read.value.allowance.fields;
  return seen.bulletin.fields.issuerKeys.some(({ number }) => number === issuerKey);
}

/**
 * Reports a phone that takes it for earlier than the bulletin that it has seen and its own clock
 * since (spec/judge.md §2).
 */
export async function reckonsTime(world: World, phone: Phone): Promise<void> {
  const read = await phone.use(async ({ wallet, payer }) => {
    return { seen: await wallet.bulletins.read(), state: await payer.state() };
  });
  if (read?.seen === undefined || !read.state.ok) return;
  const { seen, state } = read;
  const since = Math.max(0, phone.clock.now() - seen.seenAt);
  const least = seen.bulletin.fields.bankTime + since;
  if (state.bankTime >= least) return;
  const detail = `${phone.name} takes it for ${state.bankTime}, and it is ${least} at least`;
  world.report({ invariant: 'bank-time', detail });
}

/** Reports a phone that does not pay though an allowance of it would. */
export async function payerHasReason(
  world: World,
  payer: Phone,
  { amountMinor, code }: { readonly amountMinor: bigint; readonly code: string },
): Promise<void> {
  if (MAY_NOT_PAY.has(code) || world.recorder.truth.parties.get(payer.account)?.dishonest) return;
  const state = await payer.use(({ wallet }) => wallet.journal.read());
  if (state === undefined || isTrue(code, { state, amountMinor })) return;
  const detail = `${payer.name} did not pay ${amountMinor}: ${code}, and that is not so`;
  world.report({ invariant: 'refused-for-a-reason', detail });
}

interface Case {
  readonly state: WalletState;
  readonly amountMinor: bigint;
}

/** What is said of an allowance has to be true of one of them. */
function isTrue(code: string, { state, amountMinor }: Case): boolean {
  const held = [...state.allowances.values()].filter(({ returned }) => returned === undefined);
  return held.some(({ allowance: { fields }, spentMinor, lastSequence }) => {
    if (code === 'over_per_payment') return amountMinor > fields.perPaymentMinor;
    if (code === 'over_limit') return spentMinor + amountMinor > fields.limitMinor;
    return code === 'over_count' && lastSequence + 1 >= fields.firstSequence + fields.count;
  });
}

/** Reports a till that refuses for what another document says, and keeps no evidence of it. */
export async function keepsEvidence(
  world: World,
  payee: Phone,
  { paymentId, code }: { readonly paymentId: string; readonly code: string },
): Promise<void> {
  if (code !== 'double_spend' && code !== 'contradiction') return;
  const state = await payee.use(({ wallet }) => wallet.journal.read());
  if (state === undefined || state.contradictions.has(paymentId)) return;
  if (state.contradictions.size >= MOST_EVIDENCE) return;
  const detail = `${payee.name} answered ${code}, and did not keep ${paymentId}`;
  world.report({ invariant: 'evidence-is-kept', detail });
}

import { equalBytes, formatAmount, sha256 } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import type { Refused } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import type { Notices, People } from '../identity/index.ts';
import { post } from '../ledger/index.ts';
import type { Transfer } from '../ledger/index.ts';
import type { BankRail, PayoutNews } from '../rail/index.ts';
import { sentences } from './sentences.ts';
import { announceWallet } from './store/wallets.ts';
import { closeWithdrawal, insertWithdrawal, readWithdrawalByKey } from './store/withdrawals.ts';
import { openHouseAccount, walletByNumber } from './wallets.ts';

/** Money that a person takes out, to their own account at a bank elsewhere. */
export interface Withdrawal {
  readonly id: bigint;
  readonly accountId: bigint;
  readonly wallet: number;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** `ordered`: has left the wallet; `settled`: the other bank has it; `returned`: it is back. */
  readonly status: 'ordered' | 'settled' | 'returned';
  readonly createdAt: Date;
}

export interface WithdrawalDeps {
  readonly pool: Pool;
  readonly people: Pick<People, 'profile'>;
  readonly notices: Notices;
  readonly rail: BankRail;
}

export interface WithdrawalOrder {
  readonly accountId: bigint;
  readonly account: string;
  readonly wallet: number;
  readonly currency: number;
  readonly amountMinor: bigint;
  /** Normalised (`readBankAccount`). */
  readonly bankAccount: string;
  /** The session proved its second factor in the last minutes. */
  readonly fresh: boolean;
  readonly idempotencyKey: string | undefined;
  readonly now: Date;
}

export type WithdrawalAnswer = { readonly ok: true; readonly withdrawal: Withdrawal } | Refused;

/** Undoes a transaction with what the caller is told. */
class Undo extends Error {
  readonly refused: Refused;

  constructor(code: keyof typeof sentences) {
    super(code);
    this.refused = { ok: false, code, detail: sentences[code] };
  }
}

/**
 * Takes money out of a current wallet and hands it to the rail, in one transaction; only after a
 * fresh second factor, and only to the account from which the person's own money last came in. With
 * an idempotency key the same request again gets the first answer, whatever has changed since.
 */
export async function withdraw(
  deps: WithdrawalDeps,
  order: WithdrawalOrder,
): Promise<WithdrawalAnswer> {
  const request = requestHash(order);
  const first = await findFirst(deps, order, request);
  if (first !== undefined) return first;
  try {
    const withdrawal = await inTransaction(deps.pool, (tx) => take(tx, deps, { order, request }));
    return { ok: true, withdrawal };
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
    // Another request with the same key may have been first by a moment.
    return (await findFirst(deps, order, request)) ?? error.refused;
  }
}

async function findFirst(
  { pool }: WithdrawalDeps,
  { accountId, idempotencyKey: key }: WithdrawalOrder,
  request: Uint8Array,
): Promise<WithdrawalAnswer | undefined> {
  const first = key === undefined ? undefined : await readWithdrawalByKey(pool, accountId, key);
  if (first === undefined) return undefined;
  if (equalBytes(first.request, request)) return { ok: true, withdrawal: first.withdrawal };
  return new Undo('idempotency/key_reused').refused;
}

async function take(
  tx: Tx,
  deps: WithdrawalDeps,
  on: { readonly order: WithdrawalOrder; readonly request: Uint8Array },
): Promise<Withdrawal> {
  const { order, request } = on;
  const { accountId, currency, amountMinor, now: at } = order;
  if (!order.fresh) throw new Undo('auth/step_up_required');
  const profile = await deps.people.profile(tx, accountId);
  if (profile?.provedIban !== order.bankAccount) throw new Undo('withdrawal/account_unproved');
  const { rail, notices } = deps;
  const key = order.idempotencyKey;
  const made = await insertWithdrawal(tx, { ...order, rail: rail.name, request, key, at });
  if (made === undefined) throw new Undo('wallet/inactive');
  const { provedIban: iban, name } = profile;
  const payout = { endToEndId: `SIKKA-OUT-${made.id}`, iban, name, amountMinor, currency };
  const answer = await rail.pay(tx, payout, at);
  if (answer === 'rejected') throw new Undo('withdrawal/rejected');
  const event = { actor: `account:${order.account}`, ...eventOf(made) };
  await record(tx, [{ ...event, action: 'withdrawal.ordered', outcome: answer }], at);
  const values = { amount: formatAmount(amountMinor, currency) };
  await notices.tell(tx, { accountId, template: 'withdrawal_ordered', values, at });
  if (answer === 'settled') return end(tx, { withdrawal: made, status: 'settled', rail, at });
  await announceWallet(tx, made.wallet, at);
  await move(tx, [await transferOf(tx, made, { kind: 'withdrawal', at })], at);
  return made;
}

/** At once, by a rail that knows at once: both transfers are one call. */
async function end(
  tx: Tx,
  on: {
    readonly withdrawal: Withdrawal;
    readonly status: 'settled';
    readonly rail: BankRail;
    readonly at: Date;
  },
): Promise<Withdrawal> {
  const { withdrawal, status, rail, at } = on;
  const closed = await closeWithdrawal(tx, { id: withdrawal.id, status, at });
  if (closed === undefined) throw new Error('A withdrawal ended before it began.');
  const event = { actor: `rail:${rail.name}`, ...eventOf(closed) };
  await record(tx, [{ ...event, action: 'withdrawal.ended', outcome: status }], at);
  await announceWallet(tx, closed.wallet, at);
  const out = await transferOf(tx, closed, { kind: 'withdrawal', at });
  await move(tx, [out, await transferOf(tx, closed, { kind: 'payout', at })], at);
  return closed;
}

const END_TO_END = /^SIKKA-OUT-([1-9][0-9]{0,17})$/;

/**
 * What the other bank answered, once for each withdrawal: the money is there, or it comes back to
 * the wallet that it left, also where that has been deactivated since.
 */
export async function endWithdrawal(
  { rail, notices }: Pick<WithdrawalDeps, 'rail' | 'notices'>,
  tx: Tx,
  { endToEndId, outcome }: PayoutNews,
  at: Date,
): Promise<void> {
  const [, id = '0'] = END_TO_END.exec(endToEndId) ?? [];
  const status = outcome === 'settled' ? 'settled' : 'returned';
  const closed = await closeWithdrawal(tx, { id: BigInt(id), status, at });
  if (closed === undefined) throw new Error('A payout ended that no withdrawal waits for.');
  const event = { actor: `rail:${rail.name}`, ...eventOf(closed) };
  await record(tx, [{ ...event, action: 'withdrawal.ended', outcome: status }], at);
  const kind = status === 'settled' ? 'payout' : 'withdrawal_return';
  if (status === 'returned') {
    const values = { amount: formatAmount(closed.amountMinor, closed.currency) };
    const { accountId } = closed;
    await notices.tell(tx, { accountId, template: 'withdrawal_returned', values, at });
    await announceWallet(tx, closed.wallet, at);
  }
  await move(tx, [await transferOf(tx, closed, { kind, at })], at);
}

function subjectOf({ id }: Withdrawal): string {
  return `withdrawal:${id}`;
}

function eventOf(withdrawal: Withdrawal) {
  const { wallet, amountMinor: amount, currency } = withdrawal;
  return { subject: subjectOf(withdrawal), details: { wallet, amount, currency } };
}

async function transferOf(
  tx: Tx,
  withdrawal: Withdrawal,
  on: { readonly kind: 'withdrawal' | 'payout' | 'withdrawal_return'; readonly at: Date },
): Promise<Transfer> {
  const { currency, amountMinor } = withdrawal;
  const { kind, at } = on;
  const wallet = (await walletByNumber(tx, withdrawal.wallet))?.ledgerAccount;
  if (wallet === undefined) throw new Error('A wallet vanished.');
  const onItsWay = await openHouseAccount(tx, { kind: 'suspense', currency, at });
  const cash = await openHouseAccount(tx, { kind: 'bank_cash', currency, at });
  const reference = new TextEncoder().encode(subjectOf(withdrawal));
  const sides = {
    withdrawal: { debit: wallet, credit: onItsWay },
    payout: { debit: onItsWay, credit: cash },
    withdrawal_return: { debit: onItsWay, credit: wallet },
  };
  return { kind, currency, amountMinor, reference, ...sides[kind] };
}

async function move(tx: Tx, transfers: readonly Transfer[], at: Date): Promise<void> {
  const posted = await post(tx, transfers, at);
  if (posted.ok) return;
  if (posted.code === 'insufficient_funds') throw new Undo('wallet/insufficient_funds');
  throw new Error(`A withdrawal was refused: ${posted.code}.`);
}

function requestHash(order: WithdrawalOrder): Uint8Array {
  const { wallet, currency, amountMinor, bankAccount } = order;
  const asked = ['withdrawal', wallet, currency, amountMinor.toString(), bankAccount];
  return sha256(new TextEncoder().encode(JSON.stringify(asked)));
}

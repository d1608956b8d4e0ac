import { record } from '../audit/index.ts';
import type { Refused } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import type { Codes, Notices, Passwords, People } from '../identity/index.ts';
import { post } from '../ledger/index.ts';
import type { BankRail, RailNews, RailOutcome } from '../rail/index.ts';
import { formatAmount, parseIban } from '@sikka/protocol';
import { announceWallet, linkBankAccount } from './store/wallets.ts';
import {
  beginTopUp,
  insertTopUp,
  readAsked,
  readByKey,
  rejectTopUp,
  settleOrdered,
} from './store/top-ups.ts';
import { openHouseAccount, walletByNumber } from './wallets.ts';

/** Money that a person brings in from an account at a bank elsewhere. */
export interface TopUp {
  readonly id: bigint;
  readonly accountId: bigint;
  readonly wallet: number;
  readonly amountMinor: bigint;
  readonly currency: number;
  /** `asked`: waits for its code; `ordered`: the rail knows; `settled`: the money is here. */
  readonly status: 'asked' | 'ordered' | 'settled' | 'rejected' | 'expired';
  readonly createdAt: Date;
}

export interface TopUpDeps {
  readonly pool: Pool;
  readonly people: Pick<People, 'profile' | 'update'>;
  readonly passwords: Pick<Passwords, 'check'>;
  readonly codes: Codes;
  readonly notices: Notices;
  readonly rail: BankRail;
}

export interface TopUpOrder {
  readonly accountId: bigint;
  readonly account: string;
  readonly wallet: number;
  readonly currency: number;
  readonly amountMinor: bigint;
  /** Normalised (`readBankAccount`). */
  readonly bankAccount: string;
  readonly password: string;
  readonly now: Date;
}

const badAccount = {
  ok: false,
  code: 'wallet/bank_account_invalid',
  detail: 'The bank account is no IBAN with right check digits.',
} as const;

const notConnected = {
  ok: false,
  code: 'topup/rejected',
  detail: 'This bank is connected to no other bank yet.',
} as const;

/** Undoes a transaction with what the caller is told. */
class Undo extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.code);
    this.refused = refused;
  }
}

/**
 * Asks for money: the password, then a code by mail. What was asked for this wallet before is
 * over. Real banks take IBANs only; the demo's takes bare account numbers as well.
 */
export async function askTopUp(
  deps: TopUpDeps,
  order: TopUpOrder,
): Promise<{ readonly ok: true; readonly demoCode: string | undefined } | Refused> {
  const { accountId, wallet, amountMinor, currency, bankAccount, now } = order;
  const { rail } = deps;
  if (rail.name === 'none') return notConnected;
  if (rail.name !== 'simulated' && !parseIban(bankAccount).ok) return badAccount;
  const checked = await deps.passwords.check(accountId, order.password, now);
  if (!checked.ok) return checked;
  try {
    return await inTransaction(deps.pool, async (tx) => {
      const asked = { accountId, wallet, amountMinor, currency, rail: rail.name, at: now };
      const id = await insertTopUp(tx, asked);
      await deps.people.update(tx, accountId, { iban: bankAccount });
      await linkBankAccount(tx, wallet, now);
      const amount = formatAmount(amountMinor, currency);
      const issued = await deps.codes.issue(tx, {
        ...{ subject: { accountId }, accountId, purpose: 'top_up', about: aboutOf(id), now },
        send: (inner, code) => {
          const values = { code, amount };
          return deps.notices.tell(inner, { accountId, template: 'topup_code', values, at: now });
        },
      });
      if (!issued.ok) throw new Undo(issued);
      const event = { action: 'topup.asked', subject: `topup:${id}`, outcome: 'asked' };
      const details = { wallet, amount: amountMinor, currency };
      await record(tx, [{ actor: `account:${order.account}`, ...event, details }], now);
      return { ok: true, demoCode: issued.demoCode };
    });
  } catch (error) {
    if (error instanceof Undo) return error.refused;
    throw error;
  }
}

/** A code for one top-up is none for another. */
function aboutOf(id: bigint): string {
  return `topup:${id}`;
}

export interface TopUpCode {
  readonly accountId: bigint;
  readonly account: string;
  readonly wallet: number;
  readonly code: string;
  /** Where it is given, it is what was asked for. */
  readonly amountMinor: bigint | undefined;
  readonly bankAccount: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly now: Date;
}

/** The top-up as it is now: `settled`, or `ordered` where the money is still to come. */
export async function verifyTopUp(
  deps: TopUpDeps,
  use: TopUpCode,
): Promise<{ readonly ok: true; readonly topUp: TopUp } | Refused> {
  const { accountId, idempotencyKey: key, now } = use;
  const first = key === undefined ? undefined : await readByKey(deps.pool, accountId, key);
  if (first !== undefined) return firstAnswer(first, use);
  const asked = await readAsked(deps.pool, use);
  if (asked !== undefined && (await differs(deps, asked, use))) return notWhatWasAsked;
  // A try is counted also where nothing was asked for: the answer is the same.
  const used = await deps.codes.use(deps.pool, {
    ...{ subject: { accountId }, purpose: 'top_up', about: aboutOf(asked?.id ?? 0n) },
    ...{ code: use.code, now },
  });
  if (!used.ok) return used;
  if (asked === undefined) throw new Error('A code fitted nothing that was asked for.');
  const status = await inTransaction(deps.pool, (tx) => order(tx, deps, { asked, use }));
  if (status === 'rejected') return rejected;
  return { ok: true, topUp: { ...asked, status } };
}

const notWhatWasAsked = {
  ok: false,
  code: 'topup/differs',
  detail: 'The amount or the bank account is not what was asked for.',
} as const;
const rejected = {
  ok: false,
  code: 'topup/rejected',
  detail: 'The other bank refused. Nothing has moved.',
} as const;

function firstAnswer(
  topUp: TopUp,
  use: TopUpCode,
): { readonly ok: true; readonly topUp: TopUp } | Refused {
  const same =
    topUp.wallet === use.wallet && (use.amountMinor ?? topUp.amountMinor) === topUp.amountMinor;
  if (!same) {
    const detail = 'This idempotency key was used for another request.';
    return { ok: false, code: 'idempotency/key_reused', detail };
  }
  return topUp.status === 'rejected' ? rejected : { ok: true, topUp };
}

async function differs(deps: TopUpDeps, asked: TopUp, use: TopUpCode): Promise<boolean> {
  if (use.amountMinor !== undefined && use.amountMinor !== asked.amountMinor) return true;
  if (use.bankAccount === undefined) return false;
  return (await deps.people.profile(deps.pool, use.accountId))?.iban !== use.bankAccount;
}

async function order(
  tx: Tx,
  deps: TopUpDeps,
  { asked, use }: { readonly asked: TopUp; readonly use: TopUpCode },
): Promise<'settled' | 'ordered' | 'rejected'> {
  const { id, accountId, amountMinor, currency, wallet } = asked;
  const { rail } = deps;
  const { now: at } = use;
  if (!(await beginTopUp(tx, id, { key: use.idempotencyKey, at }))) {
    throw new Error('A code was used twice.');
  }
  const iban = (await deps.people.profile(tx, accountId))?.iban;
  if (iban === undefined) throw new Error('The bank account has been forgotten.');
  const endToEndId = endToEndIdOf(id);
  const answer = await rail.order(tx, { topUp: id, iban, amountMinor, currency, endToEndId });
  const event = { action: 'topup.ordered', subject: aboutOf(id), outcome: answer };
  const details = { wallet, amount: amountMinor, currency };
  await record(tx, [{ actor: `account:${use.account}`, ...event, details }], at);
  if (answer === 'rejected') await rejectTopUp(tx, id, at);
  if (answer === 'settled') {
    const money = { rail: rail.name, endToEndId, reference: endToEndId, amountMinor, currency };
    const news = parseIban(iban).ok ? { ...money, from: iban } : money;
    const outcome = await settleTopUp(deps, tx, news, at);
    if (outcome !== 'credited') throw new Error('Money came for an order, and was held.');
  }
  return answer;
}

const END_TO_END = /^SIKKA-TOPUP-([1-9][0-9]{0,17})$/;

/** What the money has to carry to be credited: for the other bank's “reference”. */
export function endToEndIdOf(id: bigint): string {
  return `SIKKA-TOPUP-${id}`;
}

/**
 * Credits money that came in to the wallet that ordered it, once: row, audit event and deposit in
 * one transaction. Of no order, of another amount or currency, for an order that is over, for a
 * closed account, or a second time: held, and written down, for people to look at. The account
 * that it came from is then proved to be one that money may go out to.
 */
export async function settleTopUp(
  { people }: { readonly people: Pick<People, 'update'> },
  tx: Tx,
  news: RailNews,
  now: Date,
): Promise<RailOutcome> {
  const { rail, reference, amountMinor, currency, endToEndId } = news;
  const [, id] = END_TO_END.exec(endToEndId) ?? [];
  const money = { rail, reference, amountMinor, currency, at: now };
  const settled =
    id === undefined ? undefined : await settleOrdered(tx, { id: BigInt(id), ...money });
  const subject = id === undefined ? 'topup:unknown' : aboutOf(BigInt(id));
  const event = { actor: `rail:${rail}`, subject, details: { amount: amountMinor, currency } };
  if (settled === undefined) {
    await record(tx, [{ ...event, action: 'topup.held', outcome: 'held' }], now);
    return 'held';
  }
  await record(tx, [{ ...event, action: 'topup.settled', outcome: 'credited' }], now);
  if (news.from !== undefined) {
    await people.update(tx, settled.accountId, { provedIban: news.from });
  }
  await announceWallet(tx, settled.wallet, now);
  const wallet = await walletByNumber(tx, settled.wallet);
  if (wallet === undefined) throw new Error('A wallet vanished.');
  const debit = await openHouseAccount(tx, { kind: 'bank_cash', currency, at: now });
  const deposit = { kind: 'deposit', currency, debit, credit: wallet.ledgerAccount, amountMinor };
  const posted = await post(
    tx,
    [{ ...deposit, reference: new TextEncoder().encode(subject) }],
    now,
  );
  if (!posted.ok) throw new Error(`A deposit was refused: ${posted.code}.`);
  return 'credited';
}

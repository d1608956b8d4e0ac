import type { Db, Tx } from '../../db/index.ts';
import type {
  AllowanceFacts,
  AllowanceStatus,
  AskedRange,
  DoneRefund,
  Facts,
  KeyFacts,
  Known,
  PayeeWallet,
  Question,
  RecordedReturn,
  RefundedPayment,
  RefundQuestion,
  SettledPayment,
} from '../facts.ts';
import { keyOf } from '../keys.ts';
import type { OrderFacts } from '../orders.ts';
import { readChains } from './chains.ts';
import { lockKeyWallets, readKeyFacts } from './key-facts.ts';
import { readRejections, readSettled } from './known.ts';
import { UNDECIDED_PROOF } from './lifecycle.ts';
import { lockOrders, readOrderFacts } from './order-facts.ts';
import { packIds, packNumbers } from './packing.ts';
import type { RefundRow, ReturnRow } from './rows.ts';
import { REFUND_COLUMNS, refundOf, RETURN_COLUMNS, returnOf } from './rows.ts';

/**
 * Locks every allowance that the batch is about, then every wallet that pays by its key, then what
 * orders debit, each in order of number, then reads. Each statement sees what committed before it,
 * so what another batch decided while this one waited is seen.
 */
export async function lockAndReadFacts(
  tx: Tx,
  question: Question,
  { known, uploadId }: { readonly known: Known; readonly uploadId: bigint },
): Promise<Facts> {
  await tx.query(
    `select no from allowance_states where no = any ($1::bigint[]) order by no for update`,
    [packNumbers(numbersOf(question))],
  );
  await lockKeyWallets(tx, question.keys);
  await lockOrders(tx, question.orders);
  return readFacts(tx, question, { known, uploadId });
}

/** The same without locks, for what is decided already. */
export async function readFacts(
  db: Db,
  question: Question,
  { known, uploadId }: { readonly known: Known; readonly uploadId?: bigint },
): Promise<Facts> {
  const { rows } = await db.query<StateRow>(
    `select s.no, s.status, exists (${UNDECIDED_PROOF}) as proved
      from allowance_states as s where s.no = any ($1::bigint[])`,
    [packNumbers(numbersOf(question))],
  );
  const keys = await readKeyFacts(db, question.keys, uploadId);
  const orders = await readOrderFacts(db, question.orders, uploadId);
  return readAround(db, question, { known, states: rows, keys, orders });
}

function numbersOf({ ranges, returnedNos, refunds }: Question): readonly bigint[] {
  return [...ranges.map(({ no }) => no), ...returnedNos, ...refunds.allowanceNos];
}

interface StateRow {
  readonly no: bigint;
  readonly status: AllowanceStatus;
  readonly proved: boolean;
}

interface Before {
  readonly known: Known;
  readonly states: readonly StateRow[];
  readonly keys: KeyFacts;
  readonly orders: OrderFacts;
}

async function readAround(db: Db, question: Question, before: Before): Promise<Facts> {
  const { documentIds, refunds } = question;
  const { keys, orders } = before;
  const returns = await readReturns(db, question);
  const payees = [...question.wallets, ...payeesOf(keys), ...orderPayees(orders)];
  const wallets = await readWallets(db, payees);
  const paying = [...accountsOf(wallets, refunds), ...payingAccounts(keys), ...debited(orders)];
  return {
    allowances: allowancesOf(before, await readChains(db, rangesOf(question)), returns),
    wallets,
    rejections: await readRejections(db, documentIds),
    returns: new Map(returns.map((recorded) => [keyOf(recorded.id), recorded])),
    ...(await readRefunds(db, refunds)),
    payers: await readPayers(db, refunds.allowanceNos),
    funds: await readFunds(db, paying),
    keys,
    orders,
  };
}

function orderPayees({ transactions }: OrderFacts): readonly number[] {
  const named = [...transactions.values()].flatMap(({ payeeWallet }) => payeeWallet ?? []);
  return [...new Set(named)];
}

/** Limits of ledgers' senders and floats of tills' tenants. */
function debited({ senders, tills }: OrderFacts): readonly bigint[] {
  const limits = [...senders.values()].flatMap(({ limit }) => limit?.account ?? []);
  const floats = [...tills.values()].flatMap((till) => [...till.floats.values()]);
  return [...limits, ...floats];
}

/** Whose keys are named; those of payers among them do no harm. */
function payeesOf({ keys }: KeyFacts): readonly number[] {
  return [...new Set([...keys.values()].map(({ wallet }) => wallet))];
}

function payingAccounts({ payers }: KeyFacts): readonly bigint[] {
  return [...payers.values()].map(({ account }) => account);
}

/** A Return asks above every sequence, so that its nearest before is the last one settled. */
function rangesOf({ ranges, returnedNos }: Question): readonly AskedRange[] {
  const above = returnedNos.map((no) => ({ no, lowest: ABOVE_ALL, highest: ABOVE_ALL }));
  return [...ranges, ...above];
}

const ABOVE_ALL = 2 ** 32;

function allowancesOf(
  { known, states }: Before,
  chains: ReadonlyMap<bigint, readonly SettledPayment[]>,
  returns: readonly RecordedReturn[],
): Facts['allowances'] {
  const byNo = new Map(states.map((state) => [state.no, state]));
  const firsts = new Map(returns.filter(({ first }) => first).map((r) => [r.allowanceNo, r]));
  const facts = new Map<bigint, AllowanceFacts>();
  for (const terms of known.allowances.values()) {
    const { no } = terms;
    const state = byNo.get(no);
    if (state === undefined) continue;
    const { status, proved } = state;
    const settled = chains.get(no) ?? [];
    facts.set(no, { terms, status, proved, settled, returned: firsts.get(no) });
  }
  return facts;
}

async function readReturns(
  db: Db,
  { ranges, returnedNos, documentIds }: Question,
): Promise<readonly RecordedReturn[]> {
  const nos = [...ranges.map(({ no }) => no), ...returnedNos];
  if (nos.length === 0) return [];
  // Ids are asked for only where a Return came.
  const ids = returnedNos.length === 0 ? [] : documentIds;
  const { rows } = await db.query<ReturnRow>(
    `select ${RETURN_COLUMNS} from allowance_returns
      where first and allowance_no = any ($1::bigint[])
      union
      select ${RETURN_COLUMNS} from allowance_returns
      where id in (
        select substring($2::bytea from 32 * place + 1 for 32)
        from generate_series(0, octet_length($2::bytea) / 32 - 1) as place
      )`,
    [packNumbers(nos), packIds(ids)],
  );
  return rows.map(returnOf);
}

interface WalletRow {
  readonly number: bigint;
  readonly account: bigint | null;
  readonly currency: number | null;
}

/** Any wallet that is there, frozen and inactive ones too, with its owner's current wallets. */
async function readWallets(
  db: Db,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, PayeeWallet>> {
  if (numbers.length === 0) return new Map();
  const { rows } = await db.query<WalletRow>(
    `select w.number, c.ledger_account as account, c.currency
      from wallets as w
      left join wallets as c on c.account_id = w.account_id and c.kind = 'current'
      where w.number = any ($1::bigint[])`,
    [packNumbers(numbers)],
  );
  const wallets = new Map<number, { number: number; accounts: Map<number, bigint> }>();
  for (const row of rows) {
    const number = Number(row.number);
    const wallet = wallets.get(number) ?? { number, accounts: new Map<number, bigint>() };
    if (row.account !== null && row.currency !== null) {
      wallet.accounts.set(row.currency, row.account);
    }
    wallets.set(number, wallet);
  }
  return wallets;
}

/** Payments whose allowance is locked; one that settled since it was asked about may pass. */
async function readRefunds(
  db: Db,
  { refundIds, paymentIds, allowanceNos }: RefundQuestion,
): Promise<Pick<Facts, 'refunded' | 'refunds'>> {
  if (paymentIds.length === 0) return { refunded: new Map(), refunds: new Map() };
  const payments = [...(await readSettled(db, paymentIds))].filter(([, { allowanceNo }]) =>
    allowanceNos.includes(allowanceNo),
  );
  const { rows } = await db.query<RefundRow>(
    `select ${REFUND_COLUMNS} from refunds
      where payment_id = any ($1::bytea[]) or document_id = any ($2::bytea[])
      order by payment_id, number`,
    [paymentIds, refundIds],
  );
  const done = rows.map(refundOf);
  return {
    refunds: new Map(done.map((refund) => [keyOf(refund.id), refund])),
    refunded: new Map(payments.map(([key, payment]) => [key, refundedOf(payment, done)])),
  };
}

function refundedOf(payment: SettledPayment, done: readonly DoneRefund[]): RefundedPayment {
  const key = keyOf(payment.id);
  return { payment, refunds: done.filter(({ paymentId }) => keyOf(paymentId) === key) };
}

interface PayerRow {
  readonly no: bigint;
  readonly ledger_account: bigint;
}

/** The payer's current wallet; the offline one of a person who closed or never had another. */
async function readPayers(db: Db, nos: readonly bigint[]): Promise<Facts['payers']> {
  if (nos.length === 0) return new Map();
  const { rows } = await db.query<PayerRow>(
    `select distinct on (a.no) a.no, w.ledger_account
      from allowances as a
      join wallets as w on w.account_id = a.account_id and w.currency = a.currency
      where a.no = any ($1::bigint[])
      order by a.no, w.kind = 'current' desc`,
    [packNumbers(nos)],
  );
  return new Map(rows.map(({ no, ledger_account: account }) => [no, account]));
}

interface FundsRow {
  readonly account_id: bigint;
  readonly funds: bigint;
}

function accountsOf(
  wallets: ReadonlyMap<number, PayeeWallet>,
  refunds: RefundQuestion,
): readonly bigint[] {
  return refunds.wallets.flatMap((number) => [...(wallets.get(number)?.accounts.values() ?? [])]);
}

/** Not locked: balances are locked last of all. Where money went meanwhile, posting says so. */
export async function readFunds(db: Db, accounts: readonly bigint[]): Promise<Facts['funds']> {
  if (accounts.length === 0) return new Map();
  const { rows } = await db.query<FundsRow>(
    `select account_id, balance - coalesce(floor, 0) as funds
      from ledger_balances where account_id = any ($1::bigint[])`,
    [packNumbers(accounts)],
  );
  return new Map(rows.map(({ account_id: account, funds }) => [account, funds]));
}

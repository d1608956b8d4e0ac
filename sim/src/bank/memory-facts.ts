import type { Facts, Known, KnownQuestion, Question } from '@sikka/bank/deciding';
import { readKeyFacts, readKnownKeys } from './memory-keys.ts';
import { askedOf, readKnownOrders, readOrderFacts } from './memory-orders.ts';
import type { AllowanceRow, RefundRow, ReturnRow, SettledRow, Tables } from './tables.ts';
import { byId, isAccused, keyOf, pick } from './tables.ts';

type AskedRange = Question['ranges'][number];

/** What settlement reads before any lock. */
export function readKnown(tables: Tables, question: KnownQuestion): Known {
  const { allowanceIds, ranges, paymentIds, refundIds, credentialIds } = question;
  const allowances = new Map<string, AllowanceRow['terms']>();
  for (const id of [...ranges.map(({ allowanceId }) => allowanceId), ...allowanceIds]) {
    const row = tables.allowancesById.get(keyOf(id));
    if (row !== undefined) allowances.set(keyOf(id), row.terms);
  }
  const settled = new Map<string, SettledRow>();
  for (const { allowanceId, lowest, highest } of ranges) {
    const no = allowances.get(keyOf(allowanceId))?.no;
    for (const row of no === undefined ? [] : (tables.settled.get(no) ?? [])) {
      if (row.sequence >= lowest && row.sequence <= highest) settled.set(keyOf(row.id), row);
    }
  }
  for (const [key, row] of byId(tables.settledById, paymentIds)) settled.set(key, row);
  return {
    allowances,
    settled,
    refunds: byId(tables.refundsById, refundIds),
    credentials: pick(tables.credentials, credentialIds.map(keyOf), (row) => {
      const deviceRevoked = tables.devices.get(row.deviceNo)?.status === 'revoked';
      const { wallet, from, until, revoked } = row;
      return { wallet, from, until, revoked, deviceRevoked };
    }),
    keys: readKnownKeys(tables, question.keys),
    orders: readKnownOrders(tables, question.orders),
  };
}

/** What settlement reads under the locks of its allowances; here nothing runs beside it. */
export function readFacts(
  tables: Tables,
  question: Question,
  { known, uploadId }: { readonly known: Known; readonly uploadId?: bigint },
): Facts {
  const returns = readReturns(tables, question);
  const { refunds, documentIds } = question;
  const keys = readKeyFacts(tables, question.keys, uploadId);
  const payees = [...keys.keys.values()].map(({ wallet }) => wallet);
  const orders = readOrderFacts(tables, question.orders, uploadId);
  const asked = askedOf(orders);
  const wallets = readWallets(tables, [...question.wallets, ...payees, ...asked.wallets]);
  const paying = refunds.wallets.flatMap((number) => {
    return [...(wallets.get(number)?.accounts.values() ?? [])];
  });
  const byKeys = [...keys.payers.values()].map(({ account }) => account);
  return {
    allowances: allowancesOf(tables, { question, known, returns }),
    wallets,
    rejections: byId(tables.rejectedById, documentIds) as Facts['rejections'],
    returns: new Map(returns.map((recorded) => [keyOf(recorded.id), recorded])),
    ...readRefunds(tables, refunds),
    payers: readPayers(tables, refunds.allowanceNos),
    funds: readFunds(tables, [...paying, ...byKeys, ...asked.debited]),
    keys,
    orders,
  };
}

interface Around {
  readonly question: Question;
  readonly known: Known;
  readonly returns: readonly ReturnRow[];
}

function allowancesOf(tables: Tables, { question, known, returns }: Around): Facts['allowances'] {
  const { ranges, returnedNos, refunds } = question;
  const asked = new Set([...ranges.map(({ no }) => no), ...returnedNos, ...refunds.allowanceNos]);
  // A Return asks above every sequence, so that its nearest before is the last one settled.
  const above = returnedNos.map((no) => ({ no, lowest: ABOVE_ALL, highest: ABOVE_ALL }));
  const facts = new Map<bigint, ReturnType<typeof allowanceFacts>>();
  for (const terms of known.allowances.values()) {
    const row = tables.allowances.get(terms.no);
    if (!asked.has(terms.no) || row === undefined) continue;
    const around = [...ranges, ...above].filter(({ no }) => no === terms.no);
    facts.set(terms.no, allowanceFacts(tables, { row, around, returns }));
  }
  return facts;
}

const ABOVE_ALL = 2 ** 32;

interface Asked {
  readonly row: AllowanceRow;
  readonly around: readonly AskedRange[];
  readonly returns: readonly ReturnRow[];
}

function allowanceFacts(tables: Tables, { row, around, returns }: Asked) {
  const { terms, status } = row;
  const chain = tables.settled.get(terms.no) ?? [];
  const wanted = new Set(around.flatMap((range) => neighbourhood(chain, range)));
  return {
    terms,
    status,
    proved: isAccused(tables, terms.no),
    settled: chain.filter((payment) => wanted.has(payment)),
    returned: returns.find(({ allowanceNo, first }) => first && allowanceNo === terms.no),
  };
}

/** The nearest before the range, everything in it, the nearest after it. */
function neighbourhood(
  chain: readonly SettledRow[],
  { lowest, highest }: AskedRange,
): readonly SettledRow[] {
  const before = chain.filter(({ sequence }) => sequence < lowest).at(-1);
  const after = chain.find(({ sequence }) => sequence > highest);
  const inside = chain.filter(({ sequence }) => sequence >= lowest && sequence <= highest);
  return [before, ...inside, after].filter((row) => row !== undefined);
}

function readReturns(
  { returns }: Tables,
  { ranges, returnedNos, documentIds }: Question,
): readonly ReturnRow[] {
  const nos = new Set([...ranges.map(({ no }) => no), ...returnedNos]);
  const ids = new Set(returnedNos.length === 0 ? [] : documentIds.map(keyOf));
  return [...returns].flatMap(([key, row]) => {
    return (row.first && nos.has(row.allowanceNo)) || ids.has(key) ? [row] : [];
  });
}

/** Any wallet that is there, frozen and inactive ones too, with its owner's current wallets. */
function readWallets({ wallets }: Tables, numbers: readonly number[]): Facts['wallets'] {
  const found = new Map<number, { number: number; accounts: Map<number, bigint> }>();
  for (const number of numbers) {
    const owner = wallets.get(number)?.accountId;
    if (owner === undefined) continue;
    const current = [...wallets.values()].filter(({ accountId, kind }) => {
      return accountId === owner && kind === 'current';
    });
    const accounts = new Map(current.map((row) => [row.currency, row.ledgerAccount]));
    found.set(number, { number, accounts });
  }
  return found;
}

function readRefunds(
  tables: Tables,
  { refundIds, paymentIds, allowanceNos }: Question['refunds'],
): Pick<Facts, 'refunded' | 'refunds'> {
  const done = new Map<string, RefundRow>(byId(tables.refundsById, refundIds));
  const refunded = new Map<string, { payment: SettledRow; refunds: readonly RefundRow[] }>();
  for (const id of paymentIds) {
    const refunds = tables.refunds.get(keyOf(id)) ?? [];
    for (const refund of refunds) done.set(keyOf(refund.id), refund);
    const payment = tables.settledById.get(keyOf(id));
    if (payment === undefined || !allowanceNos.includes(payment.allowanceNo)) continue;
    refunded.set(keyOf(id), { payment, refunds });
  }
  return { refunds: done, refunded };
}

/** The payer's current wallet; the offline one of a person who has no other. */
function readPayers({ allowances, wallets }: Tables, nos: readonly bigint[]): Facts['payers'] {
  const found = new Map<bigint, bigint>();
  for (const no of nos) {
    const terms = allowances.get(no)?.terms;
    const own = [...wallets.values()].filter((row) => {
      return row.accountId === terms?.accountId && row.currency === terms.currency;
    });
    const account = (own.find(({ kind }) => kind === 'current') ?? own[0])?.ledgerAccount;
    if (account !== undefined) found.set(no, account);
  }
  return found;
}

function readFunds({ ledger }: Tables, accounts: readonly bigint[]): Facts['funds'] {
  const found = new Map<bigint, bigint>();
  for (const account of accounts) {
    const row = ledger.accounts.get(account);
    if (row !== undefined) found.set(account, row.balance - (row.floor ?? 0n));
  }
  return found;
}

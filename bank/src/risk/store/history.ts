import { packNumbers } from '../../db/index.ts';
import type { Db } from '../../db/index.ts';
import type { History, Identity, RiskBatch } from '../batch.ts';
import { limits } from '../limits.ts';

interface PartyRow {
  readonly account_id: bigint;
  readonly opened_at: Date;
  readonly wallets: readonly bigint[];
  readonly seconds: readonly bigint[];
  readonly amounts: readonly bigint[];
  readonly currencies: readonly number[];
  /** 0: unknown. */
  readonly payees: readonly bigint[];
  readonly timed: readonly boolean[];
  readonly usual: readonly boolean[];
  readonly own_float: readonly boolean[];
}

/**
 * What each `party` paid after `$2`, of each kind at most `$3` of each wallet or person, newest
 * first: the rows that a party's newest are taken from. One look at an index for each party and
 * kind, whatever a party's history is. An item that was scored is better known by its score (when
 * it was made, whether it was let through) than by its settlement, so it counts once, as scored.
 */
const PAID = `
  own as materialized (
    select w.number, w.account_id from party join wallets as w on w.account_id = party.account_id
  ),
  claimed as (
    select own.account_id, said.*
      from own cross join lateral (
        select s.claimed_at as at, s.amount, s.currency, s.payee_wallet, true as timed,
               s.action = 'accept' as usual, s.own_float
          from risk_scores as s where s.payer_wallet = own.number and s.claimed_at > $2
         order by s.claimed_at desc limit $3) as said
    union all
    select own.account_id, sent.at, sent.amount, sent.currency, sent.to_wallet, true, true, false
      from own cross join lateral (
        select t.at, t.amount, t.currency, t.to_wallet from wallet_transfers as t
         where t.from_wallet = own.number order by t.id desc limit $3) as sent
     where sent.at > $2
       and not exists (
         select from own as other
          where other.number = sent.to_wallet and other.account_id = own.account_id)
    union all
    select own.account_id, keyed.received_at, keyed.amount, keyed.currency, keyed.payee_wallet,
           false, true, false
      from own cross join lateral (
        select k.received_at, k.amount, k.currency, settled.payee_wallet
          from key_payments as k
          join settled_key_payments as settled on settled.key_payment = k.id
         where k.payer_wallet = own.number and k.received_at > $2
           and not exists (select from risk_scores as s where s.payment_id = k.payment_id)
         order by k.received_at desc limit $3) as keyed
    union all
    select party.account_id, native.settled_at, native.amount, native.currency,
           native.payee_wallet, false, true, false
      from party cross join lateral (
        select p.settled_at, p.amount, p.currency, p.payee_wallet
          from allowances as a
          join settled_payments as p on p.allowance_no = a.no and p.settled_at > $2
         where a.account_id = party.account_id
           and a.claim_until_s > extract(epoch from $2::timestamptz)
           and not exists (select from risk_scores as s where s.payment_id = p.payment_id)
         order by p.settled_at desc limit $3) as native
  ),
  newest as (
    select *, row_number() over (partition by account_id order by at desc) as place from claimed
  ),
  paid as (
    select newest.*, payee.account_id as payee
      from newest left join wallets as payee on payee.number = newest.payee_wallet
     where newest.place <= $3
  )`;

/**
 * The parties of these wallets, each with its newest payments: one statement, however many they
 * are. Bounded by `limits.historyRows` for each party.
 */
async function readParties(
  db: Db,
  wallets: readonly bigint[],
  since: Date,
): Promise<readonly PartyRow[]> {
  if (wallets.length === 0) return [];
  const { rows } = await db.query<PartyRow>(
    `with party as materialized (
       select w.account_id, array_agg(w.number order by w.number) as wallets
         from wallets as w where w.number = any ($1::int8[]) group by w.account_id
     ), ${PAID}, past as (
       select account_id,
              array_agg(extract(epoch from at)::int8 order by place) as seconds,
              array_agg(amount order by place) as amounts,
              array_agg(currency order by place) as currencies,
              array_agg(coalesce(payee, 0) order by place) as payees,
              array_agg(timed order by place) as timed, array_agg(usual order by place) as usual,
              array_agg(own_float order by place) as own_float
         from paid group by account_id
     )
     select party.account_id, owner.created_at as opened_at, party.wallets,
            coalesce(past.seconds, '{}') as seconds, coalesce(past.amounts, '{}') as amounts,
            coalesce(past.currencies, '{}') as currencies, coalesce(past.payees, '{}') as payees,
            coalesce(past.timed, '{}') as timed, coalesce(past.usual, '{}') as usual,
            coalesce(past.own_float, '{}') as own_float
       from party
       join accounts as owner on owner.id = party.account_id
       left join past on past.account_id = party.account_id
      order by party.account_id`,
    [packNumbers(wallets), since, limits.historyRows],
  );
  return rows;
}

/** Which of `from` (accounts) paid which of `to` since then: one statement. */
async function readOnward(
  db: Db,
  ask: { readonly from: readonly bigint[]; readonly to: readonly bigint[]; readonly since: Date },
): Promise<ReadonlyMap<bigint, ReadonlySet<bigint>>> {
  const onward = new Map<bigint, Set<bigint>>();
  if (ask.from.length === 0) return onward;
  const { rows } = await db.query<{ readonly payer: bigint; readonly payee: bigint }>(
    `with party as materialized (select account_id from unnest($1::int8[]) as asked (account_id)),
       ${PAID}
     select distinct account_id as payer, payee from paid
      where payee = any ($4::int8[]) and not own_float`,
    [packNumbers(ask.from), ask.since, limits.historyRows, packNumbers(ask.to)],
  );
  for (const { payer, payee } of rows) {
    onward.set(payer, (onward.get(payer) ?? new Set()).add(payee));
  }
  return onward;
}

/** When the device's earlier items happened, newest first; not those of this very upload. */
async function readDeviceTimes(db: Db, batch: RiskBatch, since: Date): Promise<readonly Date[]> {
  const { rows } = await db.query<{ readonly claimed_at: Date }>(
    `select s.claimed_at
       from (
         select no, sum(items) over (order by at desc, no desc) - items as later
           from risk_uploads
          where device = $1 and at > $2 and subject <> $3
          order by at desc, no desc limit $4
       ) as u
       join risk_scores as s on s.upload = u.no
      where u.later < $4 and s.claimed_at > $2
      order by s.claimed_at desc limit $4`,
    [batch.device.id, since, batch.subject, limits.deviceRows],
  );
  return rows.map(({ claimed_at: at }) => at);
}

/**
 * Whose history says anything about the batch: both sides of every item. Of a float's own payments
 * alone, the payees' says nothing (`ofPayer`, `ofFlows`), and there may be a thousand of them.
 */
function partiesOf({ items }: RiskBatch): readonly bigint[] {
  const isAllOwn = items.every(({ ownFloat }) => ownFloat);
  const named = items.flatMap(({ payerWallet, payeeWallet }) =>
    isAllOwn ? [payerWallet] : [payerWallet, payeeWallet],
  );
  return [...new Set(named)].filter((wallet) => wallet !== undefined);
}

/** The history of a batch's parties and device: three statements at most, whatever its size. */
export async function readHistory(db: Db, batch: RiskBatch): Promise<History> {
  const received = batch.receivedAt.getTime();
  const since = new Date(received - limits.historyMs);
  const parties = await readParties(db, partiesOf(batch), since);
  const flowsSince = new Date(received - limits.flowMs);
  const known = new Set(parties.map((party) => party.account_id));
  const onward = await readOnward(db, {
    from: strangersPaid(parties, flowsSince, known),
    to: [...known],
    since: flowsSince,
  });
  const deviceTimes = await readDeviceTimes(db, batch, since);
  return {
    accounts: new Map(parties.flatMap((row) => row.wallets.map((no) => [no, row.account_id]))),
    identities: new Map(parties.map((row) => [row.account_id, identityOf(row)])),
    onward,
    deviceTimes,
  };
}

/** Accounts outside the batch whom its parties paid lately: money may come back through them. */
function strangersPaid(
  parties: readonly PartyRow[],
  since: Date,
  known: ReadonlySet<bigint>,
): readonly bigint[] {
  const strangers = new Set<bigint>();
  for (const { payees, seconds } of parties) {
    payees.forEach((payee, index) => {
      const recent = Number(seconds[index] ?? 0n) * 1_000 > since.getTime();
      if (recent && payee !== 0n && !known.has(payee)) strangers.add(payee);
    });
  }
  return [...strangers].slice(0, limits.onwardParties);
}

function identityOf(row: PartyRow): Identity {
  const paid = row.seconds.map((seconds, index) => {
    const payee = row.payees[index] ?? 0n;
    return {
      at: new Date(Number(seconds) * 1_000),
      amountMinor: row.amounts[index] ?? 0n,
      currency: row.currencies[index] ?? 0,
      to: payee === 0n ? undefined : payee,
      timed: row.timed[index] ?? false,
      usual: row.usual[index] ?? false,
      ownFloat: row.own_float[index] ?? false,
    };
  });
  return { openedAt: row.opened_at, paid };
}

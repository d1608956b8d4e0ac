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
 * What `party.account_id` paid after `$2`, at most `$3` of each kind, newest first. An item that
 * was scored is better known by its score (when it was made, whether it was let through) than by
 * its settlement, so it counts once, as scored.
 */
const PAID = `
  (select s.claimed_at as at, s.amount, s.currency, payee.account_id as payee,
          true as timed, s.action = 'accept' as usual,
          s.facts ->> 'own_float' = '1' as own_float
     from wallets as own
     join risk_scores as s on s.payer_wallet = own.number and s.claimed_at > $2
     left join wallets as payee on payee.number = s.payee_wallet
    where own.account_id = party.account_id
    order by s.claimed_at desc limit $3)
  union all
  (select sent.at, sent.amount, sent.currency, payee.account_id, true, true, false
     from wallets as own
     cross join lateral (
       select t.at, t.amount, t.currency, t.to_wallet from wallet_transfers as t
        where t.from_wallet = own.number order by t.id desc limit $3
     ) as sent
     join wallets as payee
       on payee.number = sent.to_wallet and payee.account_id <> own.account_id
    where own.account_id = party.account_id and sent.at > $2)
  union all
  (select k.received_at, k.amount, k.currency, payee.account_id, false, true, false
     from wallets as own
     join key_payments as k on k.payer_wallet = own.number and k.received_at > $2
     join settled_key_payments as settled on settled.key_payment = k.id
     join wallets as payee on payee.number = settled.payee_wallet
    where own.account_id = party.account_id
      and not exists (select from risk_scores as s where s.payment_id = k.payment_id)
    order by k.received_at desc limit $3)
  union all
  (select p.settled_at, p.amount, p.currency, payee.account_id, false, true, false
     from allowances as a
     join settled_payments as p on p.allowance_no = a.no and p.settled_at > $2
     join wallets as payee on payee.number = p.payee_wallet
    where a.account_id = party.account_id
      and a.claim_until_s > extract(epoch from $2::timestamptz)
      and not exists (select from risk_scores as s where s.payment_id = p.payment_id)
    order by p.settled_at desc limit $3)`;

/**
 * The parties of these wallets, each with its newest payments: one statement, however many they
 * are. Bounded by `limits.historyRows` for each party.
 */
async function readParties(
  db: Db,
  wallets: readonly bigint[],
  since: Date,
): Promise<readonly PartyRow[]> {
  const { rows } = await db.query<PartyRow>(
    `select party.account_id, owner.created_at as opened_at, party.wallets,
            coalesce(past.seconds, '{}') as seconds, coalesce(past.amounts, '{}') as amounts,
            coalesce(past.currencies, '{}') as currencies, coalesce(past.payees, '{}') as payees,
            coalesce(past.timed, '{}') as timed, coalesce(past.usual, '{}') as usual,
            coalesce(past.own_float, '{}') as own_float
       from (
         select w.account_id, array_agg(w.number order by w.number) as wallets
           from wallets as w where w.number = any ($1) group by w.account_id
       ) as party
       join accounts as owner on owner.id = party.account_id
       cross join lateral (
         select array_agg(extract(epoch from newest.at)::int8) as seconds,
                array_agg(newest.amount) as amounts, array_agg(newest.currency) as currencies,
                array_agg(coalesce(newest.payee, 0)) as payees,
                array_agg(newest.timed) as timed, array_agg(newest.usual) as usual,
                array_agg(newest.own_float) as own_float
           from (
             select * from (${PAID}) as paid order by paid.at desc limit $3
           ) as newest
       ) as past
      order by party.account_id`,
    [wallets, since, limits.historyRows],
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
    `select distinct party.account_id as payer, paid.payee
       from unnest($1::int8[]) as party (account_id)
       cross join lateral (${PAID}) as paid
      where paid.payee = any ($4::int8[]) and not paid.own_float`,
    [ask.from, ask.since, limits.historyRows, ask.to],
  );
  for (const { payer, payee } of rows) {
    onward.set(payer, (onward.get(payer) ?? new Set()).add(payee));
  }
  return onward;
}

/** When the device's earlier items happened, newest first; not those of this very upload. */
async function readDeviceTimes(db: Db, batch: RiskBatch, since: Date): Promise<readonly Date[]> {
  const { rows } = await db.query<{ readonly claimed_at: Date }>(
    `select claimed_at from risk_scores
      where device = $1 and claimed_at > $2 and subject <> $3
      order by claimed_at desc limit $4`,
    [batch.device.id, since, batch.subject, limits.deviceRows],
  );
  return rows.map(({ claimed_at: at }) => at);
}

/** The history of a batch's parties and device: three statements at most, whatever its size. */
export async function readHistory(db: Db, batch: RiskBatch): Promise<History> {
  const received = batch.receivedAt.getTime();
  const since = new Date(received - limits.historyMs);
  const wallets = new Set(batch.items.flatMap((item) => [item.payerWallet, item.payeeWallet]));
  wallets.delete(undefined);
  const parties = await readParties(db, [...wallets] as readonly bigint[], since);
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

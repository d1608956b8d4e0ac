import type { Say } from '../progress.ts';
import type { Owner } from '../town/store.ts';
import { CURRENCY } from '../town/store.ts';

/** Payments of one upload of the history. */
const PER_UPLOAD = 1_000;
/** Payments of one allowance of the history. */
const PER_ALLOWANCE = 50;
/** Rows of one statement: some seconds, so that progress can be said. */
const PER_STATEMENT = 250_000;
/** A year before the run, a payment a second or more often. */
const SECONDS = 31_536_000;
/** Ledger accounts of other people; none of the run's has such a number. */
const FIRST_ACCOUNT = 1_000_000_000;
const ACCOUNTS = 200_000;

/**
 * Makes payments that other people are said to have settled before, until there are `count`: the
 * rows of settled_payments, paid_requests, ledger_transfers, settlement_batches and uploads with
 * all their indexes, ids and keys at random, so that a new row falls anywhere among them. What is
 * not made: the uploads' bytes, the people, their balances, allowances, and the log's nodes.
 */
export async function growHistory(
  owner: Owner,
  { from, count, say }: { from: number; count: number; say: Say },
): Promise<void> {
  for (let done = from; done < count;) {
    const next = Math.min(count, done + PER_STATEMENT);
    await insertBatches(owner, done, next);
    await insertPayments(owner, done, next);
    done = next;
    if (count > PER_STATEMENT) say(`History: ${done} of ${count} payments.`);
  }
  await owner.query('vacuum analyze');
}

async function insertBatches(owner: Owner, from: number, to: number): Promise<void> {
  await owner.query(
    `with made as (
        insert into uploads (sha256, bytes, uploader, received_at, items)
        select sha256(convert_to('history ' || n, 'UTF8')), '\\x80', 'history',
          date_trunc('second', now() - make_interval(secs => $4)), $3
        from generate_series($1::integer / $3::integer, ($2::integer - 1) / $3::integer) as n
        returning id, received_at
      )
      insert into settlement_batches (upload_id, at, settled, recorded, rejected, outcomes_digest)
      select id, received_at, $3, 0, 0, sha256('') from made`,
    [from, to, PER_UPLOAD, SECONDS],
  );
}

/** The batches made last are those of these payments. */
async function insertPayments(owner: Owner, from: number, to: number): Promise<void> {
  const batches = Math.ceil((to - from) / PER_UPLOAD);
  await owner.query(
    `with batches as (
        select array_agg(id order by id) as ids, array_agg(upload_id order by id) as uploads
        from (select id, upload_id from settlement_batches order by id desc limit $3) as b
      ), made as materialized (
        select p.n, (p.n - $1) / $4 + 1 as batch, (p.n % $4)::integer as place,
          -- One number for all payments of an allowance, anywhere among all numbers.
          abs(hashint8extended(p.n / $5, 1)) % 1000000000000 as allowance,
          (p.n % $5 + 1)::integer as sequence,
          10000000000 + abs(hashint8extended(p.n, 2)) % 89999999999 as wallet,
          sha256(convert_to('payment ' || p.n, 'UTF8')) as id
        from generate_series($1::bigint, $2::bigint - 1) as p (n)
      ), paid as (
        insert into paid_requests (payee_wallet, bind, allowance_no, sequence)
        select wallet, sha256(id), allowance, sequence from made
        on conflict do nothing
      ), moved as (
        insert into ledger_transfers
          (kind, currency, debit_account, credit_account, amount, reference, at)
        select 'settlement', $6, $7 + n % $8, $7 + $8 + abs(hashint8extended(n, 3)) % $8, 100, id,
          now() - make_interval(secs => $9)
        from made
      )
      insert into settled_payments (
        allowance_no, amount, spent, payee_wallet, batch_id, upload_id, settled_at, sequence,
        currency, ordinal, item, evidence_at, mode, extra, proved_by, payment_id, previous, bind,
        packet_sha256
      )
      select m.allowance, 100, 100 * m.sequence, m.wallet, b.ids[m.batch], b.uploads[m.batch],
        now() - make_interval(secs => $9), m.sequence, $6, m.place, m.place, 0, 1, false,
        'signature', m.id, sha256(m.id), sha256(m.id), sha256(m.id)
      from made as m cross join batches as b
      on conflict do nothing`,
    [
      ...[from, to, batches, PER_UPLOAD, PER_ALLOWANCE],
      ...[CURRENCY, FIRST_ACCOUNT, ACCOUNTS, SECONDS],
    ],
  );
}

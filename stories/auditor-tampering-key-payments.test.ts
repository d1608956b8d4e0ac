import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectNamed, startTampering } from './auditor-town/tampering.ts';
import type { Tampered, Tampering } from './auditor-town/tampering.ts';

/** spec/wallet-key.md: what the owner of a database does to payments by wallet keys. */

let tampered: Tampered;
beforeAll(async () => {
  tampered = await startTampering();
}, 180_000);
afterAll(() => tampered.drop());

/** The last leaf of the last batch that has one. */
const THIS = `payment_id = (
  select payment_id from settled_key_payments order by batch_id desc, ordinal desc
  limit 1)`;
const KEY = `select '{"payment_id":"' || encode(payment_id, 'hex') || '"}' as value
  from settled_key_payments where ${THIS}`;
const CLAIMED_KEY = `select '{"id":"' || id || '"}' as value from key_payments where ${THIS}`;
const TRANSFER_KEY = `select '{"id":"' || id || '"}' as value from ledger_transfers
  where reference = (select payment_id from settled_key_payments where ${THIS})`;

const settled = { check: 'key payments', table: 'settled_key_payments', key: KEY } as const;
const claimed = { check: 'key payments', table: 'key_payments', key: CLAIMED_KEY } as const;

const TAMPERINGS: readonly Tampering[] = [
  {
    ...settled,
    name: 'an amount is edited',
    sql: `update settled_key_payments set amount = amount + 1 where ${THIS}`,
    what: /amount/,
  },
  {
    ...settled,
    name: 'it is paid to somebody else',
    sql: `update settled_key_payments set payee_wallet = payer_wallet where ${THIS}`,
    what: /payee_wallet/,
  },
  {
    ...settled,
    name: 'another key is said to have signed it',
    sql: `update settled_key_payments
      set key_id = (select id from wallet_keys where id <> key_id limit 1) where ${THIS}`,
    what: /does not prove/,
  },
  {
    ...settled,
    name: 'the evidence of two is swapped',
    sql: `update settled_key_payments as s
      set item = o.item, evidence_at = o.evidence_at, item_sha256 = o.item_sha256,
        upload_id = o.upload_id
      from settled_key_payments as o
      where s.${THIS} and o.payment_id = (
        select payment_id from settled_key_payments order by batch_id, ordinal limit 1)`,
    what: /payment_id/,
  },
  {
    name: 'its key had been retired for long',
    check: 'key payments',
    table: 'settled_key_payments',
    sql: `update wallet_keys set created_at = created_at - interval '9 days',
        retired_at = now() - interval '8 days', retired_reason = 'replaced'
      where id = (select key_id from settled_key_payments where ${THIS})`,
    what: /should not have settled/,
  },
  {
    ...claimed,
    name: 'a nonce is edited',
    sql: `update key_payments set nonce = 'another' where ${THIS}`,
    key: `select value from (${KEY}) as settled`,
    table: 'settled_key_payments',
    what: /nonce/,
  },
  {
    ...claimed,
    name: 'the text that was kept is edited',
    sql: `update key_payments
      set item = overlay(item placing '\\x39' from position('"amount":"1' in encode(item, 'escape'))
      )
      where ${THIS}`,
    what: /do not prove/,
  },
  {
    ...claimed,
    name: 'whose it was is edited',
    sql: `update key_payments set payer_account = payer_account + 1 where ${THIS}`,
    what: /payer_account/,
  },
  {
    ...settled,
    name: 'what holds its nonce is deleted',
    sql: `delete from key_payments where ${THIS}`,
    what: /key_payment/,
  },
  {
    name: 'it is deleted',
    sql: `delete from settled_key_payments where ${THIS}`,
    check: 'answers',
    table: 'uploads',
    what: /key_payment that was never answered/,
  },
  {
    name: 'it is deleted, and its place in the log is missed',
    sql: `delete from settled_key_payments where ${THIS}`,
    check: 'log',
    table: 'log_batches',
    what: /not as many payments/,
  },
  {
    name: 'every payment of a batch that had no others is deleted',
    sql: `delete from settled_key_payments where batch_id in (
        select batch_id from settled_key_payments
        where batch_id not in (select batch_id from settled_payments))`,
    check: 'log',
    table: 'log_batches',
    what: /does not begin where/,
  },
  {
    name: 'its money came from somebody else',
    sql: `update ledger_transfers set debit_account = (
        select ledger_account from wallets where kind = 'offline'
          and ledger_account <> debit_account limit 1)
      where reference = (select payment_id from settled_key_payments where ${THIS})`,
    check: 'settlement transfers',
    table: 'ledger_transfers',
    key: TRANSFER_KEY,
    what: /debit_account/,
  },
  {
    name: 'its money never moved',
    sql: `delete from ledger_transfers
      where reference = (select payment_id from settled_key_payments where ${THIS})`,
    check: 'settlement transfers',
    table: 'settled_key_payments',
    key: KEY,
    what: /moved no money/,
  },
  {
    name: 'a key is replaced by another under its id',
    sql: `update wallet_keys set modulus = overlay(modulus placing '\\xc0ffee' from 9)
      where id = (select key_id from settled_key_payments where ${THIS})`,
    check: 'wallet keys',
    table: 'wallet_keys',
    what: /id is not what/,
  },
  {
    name: 'a refusal for a nonce becomes another',
    sql: `update rejected_items set code = 'wrong_currency' where code = 'nonce_conflict'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
  {
    name: 'a refusal that may pass is made final',
    sql: `update rejected_items as r set document_id = k.payment_id
      from key_payments as k where k.id = r.key_payment and r.code = 'insufficient_funds'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
  {
    name: 'a text that agrees with its keys is refused as one that does not',
    sql: `update rejected_items set code = 'payee_mismatch' where code = 'insufficient_funds'`,
    check: 'rejections',
    table: 'rejected_items',
    what: /not what its bytes say/,
  },
];

describe('whoever owns the database is found out when', () => {
  test.each(TAMPERINGS)('$name', (tampering) => expectNamed(tampered, tampering));
});

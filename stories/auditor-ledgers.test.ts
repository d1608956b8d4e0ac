import { audit } from '@sikka/auditor';
import {
  ledgerEntryText,
  sealLedger,
  signLedgerTransaction,
  webCryptoAgreement,
} from '@sikka/protocol';
import type { KeyAgreement, LedgerHead } from '@sikka/protocol';
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOrderTown } from './auditor-town/orders.ts';
import type { LedgerSender, OrderTown } from './auditor-town/orders.ts';

/** spec/sealed-ledger.md §7: two histories that one receiver signed, and what staff said. */

let town: OrderTown;
let peer: Uint8Array;
beforeAll(async () => {
  town = await openOrderTown({ env: { FOUR_EYES_ABOVE: '7.00' } });
  await town.database.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
      select id, 'risk', created_at from accounts where public_id = 'operator'`,
  );
  peer = await bankKey();
  const sender = await town.person();
  for (const amount of ['5', '5', '8']) {
    const receiver = await town.person();
    const [start, left, right] = [
      await pay(sender, receiver, amount),
      await pay(sender, receiver, amount),
      await pay(sender, receiver, amount),
    ];
    await settle(receiver, [start, left]);
    expect(await settle(receiver, [start, right])).toMatch(/held for review/);
  }
  const { rows } = await town.database.ownerPool.query<{ id: bigint }>(
    'select id from reviews order by id',
  );
  expect(rows).toHaveLength(3);
  await decide(rows[0]?.id, 'release');
  await decide(rows[1]?.id, 'reject');
  // Of more than one person may decide, but in a demo.
  await decide(rows[2]?.id, 'release');
});
afterAll(() => town.stop());

async function ask(path: string, body?: object | string): Promise<string> {
  const token = await town.bank.token('operator', ['user', 'pay_admin', 'risk']);
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${town.bank.url}${path}`, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { method: 'POST', body: sent }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

async function bankKey(): Promise<Uint8Array> {
  const said = JSON.parse(await ask('/bank-public-key')) as {
    readonly public_key: { readonly x: string; readonly y: string };
  };
  const [x, y] = [said.public_key.x, said.public_key.y].map((member) =>
    Buffer.from(member, 'base64url'),
  );
  return Uint8Array.from([2 + ((y?.at(-1) ?? 0) & 1), ...(x ?? [])]);
}

async function decide(id: bigint | undefined, verdict: 'release' | 'reject'): Promise<void> {
  const review = String(id);
  await ask(`/api/v1/operator/reviews/${review}/${verdict}`, { reason: 'Looked at it.' });
}

function pay(from: LedgerSender, to: LedgerSender, amount: string): Promise<string> {
  const named = { fromId: from.userId, toId: to.userId, walletId: from.walletId };
  const timestamp = '2026-11-21T03:00:00.123Z';
  const fields = { ...named, txnId: randomUUID(), amount, prevHash: '', timestamp };
  return signLedgerTransaction(fields, from.signer);
}

async function settle(receiver: LedgerSender, transactions: readonly string[]): Promise<string> {
  let head: LedgerHead | undefined;
  const entries = transactions.map((text) => {
    const { hash } = JSON.parse(text) as { readonly hash: string };
    const next = ledgerEntryText(head, { text, hash });
    head = next.head;
    return next.text;
  });
  const iv = () => new Uint8Array(randomBytes(12));
  const secrets = { contentKey: new Uint8Array(randomBytes(32)), iv: iv(), wrapIv: iv() };
  const { signer } = receiver;
  const agreement = await freshAgreement();
  return ask('/settle-ledger', await sealLedger(entries, { signer, peer, agreement, secrets }));
}

async function freshAgreement(): Promise<KeyAgreement> {
  const named = { name: 'ECDH', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(named, true, ['deriveBits']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const compressed = Uint8Array.from([2 + ((raw[64] ?? 0) & 1), ...raw.subarray(1, 33)]);
  return webCryptoAgreement(pair.privateKey, compressed);
}

const wrong = async () => {
  const { checks } = await audit({ databaseUrl: town.database.url });
  return checks.filter(({ ok }) => !ok);
};

test('an honest bank with forks and their reviews passes every check', async () => {
  const { checks } = await audit({ databaseUrl: town.database.url });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  const rowsOf = (check: string) => checks.find(({ name }) => name === check)?.rows;
  // Three entries of each receiver, both sides of each fork, and two ledgers of each receiver.
  expect([rowsOf('sealed ledgers'), rowsOf('reviews')]).toEqual([21, 3]);
  const reviews = checks.find(({ name }) => name === 'reviews');
  expect(reviews?.detail).toMatch(/; 3 where more than 700 minor units take two people/);
  expect(reviews?.detail).toMatch(/; 1 approved by one person alone/);
});

/** Evidence is append-only for everybody but its owner. */
const OWN = (table: string) => `
  alter table ${table} disable trigger user;
  alter table case_decisions drop constraint if exists case_decisions_proof_id_fkey,
    drop constraint if exists case_decisions_approval_fkey;
  create temporary table kept as select * from ${table}`;

const RESTORE = (table: string) => `
  delete from ${table} as e
    where not exists (select from kept as k where k.* is not distinct from e.*);
  insert into ${table} overriding system value
    select k.* from kept as k
    where not exists (select from ${table} as e where e.* is not distinct from k.*)`;

const FORK = 'id = (select min(id) from ledger_forks)';
const REVIEW = (outcome: string) => `id = (
  select min(id) from reviews where outcome = '${outcome}')`;

describe('an owner who changes what was signed or decided is told the row', () => {
  test.each<[string, string, string, string, string, RegExp]>([
    [
      'a fork that is deleted',
      `delete from ledger_forks where ${FORK}`,
      ...(['ledger_forks', 'sealed ledgers', 'sealed_ledger_entries'] as const),
      /no row in ledger_forks/,
    ],
    [
      'a fork after another entry',
      `update ledger_forks set prev_hash = sha256(prev_hash) where ${FORK}`,
      ...(['ledger_forks', 'sealed ledgers', 'ledger_forks'] as const),
      /prev_hash/,
    ],
    [
      'a fork by another key',
      `update ledger_forks set key_id = sha256(key_id) where ${FORK}`,
      ...(['ledger_forks', 'sealed ledgers', 'ledger_forks'] as const),
      /key_id/,
    ],
    [
      'a fork in another upload',
      `update ledger_forks set second_upload = (select max(id) from uploads) where ${FORK}`,
      ...(['ledger_forks', 'sealed ledgers', 'ledger_forks'] as const),
      /does not prove a ledger of its receiver/,
    ],
    [
      'an entry that is edited',
      `update sealed_ledger_entries set entry_hash = sha256(entry_hash)
        where position = 0 and receiver = (select min(receiver) from sealed_ledger_entries)`,
      ...(['sealed_ledger_entries', 'sealed ledgers', 'sealed_ledger_entries'] as const),
      /entry is not what the evidence says/,
    ],
    [
      'an entry that is taken away',
      `delete from sealed_ledger_entries
        where position = 0 and receiver = (select min(receiver) from sealed_ledger_entries)`,
      ...(['sealed_ledger_entries', 'sealed ledgers', 'uploads'] as const),
      /has no row in sealed_ledger_entries/,
    ],
    [
      'a review of less than it let go',
      `update reviews set amount = 1 where ${REVIEW('released')}`,
      ...(['reviews', 'stored columns', 'reviews'] as const),
      /amount, by which it took two people/,
    ],
    [
      'an outcome that is edited',
      `update reviews set outcome = 'rejected' where ${REVIEW('released')}`,
      ...(['reviews', 'reviews', 'reviews'] as const),
      /outcome/,
    ],
    [
      'a review that is opened again',
      `update reviews set outcome = null, decided_at = null where ${REVIEW('rejected')}`,
      ...(['reviews', 'reviews', 'reviews'] as const),
      /an open review/,
    ],
    [
      'a review of how much nobody can say',
      `update reviews set amount = null, currency = null where ${REVIEW('released')}`,
      ...(['reviews', 'reviews', 'reviews'] as const),
      /takes two people, and no approval/,
    ],
    [
      'a review of more than its limit, as its event tells it',
      `update audit_events set details = replace(details, '"700"', '"7"')
        where subject = (select 'review:' || min(id) from reviews where outcome = 'released')
          and action = 'review.released'`,
      ...(['audit_events', 'reviews', 'reviews'] as const),
      /takes two people, and no approval/,
    ],
    [
      'a review that names no limit',
      `update audit_events set details = replace(details, '"four_eyes_above"', '"above"')
        where subject = (select 'review:' || min(id) from reviews where outcome = 'rejected')
          and action = 'review.rejected'`,
      ...(['audit_events', 'reviews', 'reviews'] as const),
      /names no limit/,
    ],
    [
      'a review agreed to as something else',
      `update approvals set kind = 'funding' where kind = 'review'`,
      ...(['approvals', 'reviews', 'reviews'] as const),
      /approval's kind/,
    ],
    [
      'a decided upload that is held again',
      `insert into inbox (upload_id, visible_at, held_by)
        select upload_id, now(), id from reviews where ${REVIEW('rejected')}`,
      ...(['inbox', 'reviews', 'reviews'] as const),
      /holds an upload/,
    ],
    [
      'a rejected upload that settled',
      `update settlement_batches set settled = 1
        where upload_id = (select upload_id from reviews where ${REVIEW('rejected')})`,
      ...(['settlement_batches', 'reviews', 'reviews'] as const),
      /rejected upload that settled/,
    ],
    [
      'a case without its proof and its people',
      `insert into case_decisions (proof_id, approval, loss, currency, account, reason, at)
        values (sha256('x'), 0, 'bank', 586, 'keep', 'x', now())`,
      ...(['case_decisions', 'reviews', 'case_decisions'] as const),
      /proof/,
    ],
  ])('%s', async (_name, sql, edited, check, table, what) => {
    const owner = new pg.Client({ connectionString: town.database.url });
    await owner.connect();
    try {
      await owner.query(OWN(edited));
      expect((await owner.query(sql)).rowCount).toBe(1);
      const found = (await wrong()).find(({ name }) => name === check)?.firstWrong;
      expect(found).toMatchObject({ table });
      expect(found?.what).toMatch(what);
      await owner.query(RESTORE(edited));
    } finally {
      await owner.end();
    }
    expect(await wrong()).toEqual([]);
  });
});

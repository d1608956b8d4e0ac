import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryHash, GENESIS } from '../../../src/flows/offline/chain.ts';
import { chainHead } from '../../../src/flows/offline/index.ts';
import { dictOf, pay, signDict } from '../../settlement/key-town.ts';
import type { Person } from '../../settlement/town.ts';
import { openOlderTown, SYNCED, told } from './older-town.ts';
import type { OlderTown } from './older-town.ts';

/** The chains of older clients' devices, over whole syncs (http-api.md, "Wire facts"). */

let db: OlderTown['db'];
let shop: OlderTown['shop'];
let payerKey: OlderTown['payerKey'];
let shopKey: OlderTown['shopKey'];
let handIn: OlderTown['handIn'];
let shopBalance: OlderTown['shopBalance'];
let person: OlderTown['person'];
beforeAll(async () => {
  ({ db, shop, payerKey, shopKey, handIn, shopBalance, person } = await openOlderTown());
});
afterAll(() => db.drop());

interface Link {
  readonly device_fingerprint: string;
  readonly ledger_prev_hash: string;
  readonly ledger_entry_hash: string;
  readonly ledger_sequence: number;
  readonly integrity_canonical_json: string;
}

function link(previous: string, sequence: number, canonical = `{"n":${sequence}}`): Link {
  return {
    device_fingerprint: 'phone-1',
    ledger_prev_hash: previous,
    ledger_entry_hash: entryHash({ previous, canonical }),
    ledger_sequence: sequence,
    integrity_canonical_json: canonical,
  };
}

const isBlocked = async ({ accountId }: Person) => {
  const { rows } = await db.ownerPool.query<{ status: string }>(
    'select status from accounts where id = $1',
    [accountId],
  );
  return rows[0]?.status === 'review';
};

describe('the chain of a device', () => {
  test('grows by what is taken; the same upload again is known', async () => {
    const { who, key } = await person();
    const items = await Promise.all([1, 2, 3].map(() => pay(key, shopKey, { amount: 100 })));
    const first = link(GENESIS, 1);
    const second = link(first.ledger_entry_hash, 2);
    const links = [first, second, link(second.ledger_entry_hash, 3)];
    for (let time = 1; time <= 3; time += 1) {
      expect(told(await handIn(who, items, links))).toEqual([SYNCED, SYNCED, SYNCED]);
    }
    expect(await chainHead(db.serverPool, who.accountId, 'phone-1')).toEqual({
      previous: links[2]?.ledger_entry_hash,
      nextSequence: 4,
    });
    expect(await chainHead(db.serverPool, who.accountId, 'phone-2')).toEqual({
      previous: GENESIS,
      nextSequence: 1,
    });
    expect(await isBlocked(who)).toBe(false);
  });

  test.each<[string, (head: string) => Partial<Link> | Link, string, boolean]>([
    ['incomplete', () => ({ ledger_sequence: 2 }), 'INCOMPLETE_FIELDS', false],
    [
      'of sequence 1.5',
      (head) => ({ ...link(head, 2), ledger_sequence: 1.5 }),
      'INVALID_SEQUENCE',
      false,
    ],
    [
      'of no hash',
      (head) => ({ ...link(head, 2), ledger_entry_hash: 'xyz' }),
      'INVALID_HASH_FORMAT',
      true,
    ],
    ['a fork', () => link(GENESIS, 1, '{"fork":1}'), 'SEQUENCE_MISMATCH', false],
    ['a gap', (head) => link(head, 3), 'SEQUENCE_MISMATCH', false],
    ['of another past', () => link('ab'.repeat(32), 2), 'PREV_MISMATCH', false],
    [
      'that hashed something else',
      (head) => ({ ...link(head, 2), integrity_canonical_json: '{}' }),
      'HASH_MISMATCH',
      true,
    ],
  ])('%s is refused', async (_what, next, code, blocked) => {
    const { who, key } = await person();
    const first = link(GENESIS, 1);
    expect(told(await handIn(who, [await pay(key, shopKey)], [first]))).toEqual([SYNCED]);
    const before = await shopBalance();
    const item = await pay(key, shopKey);
    const answer = await handIn(who, [item], [next(first.ledger_entry_hash)]);
    expect(told(answer)).toEqual([['failed', `LEDGER_INTEGRITY_${code}`]]);
    expect(await shopBalance()).toBe(before);
    expect(await isBlocked(who)).toBe(blocked);
    if (blocked) {
      const { rows } = await db.ownerPool.query(
        `select outcome from audit_events where action = 'ledger_chain.broken' and subject = $1`,
        [`account:${who.name}`],
      );
      expect(rows).toEqual([{ outcome: `LEDGER_INTEGRITY_${code}` }]);
      return;
    }
    // Its payee is paid without it.
    expect(told(await handIn(shop, [item]))).toEqual([SYNCED]);
  });

  test('of a device never seen may begin anywhere, but its hash has to fit', async () => {
    const { who, key } = await person();
    const wrong = { ...link('cd'.repeat(32), 41), integrity_canonical_json: 'other' };
    const item = await pay(key, shopKey);
    expect(told(await handIn(who, [item], [wrong]))).toEqual([
      ['failed', 'LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE'],
    ]);
    expect(await isBlocked(who)).toBe(false);
    expect(told(await handIn(who, [item], [link('cd'.repeat(32), 41)]))).toEqual([SYNCED]);
  });

  test('cannot be used against a payee: who did not sign is not blocked by it', async () => {
    const { who, key } = await person();
    const item = await pay(payerKey, key);
    const broken = { ...link(GENESIS, 1), ledger_entry_hash: 'xyz' };
    expect(told(await handIn(who, [item], [broken]))).toEqual([SYNCED]);
    // Nor by an element of one’s own wallet that somebody else signed.
    const forged = await signDict(payerKey, dictOf(key, shopKey));
    expect(told(await handIn(who, [forged], [broken]))).toEqual([
      ['failed', 'Invalid or missing transaction signature'],
    ]);
    expect(await isBlocked(who)).toBe(false);
  });

  test('does not take an old entry for another transaction', async () => {
    const { who, key } = await person();
    const first = link(GENESIS, 1);
    await handIn(who, [await pay(key, shopKey)], [first]);
    const reused = { ...first, integrity_canonical_json: '{"other":1}' };
    expect(told(await handIn(who, [await pay(key, shopKey)], [reused]))).toEqual([
      ['failed', 'LEDGER_INTEGRITY_SEQUENCE_MISMATCH'],
    ]);
  });

  test('refused in more syncs at once than there are connections, is refused in each', async () => {
    const { who, key } = await person();
    const item = await pay(key, shopKey);
    const wrong = { ...link('cd'.repeat(32), 41), integrity_canonical_json: 'other' };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => handIn(who, [item], [wrong])),
    );
    const refused = ['failed', 'LEDGER_INTEGRITY_HASH_MISMATCH_FIRST_SEEN_DEVICE'];
    expect(answers.flatMap(told)).toEqual(Array.from({ length: 30 }, () => refused));
    expect(told(await handIn(who, [item]))).toEqual([SYNCED]);
  });

  test('keeps nobody from hearing that a payment is settled', async () => {
    const { who, key } = await person();
    const item = await pay(key, shopKey);
    await handIn(shop, [item]);
    const broken = { ...link(GENESIS, 1), integrity_canonical_json: '{}' };
    expect(told(await handIn(who, [item], [broken]))).toEqual([SYNCED]);
    expect(await isBlocked(who)).toBe(false);
  });
});

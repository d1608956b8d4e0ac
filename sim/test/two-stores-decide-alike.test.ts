import { createSettling } from '@sikka/bank/deciding';
import type { Outcome, Settling } from '@sikka/bank/deciding';
import {
  batchOf,
  createTestDatabase,
  createTown,
  DAY,
  issuersOf,
  journal,
  PKR,
  receiveAt,
  signRefund,
  signReturn,
  START,
  tillOf,
} from '@sikka/bank/testing';
import type {
  IssuedAllowance,
  Person,
  SignedPayment,
  TestDatabase,
  Till,
  Town,
} from '@sikka/bank/testing';
import { hex, walletNumberWithCheckDigit } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerWalletKey } from '../src/bank/memory-keys.ts';
import { createMemoryStore } from '../src/bank/memory-store.ts';
import type { Tables } from '../src/bank/tables.ts';
import { createTables, keyOf } from '../src/bank/tables.ts';
import { createRandom } from '../src/random.ts';
import type { Random } from '../src/random.ts';
import { rsaKey } from '../src/rsa.ts';
import type { RsaKey } from '../src/rsa.ts';
import { signText } from '../src/wallet-keys.ts';

/** The memory store says and moves what PostgreSQL does, whatever is handed in, in any order. */

let db: TestDatabase;
let town: Town;

/** A busy machine takes its time. */
const PATIENCE_MS = 300_000;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
}, PATIENCE_MS);
afterAll(() => db.drop());

interface Twin {
  readonly tables: Tables;
  readonly settling: Settling;
  /** Seconds: when the other store took the same bytes in, then when it decided about them. */
  now: number;
}

function twinOf(): Twin {
  const tables = createTables();
  const twin = { tables, now: 0 };
  const settling = createSettling({
    store: createMemoryStore(tables, { clock: () => new Date(twin.now * 1000) }),
    issuers: async () => issuersOf(town),
    verifier: nodeVerifier(),
  });
  return Object.assign(twin, { settling });
}

/** The rows that a bank would have before anything is handed in. */
async function mirror({ tables }: Twin, who: People): Promise<void> {
  const { persons, allowances, tills } = who;
  const { rows } = await db.ownerPool.query<{ account_id: bigint; balance: bigint }>(
    'select account_id, balance from ledger_balances order by account_id',
  );
  const known = new Map(rows.map((row) => [row.account_id, row.balance]));
  const last = rows.at(-1)?.account_id ?? 0n;
  for (let id = 1n; id <= last; id += 1n) {
    const account = tables.ledger.open(
      (known.get(id) ?? 0n >= 0n) ? 'reservation' : 'bank_cash',
      PKR,
    );
    const row = tables.ledger.accounts.get(account);
    if (row !== undefined) tables.log.assign(row, { balance: known.get(id) ?? 0n });
  }
  for (const { accountId: id, name, current, offline } of persons) {
    tables.accounts.set(name, { id, publicId: name, status: 'active' });
    for (const wallet of [current, offline]) {
      const { number, kind, currency, ledgerAccount } = wallet;
      const row = { number, kind, currency, ledgerAccount, accountId: id };
      tables.wallets.set(number, { ...row, status: 'active' });
    }
  }
  for (const { wallet, key, from } of who.keys) {
    registerWalletKey(tables, { key, wallet, now: from });
  }
  for (const { device } of [...allowances, ...tills]) {
    const { signer, no, owner } = device;
    const { suite, publicKey } = signer;
    const keys = { suite, publicKey, keyHash: publicKey, enrolment: publicKey, ecdhKey: undefined };
    const row = { no, accountId: owner.accountId, ...keys, role: 'both' as const };
    tables.devices.set(no, { ...row, status: 'active' });
  }
  for (const allowance of allowances) mirrorAllowance(tables, allowance);
  for (const { id, credential, device } of tills) {
    const { serial, wallet, mode, currency, name, town: where, from, until } = credential.fields;
    tables.credentials.set(keyOf(id), {
      ...{ id, serial, deviceNo: device.no, wallet, mode, currency, name, town: where },
      ...{ from, until, packet: id, issuedAt: from, revoked: false },
    });
  }
}

function mirrorAllowance(tables: Tables, allowance: IssuedAllowance): void {
  const { no, id, document, device, reservation } = allowance;
  const { fields } = document;
  const { currency, limitMinor, count, firstSequence, from: issuedAt } = fields;
  const { accountId, offline } = device.owner;
  const payerOffline = offline.ledgerAccount;
  const own = { no, id, accountId, deviceNo: device.no, reservation, payerOffline };
  const row = {
    terms: { ...own, currency, limitMinor, count, firstSequence },
    ...{ fields, packet: id, requestId: id, payerWallet: offline.number, issuedAt },
    ...{ settledMinor: 0n, releasedMinor: 0n, revokedAt: undefined, status: 'active' as const },
  };
  tables.allowances.set(no, row);
  tables.allowancesById.set(keyOf(id), row);
}

interface People {
  readonly persons: readonly Person[];
  readonly allowances: readonly IssuedAllowance[];
  readonly tills: readonly Till[];
  /** The first of a wallet's was replaced by the second. */
  readonly keys: readonly HeldKey[];
}

interface HeldKey {
  readonly wallet: number;
  readonly key: RsaKey;
  readonly from: number;
}

/** Two of the first person's, one each of two others; the fourth has none. */
async function registerKeys(persons: readonly Person[]): Promise<readonly HeldKey[]> {
  const keys = [0, 0, 1, 2].map((owner, number) => {
    const wallet = persons[owner]!.offline.number;
    return { wallet, key: rsaKey(number), from: START + number * DAY };
  });
  for (const [number, { wallet, key, from }] of keys.entries()) {
    const next = number === 0 ? new Date(keys[1]!.from * 1000) : null;
    await db.ownerPool.query(
      `insert into wallet_keys
          (id, wallet, modulus, origin, proved_at, created_at, retired_at, retired_reason)
        values ($1, $2, $3, 'device', $4, $4, $5, case when $6 then 'replaced' end)`,
      [key.id, wallet, key.modulus, new Date(from * 1000), next, next !== null],
    );
  }
  return keys;
}

async function people(): Promise<People> {
  const persons = await Promise.all(Array.from({ length: 4 }, () => town.person()));
  const [payer, other, shop, stall] = persons as [Person, Person, Person, Person];
  const tills = [await tillOf(town, shop), await tillOf(town, stall)];
  const allowances: IssuedAllowance[] = [];
  for (const owner of [payer, other, shop]) {
    const device = await town.device(owner);
    allowances.push(await town.allowance(device, { limit: 1_000, count: 6, perPayment: 400 }));
    allowances.push(await town.allowance(device, { limit: 900, until: START + DAY }));
  }
  return { persons, allowances, tills, keys: await registerKeys(persons) };
}

/** A wallet number that no bank has given out. */
const NOBODY = walletNumberWithCheckDigit(99_999_999_999);

/** Everything that anybody could sign or spoil under these allowances. */
async function documents(who: People, random: Random): Promise<readonly Uint8Array[]> {
  const { persons, allowances, tills } = who;
  const made: Uint8Array[] = [];
  const paid: SignedPayment[] = [];
  for (const allowance of allowances) {
    const drawn = () => ({
      amount: random.between(1, 220),
      payee: random.chance(0.1) ? NOBODY : random.pick(persons).current.number,
      bind: random.chance(0.3) ? new Uint8Array(32).fill(7) : random.randomBytes(32),
    });
    const honest = await journal(town, allowance, Array.from({ length: 6 }, drawn));
    const copied = await journal(town, allowance, Array.from({ length: 6 }, drawn));
    paid.push(...honest, ...copied);
    for (const fields of [
      { sequence: 2, amount: 500, spent: 500, previous: allowance.id, payee: drawn().payee },
      { sequence: 9, amount: 1, spent: 2_000, previous: allowance.id, payee: drawn().payee },
    ]) {
      paid.push(await town.sign(allowance, fields));
    }
    const at = random.below(6);
    const { sequence: lastSequence, spent: total, id: head } = honest[at]!;
    for (const more of [0, random.below(2)]) {
      const { packet } = await signReturn(allowance, { lastSequence, total: total + more, head });
      made.push(packet);
    }
  }
  for (const payment of paid) {
    made.push(payment.packet);
    const spoilt = payment.packet.slice();
    spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1;
    if (random.chance(0.15)) made.push(spoilt);
    if (!random.chance(0.3)) continue;
    const till = random.pick(tills);
    const amount = random.between(1, payment.amount);
    const one = await signRefund(payment, { amount }, till);
    const rest = { number: 2, amount: 5, cumulative: amount + 5, previous: one.id };
    made.push(one.packet, (await signRefund(payment, rest, till)).packet);
  }
  return made;
}

/** Payments by keys: good, too much, one nonce twice, replaced keys, others' wallets, altered. */
function keyItems({ keys }: People, random: Random): readonly Uint8Array[] {
  return Array.from({ length: 90 }, () => {
    const [payer, payee] = [random.pick(keys), random.pick(keys)];
    const text = JSON.stringify({
      amount: `${random.between(1, random.chance(0.2) ? 9_000 : 90)}.50`,
      currency: random.chance(0.1) ? 'USD' : 'PKR',
      nonce: `nonce ${random.below(25)}`,
      receiver_public_key: random.chance(0.1) ? rsaKey(9).pem : payee.key.pem,
      sender_wallet_id: random.chance(0.1) ? random.pick(keys).wallet : payer.wallet,
      timestamp: '2026-11-21T03:00:00',
      ...(random.chance(0.2) ? { receiver_wallet_id: random.pick(keys).wallet } : {}),
    });
    const { bytes } = signText(random, payer.key, text);
    const spoilt = bytes.slice();
    spoilt[spoilt.length - 9] = (spoilt.at(-9) ?? 0) ^ 1;
    return random.chance(0.1) ? spoilt : bytes;
  });
}

async function handInBoth(twin: Twin, batch: readonly Uint8Array[], late: number | undefined) {
  const bytes = batchOf(batch);
  const uploadId =
    late === undefined ? await receiveNow(bytes) : await receiveAt(town, late, batch);
  const { rows } = await db.ownerPool.query<{ received_at: Date }>(
    'select received_at from uploads where id = $1',
    [uploadId],
  );
  twin.now = rows[0]!.received_at.getTime() / 1000;
  const stored = await twin.settling.receive(bytes, 'tester');
  if (!stored.ok) throw new Error(stored.code);
  const real = await town.settlement.settle(uploadId);
  twin.now = (await decidedAt(uploadId)) ?? twin.now;
  return { real, twin: await twin.settling.settle(stored.value.uploadId) };
}

async function decidedAt(uploadId: bigint): Promise<number | undefined> {
  const { rows } = await db.ownerPool.query<{ at: Date }>(
    'select at from settlement_batches where upload_id = $1 order by id desc limit 1',
    [uploadId],
  );
  return rows.map(({ at }) => at.getTime() / 1000)[0];
}

async function receiveNow(bytes: Uint8Array): Promise<bigint> {
  const received = await town.settlement.receive(bytes, 'tester');
  if (!received.ok) throw new Error(received.code);
  return received.value.uploadId;
}

function plain(outcomes: readonly Outcome[]) {
  return outcomes.map((outcome) => {
    const entries = Object.entries(outcome).filter(([, value]) => value !== undefined);
    return entries.map(([name, value]) => {
      return `${name}: ${value instanceof Uint8Array ? hex(value) : String(value)}`;
    });
  });
}

async function books(tables: Tables) {
  const { rows: balances } = await db.ownerPool.query<{ account_id: bigint; balance: bigint }>(
    'select account_id, balance from ledger_balances order by account_id',
  );
  const { rows: states } = await db.ownerPool.query<{ line: string }>(
    `select no || ' ' || status || ' ' || settled_minor || ' ' || released_minor as line
      from allowance_states order by no`,
  );
  const { rows: keyPayments } = await db.ownerPool.query<{ line: string }>(
    `select encode(k.payment_id, 'hex') || ' ' || coalesce(s.amount::text, '-') || ' '
          || coalesce(s.payee_wallet::text, '-') as line
      from key_payments as k left join settled_key_payments as s on s.key_payment = k.id
      order by line`,
  );
  const { rows: proofs } = await db.ownerPool.query<{ id: Buffer }>('select id from proofs');
  const real = {
    balances: balances.map(({ account_id: id, balance }) => `${id} ${balance}`),
    states: states.map(({ line }) => line),
    proofs: proofs.map(({ id }) => hex(id)).sort(),
    keyPayments: keyPayments.map(({ line }) => line),
  };
  const twin = {
    balances: balances.map(({ account_id: id }) => {
      return `${id} ${tables.ledger.accounts.get(id)?.balance ?? '?'}`;
    }),
    states: [...tables.allowances.values()].map(({ terms, status, ...row }) => {
      return `${terms.no} ${status} ${row.settledMinor} ${row.releasedMinor}`;
    }),
    proofs: [...tables.proofs.values()].map(({ id }) => hex(id)).sort(),
    keyPayments: [...tables.keys.taken.values()]
      .map(({ paymentId }) => {
        const settled = tables.keys.settledKeys.get(keyOf(paymentId));
        return `${hex(paymentId)} ${settled?.amountMinor ?? '-'} ${settled?.payeeWallet ?? '-'}`;
      })
      .sort(),
  };
  return { real, twin };
}

test(
  'random batches are decided alike in memory and in PostgreSQL',
  { timeout: PATIENCE_MS },
  async () => {
    const random = createRandom(`two stores ${process.env['SIM_SEED'] ?? 'one'}`);
    const who = await people();
    const twin = twinOf();
    await mirror(twin, who);
    const made = [...(await documents(who, random)), ...keyItems(who, random)];
    const said = new Map<string, number>();
    const handed: (readonly Uint8Array[])[] = [];
    for (let round = 0; round < 60; round += 1) {
      const again = handed.length > 0 && random.chance(0.2);
      const batch = again
        ? random.pick(handed)
        : Array.from({ length: random.between(1, 8) }, () => random.pick(made));
      handed.push(batch);
      const late = !again && random.chance(0.1) ? START + 60 * DAY : undefined;
      const outcomes = await handInBoth(twin, batch, late);
      expect(plain(outcomes.twin)).toEqual(plain(outcomes.real));
      for (const { result, code = '' } of outcomes.real) {
        said.set(`${result} ${code}`, (said.get(`${result} ${code}`) ?? 0) + 1);
      }
    }
    const { real, twin: inMemory } = await books(twin.tables);
    expect(inMemory).toEqual(real);
    expect(real.proofs.length).toBeGreaterThan(0);
    // It would prove nothing if everything were refused, or nothing.
    expect([...said.keys()]).toEqual(
      expect.arrayContaining([
        ...['settled acceptable', 'recorded ', 'rejected double_spend', 'rejected nonce_conflict'],
        ...['rejected payer_key_unknown', 'rejected payer_key_retired'],
      ]),
    );
    await town.checkMoney();
  },
);

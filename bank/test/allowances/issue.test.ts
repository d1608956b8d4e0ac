import { randomBytes } from 'node:crypto';
import { encodePacket, keyHash, proveDocument, signDocument } from '@sikka/protocol';
import type { AllowanceRequest } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consumeChallenge, createChallenge } from '../../src/devices/index.ts';
import { checkBooks } from '../../src/ledger/index.ts';
import { allowancesOf, issueAllowance } from '../../src/wallets/index.ts';
import type { AllowanceAnswer } from '../../src/wallets/index.ts';
import type { Device, Person, Town } from '../settlement/town.ts';
import { createTown, DAY, issuersOf, PKR, START } from '../settlement/town.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

let db: TestDatabase;
let town: Town;
let person: Person;
let device: Device;
const now = new Date(START * 1000);
const LIMIT = 2_000_000;

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
});
beforeEach(async () => {
  person = await town.person({ offline: 20_000_000 });
  device = await town.device(person);
});
afterAll(() => db.drop());

async function challengeFor(owner: Person): Promise<Uint8Array> {
  const request = { accountId: owner.accountId, purpose: 'allowance', now } as const;
  const answer = await createChallenge(db.serverPool, request);
  if (!answer.ok) throw new Error(answer.code);
  return answer.challenge;
}

type Change = Partial<AllowanceRequest> & { readonly by?: Device };

async function request({ by = device, ...change }: Change = {}): Promise<Uint8Array> {
  const { signer, owner } = by;
  const fields: AllowanceRequest = {
    type: 'allowance-request',
    bank: 'test-bank',
    account: owner.name,
    keyHash: keyHash(signer.suite, signer.publicKey),
    journalNonce: new Uint8Array(randomBytes(8)),
    amountMinor: 100_000n,
    currency: PKR,
    challenge: await challengeFor(owner),
    ...change,
  };
  return encodePacket({ kind: 'document', document: await signDocument(fields, signer) });
}

function ask(packet: Uint8Array, at: Date = now): Promise<AllowanceAnswer> {
  return issueAllowance(
    {
      pool: db.serverPool,
      bank: 'test-bank',
      signer: async () => town.issuer,
      verifier: nodeVerifier(),
      consumeChallenge,
    },
    { accountId: person.accountId, account: person.name, request: packet, now: at },
  );
}

const code = (answer: AllowanceAnswer) => (answer.ok ? 'issued' : answer.code);
const offlineMoney = () => town.balance(person.offline.ledgerAccount);

test('an allowance is signed by the bank, reserved in the ledger, and listed', async () => {
  const answer = await ask(await request());
  if (!answer.ok) throw new Error(answer.code);
  const { allowance } = answer;
  expect(answer.repeated).toBe(false);
  expect(await offlineMoney()).toBe(19_900_000n);
  const trust = { issuers: issuersOf(town), verifier: nodeVerifier() };
  const proved = await proveDocument(allowance.packet, trust);
  if (!proved.ok) throw new Error(proved.code);
  expect(proved.value.id).toEqual(allowance.id);
  expect(proved.value.document.fields).toMatchObject({
    type: 'allowance',
    serial: Number(allowance.no),
    suite: 'ES256',
    publicKey: device.signer.publicKey,
    limitMinor: 100_000n,
    perPaymentMinor: 100_000n,
    count: 100,
    firstSequence: 1,
    from: START,
    until: START + 14 * DAY,
    claimUntil: START + 28 * DAY,
    policyEpoch: 1,
  });
  expect(await allowancesOf(db.serverPool, person.accountId, now)).toEqual([allowance]);
  const later = new Date((START + 14 * DAY + 1) * 1000);
  expect(await allowancesOf(db.serverPool, person.accountId, later)).toMatchObject([
    { status: 'expired' },
  ]);
  expect((await checkBooks(db.ownerPool)).ok).toBe(true);
});

test('the same request again gets the first allowance, also past its challenge', async () => {
  const packet = await request();
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(packet)));
  expect(answers.map(code)).toEqual(answers.map(() => 'issued'));
  const ids = answers.map((answer) => (answer.ok ? Buffer.from(answer.allowance.id) : undefined));
  expect(new Set(ids.map((id) => id?.toString('hex'))).size).toBe(1);
  expect(answers.filter((answer) => answer.ok && !answer.repeated)).toHaveLength(1);
  expect(await offlineMoney()).toBe(19_900_000n);
  const late = await ask(packet, new Date((START + DAY) * 1000));
  expect(late).toMatchObject({ ok: true, repeated: true });
  expect(await offlineMoney()).toBe(19_900_000n);
});

test('another request with the same journal nonce is refused', async () => {
  const journalNonce = new Uint8Array(randomBytes(8));
  expect(code(await ask(await request({ journalNonce })))).toBe('issued');
  const other = await request({ journalNonce, amountMinor: 100_001n });
  expect(code(await ask(other))).toBe('allowance/nonce_used');
  expect(await offlineMoney()).toBe(19_900_000n);
});

test('a limit cannot be split over five devices that ask at once', async () => {
  const devices = await Promise.all(Array.from({ length: 5 }, () => town.device(person)));
  const packets = await Promise.all(
    devices.map((by) => request({ by, amountMinor: BigInt(LIMIT) })),
  );
  const answers = (await Promise.all(packets.map((packet) => ask(packet)))).map(code);
  // Fifty thousand rupees a person, twenty thousand an allowance.
  expect(answers.toSorted()).toEqual([
    'allowance/limit_reached',
    'allowance/limit_reached',
    'allowance/limit_reached',
    'issued',
    'issued',
  ]);
  expect(await offlineMoney()).toBe(BigInt(20_000_000 - 2 * LIMIT));
});

test('one device has its own limit, and what was settled counts no more', async () => {
  const amountMinor = BigInt(LIMIT);
  expect(code(await ask(await request({ amountMinor })))).toBe('issued');
  expect(code(await ask(await request({ amountMinor })))).toBe('issued');
  expect(code(await ask(await request({ amountMinor: 1n })))).toBe('allowance/limit_reached');
  await db.ownerPool.query(
    `update allowance_states set settled_minor = 1
      where no = (select max(no) from allowances where device_no = $1)`,
    [device.no],
  );
  expect(code(await ask(await request({ amountMinor: 1n })))).toBe('issued');
});

describe('refused, in this order, and nothing is reserved or used up', () => {
  const rows: readonly {
    readonly code: string;
    readonly about: string;
    readonly make: () => Promise<Uint8Array>;
  }[] = [
    {
      code: 'allowance/request_invalid',
      about: 'not a packet',
      make: async () => new Uint8Array([1, 2, 3]),
    },
    {
      code: 'allowance/request_invalid',
      about: 'another document',
      make: async () => {
        const { document } = await town.allowance(device);
        return encodePacket({ kind: 'document', document });
      },
    },
    {
      code: 'allowance/wrong_bank',
      about: 'to another bank',
      make: () => request({ bank: 'other-bank', account: 'somebody' }),
    },
    {
      code: 'allowance/wrong_account',
      about: 'for another account',
      make: () => request({ account: 'somebody', keyHash: new Uint8Array(32) }),
    },
    {
      code: 'allowance/device_unknown',
      about: 'a key that was never enrolled',
      make: () => request({ keyHash: new Uint8Array(32) }),
    },
    {
      code: 'allowance/device_unknown',
      about: 'somebody else’s device',
      make: async () =>
        request({ by: await town.device(await town.person()), account: person.name }),
    },
    {
      code: 'allowance/device_unknown',
      about: 'a device that only receives',
      make: async () => {
        await db.ownerPool.query(`update devices set role = 'payee' where no = $1`, [device.no]);
        return request();
      },
    },
    {
      code: 'allowance/signature_invalid',
      about: 'one byte of the signature changed',
      make: async () => {
        const packet = await request({ challenge: new Uint8Array(32) });
        return packet.map((byte, i) => (i === packet.length - 1 ? byte ^ 1 : byte));
      },
    },
    {
      code: 'auth/account_blocked',
      about: 'an account under review',
      make: async () => {
        await db.ownerPool.query(`update accounts set status = 'review' where id = $1`, [
          person.accountId,
        ]);
        return request({ challenge: new Uint8Array(32) });
      },
    },
    {
      code: 'device/revoked',
      about: 'a revoked device',
      make: async () => {
        await db.ownerPool.query(`update devices set status = 'revoked' where no = $1`, [
          device.no,
        ]);
        return request({ challenge: new Uint8Array(32) });
      },
    },
    {
      code: 'allowance/currency_unsupported',
      about: 'a currency without policy',
      make: () => request({ currency: 392, challenge: new Uint8Array(32) }),
    },
    {
      code: 'allowance/over_limit',
      about: 'one minor unit more than the policy allows',
      make: () => request({ amountMinor: BigInt(LIMIT) + 1n, challenge: new Uint8Array(32) }),
    },
    {
      code: 'wallet/not_found',
      about: 'no offline wallet in that currency',
      make: () => request({ currency: 840, amountMinor: 1n, challenge: new Uint8Array(32) }),
    },
    {
      code: 'wallet/inactive',
      about: 'an inactive offline wallet',
      make: async () => {
        await db.ownerPool.query(`update wallets set status = 'inactive' where number = $1`, [
          person.offline.number,
        ]);
        return request({ challenge: new Uint8Array(32) });
      },
    },
    {
      code: 'device/challenge_invalid',
      about: 'a challenge the bank did not make',
      make: () => request({ challenge: new Uint8Array(randomBytes(32)) }),
    },
    {
      code: 'device/challenge_invalid',
      about: 'a challenge made for somebody else',
      make: async () => request({ challenge: await challengeFor(await town.person()) }),
    },
  ];

  test.each(rows)('$code: $about', async ({ code: expected, make }) => {
    const packet = await make();
    const before = await offlineMoney();
    expect(code(await ask(packet))).toBe(expected);
    expect(await offlineMoney()).toBe(before);
  });

  test('wallet/insufficient_funds: and the challenge can be used once money is there', async () => {
    person = await town.person({ offline: 99_999 });
    device = await town.device(person);
    const packet = await request();
    expect(code(await ask(packet))).toBe('wallet/insufficient_funds');
    expect(await allowancesOf(db.serverPool, person.accountId, now)).toEqual([]);
    await db.ownerPool.query(
      `select ledger_post(array[account], array[$1::bigint], array[1::bigint], array[586],
          array['deposit'], array[null::bytea], now())
        from (select id as account from ledger_accounts
          where kind = 'bank_cash' and currency = 586) as cash`,
      [person.offline.ledgerAccount],
    );
    expect(code(await ask(packet))).toBe('issued');
  });

  test('a challenge is used once, and not after ten minutes', async () => {
    const challenge = await challengeFor(person);
    expect(code(await ask(await request({ challenge })))).toBe('issued');
    expect(code(await ask(await request({ challenge })))).toBe('device/challenge_invalid');
    const late = new Date((START + 601) * 1000);
    expect(code(await ask(await request(), late))).toBe('device/challenge_invalid');
  });
});

test('the policy is the one in force: a later row counts from its date', async () => {
  await db.ownerPool.query(
    `insert into allowance_policies values (586, 2, 500, 100, 7, 1, 2, 5000, 5000, $1)`,
    [new Date((START + 60) * 1000)],
  );
  const after = new Date((START + 60) * 1000);
  expect(code(await ask(await request({ amountMinor: 501n })))).toBe('issued');
  expect(code(await ask(await request({ amountMinor: 501n }), after))).toBe('allowance/over_limit');
  person = await town.person({ offline: 1_000 });
  device = await town.device(person);
  expect(await ask(await request({ amountMinor: 500n }), after)).toMatchObject({
    ok: true,
    allowance: { perPaymentMinor: 100n, count: 7, until: START + 60 + DAY },
  });
});

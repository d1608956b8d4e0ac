import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import {
  derSignature,
  hex,
  publicKeyPem,
  publicKeySpki,
  sha256,
  walletKeyPossessionBytes,
} from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChallenge } from '../../src/devices/challenges.ts';
import { ensureWalletKey, keysOf, walletByKey, walletsByKey } from '../../src/wallets/index.ts';
import { registerKey, releaseKey } from '../../src/wallets/keys/index.ts';
import { AT, createPeopleWithWallets } from './people-with-wallets.ts';
import type { PeopleWithWallets, Somebody } from './people-with-wallets.ts';

let town: PeopleWithWallets;
beforeAll(async () => {
  town = await createPeopleWithWallets();
});
afterAll(() => town.database.drop());

let last = 0;
const somebody = (currentMinor?: bigint): Promise<Somebody> => {
  last += 1;
  return town.somebody(`person-${last}`, currentMinor);
};
const orderOf = ({ accountId, account, offline }: Somebody, now = AT) => {
  return { accountId, account, wallet: offline.number, now };
};
const pool = () => town.database.serverPool;

interface OwnKey {
  readonly pem: string;
  readonly id: Uint8Array;
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}
async function deviceKey(): Promise<OwnKey> {
  const { privateKey, publicKey } = await generateNodeSigningKey('PS256');
  const id = sha256(publicKeySpki('PS256', publicKey));
  const signer = nodeSigner('PS256', privateKey);
  return { pem: publicKeyPem('PS256', publicKey), id, sign: (bytes) => signer.sign(bytes) };
}

const register = (who: Somebody, pem: string, more: { fresh?: boolean; now?: Date } = {}) =>
  registerKey(town.keyDeps, { ...orderOf(who, more.now), pem, fresh: more.fresh ?? true });

async function proofBy(key: OwnKey, who: Somebody, change: { wallet?: number } = {}) {
  const { accountId, account, offline } = who;
  const made = await createChallenge(pool(), { accountId, purpose: 'wallet_key', now: AT });
  if (!made.ok) throw new Error(made.code);
  const { challenge } = made;
  const wallet = change.wallet ?? offline.number;
  const bytes = walletKeyPossessionBytes({ challenge, account, wallet, keyId: key.id });
  return { challenge, signature: await key.sign(bytes) };
}

async function rowsOf(who: Somebody) {
  const { rows } = await town.database.ownerPool.query<{
    id: Buffer;
    origin: string;
    sealed: boolean;
    proved: boolean;
    retired: boolean;
  }>(
    `select id, origin, sealed_private is not null as sealed, proved_at is not null as proved,
       retired_at is not null as retired
     from wallet_keys where wallet = $1 order by created_at, retired_at nulls last`,
    [who.offline.number],
  );
  return rows;
}
const audited = async (who: Somebody, action: string) => {
  const { rows } = await town.database.ownerPool.query(
    'select outcome from audit_events where action = $1 and subject = $2',
    [action, `wallet:${who.offline.number}`],
  );
  return rows.length;
};

describe('a key in escrow', () => {
  test('is made once, however many ask at once, and its private half lies sealed', async () => {
    const who = await somebody();
    const all = await Promise.all(
      Array.from({ length: 5 }, () => ensureWalletKey(town.keyDeps, orderOf(who))),
    );
    expect(new Set(all.map((one) => (one.ok ? hex(one.key.id) : one.code))).size).toBe(1);
    expect(await rowsOf(who)).toMatchObject([{ origin: 'escrow', sealed: true, retired: false }]);
    expect(await audited(who, 'wallet.key_made')).toBe(1);
    const { rows } = await town.database.ownerPool.query<{ text: string }>(
      'select encode(sealed_private, $1) as text from wallet_keys where wallet = $2',
      ['escape', who.offline.number],
    );
    expect(rows[0]?.text).not.toContain('PRIVATE KEY');
  });

  test('is made for nobody’s current wallet and for nobody else’s wallet', async () => {
    const [who, other] = [await somebody(), await somebody()];
    const current = { ...orderOf(who), wallet: who.current.number };
    const theirs = { ...orderOf(who), wallet: other.offline.number };
    for (const order of [current, theirs]) {
      const made = await ensureWalletKey(town.keyDeps, order);
      expect(made).toEqual({ ok: false, code: 'wallet/not_found' });
    }
    expect(await rowsOf(other)).toEqual([]);
  });

  test('leaves to its owner five times an hour, each with row, event and mail', async () => {
    const who = await somebody();
    const release = (now = AT) => releaseKey({ ...town.keyDeps }, orderOf(who, now));
    const first = await release();
    if (!first.ok) throw new Error(first.code);
    const ensured = await ensureWalletKey(town.keyDeps, orderOf(who));
    const modulus = ensured.ok ? ensured.key.modulus : new Uint8Array();
    const spki = createPublicKey(createPrivateKey(first.pem)).export({
      format: 'der',
      type: 'spki',
    });
    expect(hex(spki)).toBe(hex(publicKeySpki('PS256', modulus)));
    const more = await Promise.all(Array.from({ length: 6 }, () => release()));
    expect(more.filter(({ ok }) => ok)).toHaveLength(4);
    expect(more.filter((one) => !one.ok && one.code === 'rate/limited')).toHaveLength(2);
    expect(await audited(who, 'wallet.key_released')).toBe(5);
    const mails = town.told.filter(({ template, accountId }) => {
      return template === 'key_released' && accountId === who.accountId;
    });
    expect(mails).toHaveLength(5);
    expect(await release(new Date(AT.getTime() + 3_600_001))).toMatchObject({ ok: true });
  });

  test('is not released to anybody else', async () => {
    const [who, other] = [await somebody(), await somebody()];
    await ensureWalletKey(town.keyDeps, orderOf(who));
    const order = { ...orderOf(other), wallet: who.offline.number };
    const answer = await releaseKey(town.keyDeps, order);
    expect(answer).toEqual({ ok: false, code: 'wallet/not_found' });
    expect(await audited(who, 'wallet.key_released')).toBe(0);
  });

  test('sealed in one row does not open in another', async () => {
    const [who, other] = [await somebody(), await somebody()];
    await ensureWalletKey(town.keyDeps, orderOf(who));
    await ensureWalletKey(town.keyDeps, orderOf(other));
    await town.database.ownerPool.query(
      `update wallet_keys set sealed_private =
         (select sealed_private from wallet_keys where wallet = $1) where wallet = $2`,
      [who.offline.number, other.offline.number],
    );
    await expect(releaseKey(town.keyDeps, orderOf(other))).rejects.toThrow(/another row/);
  });
});

describe('a key of a device', () => {
  test('retires the escrowed one at once, and no sealed byte is left', async () => {
    const who = await somebody();
    const before = await ensureWalletKey(town.keyDeps, orderOf(who));
    const key = await deviceKey();
    expect(await register(who, key.pem)).toEqual({ ok: true });
    expect(await rowsOf(who)).toMatchObject([
      { origin: 'escrow', sealed: false, retired: true },
      { origin: 'device', sealed: false, retired: false, proved: false },
    ]);
    const released = await releaseKey(town.keyDeps, orderOf(who));
    expect(released).toEqual({ ok: false, code: 'wallet/key_device_held' });
    const own = (await keysOf(pool(), [who.offline.number])).get(who.offline.number) ?? [];
    expect(own.map(({ id }) => hex(id))).toEqual([
      hex(key.id),
      before.ok ? hex(before.key.id) : '',
    ]);
    const values = { wallet: String(who.offline.number) };
    expect(town.told).toContainEqual(
      expect.objectContaining({ template: 'key_changed', accountId: who.accountId, values }),
    );
  });

  test('is one key in every spelling of its PEM', async () => {
    const who = await somebody();
    const { pem } = await deviceKey();
    const spellings = [
      pem,
      pem.replaceAll('\n', '\r\n'),
      pem.replace(/(?<=-)\n|\n(?=-)/g, ' ').replaceAll('\n', ''),
      `  ${pem}  `,
    ];
    for (const spelling of spellings) {
      expect(await register(who, spelling, { fresh: false })).toEqual({ ok: true });
    }
    expect(await rowsOf(who)).toHaveLength(1);
    expect(await audited(who, 'wallet.key_registered')).toBe(1);
  });

  const spki = (type: 'rsa' | 'ec', bits = 2_048, exponent = 65_537) => {
    const pair =
      type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent });
    return pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  };
  test.each([
    ['no key', () => 'no key'],
    ['a key of 1,024 bits', () => spki('rsa', 1_024)],
    ['a key of 3,072 bits', () => spki('rsa', 3_072)],
    ['a key with e = 3', () => spki('rsa', 2_048, 3)],
    ['a key of another kind', () => spki('ec')],
    [
      'a private key',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2_048 })
          .privateKey.export({ format: 'pem', type: 'pkcs8' })
          .toString(),
    ],
  ])('is refused where it is %s', async (_, pem) => {
    const who = await somebody();
    expect(await register(who, pem())).toEqual({ ok: false, code: 'wallet/key_invalid' });
    expect(await rowsOf(who)).toEqual([]);
  });

  test('is one wallet’s for ever, and once it retired not even that one’s again', async () => {
    const [who, other] = [await somebody(), await somebody()];
    const [one, two] = [await deviceKey(), await deviceKey()];
    await register(who, one.pem);
    const taken = { ok: false, code: 'wallet/key_taken' };
    expect(await register(other, one.pem)).toEqual(taken);
    expect(await register(who, two.pem)).toEqual({ ok: true });
    expect(await register(who, one.pem)).toEqual(taken);
    expect(await register(other, one.pem)).toEqual(taken);
    // As an address the old picture still leads to its wallet.
    expect(await walletByKey(pool(), one.id)).toBe(who.offline.number);
    const owners = await walletsByKey(pool(), [one.id, two.id, randomBytes(32)]);
    expect([...owners.values()]).toEqual([who.offline.number, who.offline.number]);
  });

  test('registered by two wallets at once is one’s', async () => {
    const [who, other] = [await somebody(), await somebody()];
    const { pem } = await deviceKey();
    const answers = await Promise.all([register(who, pem), register(other, pem)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('is refused for a current wallet and for somebody else’s', async () => {
    const [who, other] = [await somebody(), await somebody()];
    const { pem } = await deviceKey();
    const order = { ...orderOf(who), pem, fresh: true };
    const current = await registerKey(town.keyDeps, { ...order, wallet: who.current.number });
    expect(current).toEqual({ ok: false, code: 'wallet/key_invalid' });
    const theirs = await registerKey(town.keyDeps, { ...order, wallet: other.offline.number });
    expect(theirs).toEqual({ ok: false, code: 'wallet/not_found' });
  });

  test('is registered ten times a day', async () => {
    const who = await somebody();
    for (let round = 0; round < 10; round += 1) {
      expect(await register(who, (await deviceKey()).pem)).toEqual({ ok: true });
    }
    const { pem } = await deviceKey();
    expect(await register(who, pem)).toEqual({ ok: false, code: 'rate/limited' });
    const tomorrow = new Date(AT.getTime() + 86_400_001);
    expect(await register(who, pem, { now: tomorrow })).toEqual({ ok: true });
    // What a payment is checked against stays bounded.
    expect((await keysOf(pool(), [who.offline.number])).get(who.offline.number)).toHaveLength(3);
  });

  test.each([
    ['much can be spent with it', 10_000_001n, 0n, false, 'auth/step_up_required'],
    ['much can be loaded first', 0n, 10_000_001n, false, 'auth/step_up_required'],
    ['both together are much', 5_000_000n, 5_000_001n, false, 'auth/step_up_required'],
    ['little can be spent with it', 5_000_000n, 5_000_000n, false, 'ok'],
    ['a device’s key would stop', 0n, 0n, true, 'auth/step_up_required'],
  ])(
    'without a fresh factor, where %s: %s, %s, %s, %s',
    async (_, minor, more, device, expected) => {
      const who = await somebody();
      await ensureWalletKey(town.keyDeps, orderOf(who));
      if (minor > 0n) await town.deposit(who.offline, minor);
      if (more > 0n) await town.deposit(who.current, more);
      if (device) await register(who, (await deviceKey()).pem);
      const { pem } = await deviceKey();
      const answer = await register(who, pem, { fresh: false });
      expect(answer.ok ? 'ok' : answer.code).toBe(expected);
      expect(await register(who, pem)).toEqual({ ok: true });
    },
  );

  test('that the bank had made and released is withdrawn from it by registering it', async () => {
    const who = await somebody();
    const ensured = await ensureWalletKey(town.keyDeps, orderOf(who));
    if (!ensured.ok) throw new Error(ensured.code);
    const pem = publicKeyPem('PS256', ensured.key.modulus);
    expect(await register(who, pem, { fresh: false })).toEqual({ ok: true });
    expect(await rowsOf(who)).toMatchObject([{ origin: 'escrow', sealed: false, retired: false }]);
    // From now on it is the holder's own, and a token alone does not replace it.
    const refused = await register(who, (await deviceKey()).pem, { fresh: false });
    expect(refused).toEqual({ ok: false, code: 'auth/step_up_required' });
  });
});

describe('possession', () => {
  test('is proved by a signature over this challenge, account, wallet and key', async () => {
    const who = await somebody();
    const key = await deviceKey();
    const order = { ...orderOf(who), pem: key.pem, fresh: true };
    const proof = await proofBy(key, who);
    expect(await registerKey(town.keyDeps, { ...order, proof })).toEqual({ ok: true });
    expect(await rowsOf(who)).toMatchObject([{ proved: true }]);
    const again = await registerKey(town.keyDeps, { ...order, proof });
    expect(again).toEqual({ ok: false, code: 'device/challenge_invalid' });
  });

  test('is not proved by another key, salt, challenge or for another wallet', async () => {
    const [who, other] = [await somebody(), await somebody()];
    const [key, stranger] = [await deviceKey(), await deviceKey()];
    const order = { ...orderOf(who), pem: key.pem, fresh: true };
    const good = await proofBy(key, who);
    const short = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const pem = short.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const saltless = sign('sha256', good.challenge, {
      key: short.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 0,
    });
    const unproven = { ok: false, code: 'wallet/possession_unproven' };
    const tries = [
      { proof: await proofBy(key, who, { wallet: other.offline.number }) },
      { proof: await proofBy(stranger, who) },
      { proof: { ...good, challenge: randomBytes(32) } },
      { proof: { ...good, signature: derSignature('PS256', saltless) }, pem },
    ];
    for (const change of tries) {
      expect(await registerKey(town.keyDeps, { ...order, ...change })).toEqual(unproven);
    }
    const theirs = await proofBy(key, { ...who, accountId: other.accountId });
    const borrowed = await registerKey(town.keyDeps, { ...order, proof: theirs });
    expect(borrowed).toEqual({ ok: false, code: 'device/challenge_invalid' });
    expect(await rowsOf(who)).toEqual([]);
  });
});

test('the server cannot bring a destroyed or retired key back, nor change what it is', async () => {
  const who = await somebody();
  await ensureWalletKey(town.keyDeps, orderOf(who));
  await register(who, (await deviceKey()).pem);
  const changes = [
    `update wallet_keys set retired_at = null, retired_reason = null where retired_at is not null`,
    `update wallet_keys set sealed_private = '\\x00', vault = 'local' where origin = 'device'`,
    `update wallet_keys set modulus = modulus`,
    `update wallet_keys set wallet = wallet`,
    `delete from wallet_keys`,
  ];
  for (const sql of changes) await expect(pool().query(sql)).rejects.toThrow();
});

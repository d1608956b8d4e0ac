import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLocalVault } from '../../src/keys/index.ts';
import { sealedRowsOf } from '../../src/sealed-rows.ts';
import type { TestDatabase } from '../support/index.ts';
import { createTestDatabase } from '../support/index.ts';
import { signIn, signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { callAs, walletsAs } from '../wallets/calls.ts';
import { newMasterKey, runReseal, secretFile, startBankOn } from './bank-on.ts';
import { CREDENTIALS, KEY_1, startKms } from './kms-server.ts';
import { softHsmReason, startSoftHsm } from './soft-hsm.ts';

// Whole banks and processes are started one after another, on whatever machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const MAILS = 450;
const BANK = 'sikka-demo';

let database: TestDatabase;
let folder: string;
let oldKey: string;
let person: SignedInPerson;
let wallet: number;
let privateKey: unknown;

/** A bank under the old key, in which somebody has an account and a key in escrow. */
beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), 'sikka-reseal-'));
  oldKey = newMasterKey();
  const bank = await startBankOn(database, { folder, MASTER_KEY: oldKey });
  person = await signUpAndIn(bank.url);
  wallet = (await walletsAs(bank.url, person)).offline;
  privateKey = await releasedKey(bank.url);
  await bank.stop();
  await addMails();
});

afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function releasedKey(url: string, who = person): Promise<unknown> {
  const { status, body } = await callAs(url, who, `GET /api/v1/wallets/${wallet}/private-key`);
  expect(status).toBe(200);
  return body['private_key'];
}

const idOf = (i: number) => i.toString(16).padStart(32, '0');

/** More than one batch of rows. */
async function addMails(): Promise<void> {
  const vault = createLocalVault([createSecretKey(Buffer.from(oldKey, 'hex'))]);
  for (let i = 0; i < MAILS; i += 1) {
    const id = idOf(i);
    const context = JSON.stringify(['mails', BANK, id]);
    const sealed = await vault.seal(Buffer.from(JSON.stringify({ to: 'a@b.c' })), context);
    await database.ownerPool.query(
      `insert into mails (message_id, template, language, sealed, vault, created_at, sent_at)
       values ($1, 'key_released', 'en', $2, 'local', now(), now())`,
      [id, sealed],
    );
  }
}

/** Rows by the vault and the key that their first bytes name. */
async function headers(): Promise<readonly string[]> {
  const all = new Set<string>();
  for (const { statements } of sealedRowsOf(BANK)) {
    const { rows } = await database.ownerPool.query<{ sealed: Buffer }>(
      statements.take.replace('limit $3', 'limit ($3::int)'),
      [Buffer.of(0), null, 10_000],
    );
    for (const { sealed } of rows) all.add(sealed.toString('hex', 0, 9));
  }
  return [...all];
}

async function signsInAndHasTheKey(env: Readonly<Record<string, string>>): Promise<void> {
  const bank = await startBankOn(database, { folder, ...env });
  try {
    const again = await signIn(bank.url, person);
    expect(await releasedKey(bank.url, again)).toBe(privateKey);
  } finally {
    await bank.stop();
  }
}

test('after a kill and a second run the new key opens all, the old one nothing', async () => {
  const newKey = newMasterKey();
  const both = {
    MASTER_KEY_FILE: secretFile(folder, newKey),
    OLD_MASTER_KEY_FILE: secretFile(folder, oldKey),
  };
  const killed = await runReseal(database, { folder, ...both, killAt: 'mails' });
  expect(killed.code).toBeUndefined();
  expect(await headers()).toHaveLength(2);
  await signsInAndHasTheKey(both);

  const finished = await runReseal(database, { folder, ...both });
  expect(finished.said).toMatch(/mails +\d+ of \d+/);
  expect(finished.code).toBe(0);
  expect(finished.said).not.toContain(oldKey);
  expect(await headers()).toHaveLength(1);

  await signsInAndHasTheKey({ MASTER_KEY: newKey });
  await expect(startBankOn(database, { folder, MASTER_KEY: oldKey })).rejects.toMatchObject({
    code: 'keys/wrong_master_key',
    message: expect.stringContaining('OLD_MASTER_KEY') as string,
  });
});

test('without the old key nothing is touched, and what is missing is said', async () => {
  const before = await headers();
  const { code, said } = await runReseal(database, { folder, MASTER_KEY: newMasterKey() });
  expect(code).toBe(1);
  expect(said).toContain('OLD_MASTER_KEY');
  expect(await headers()).toEqual(before);
});

test('a row that was swapped with another stays as it is and is counted', async () => {
  await database.ownerPool.query(
    `update mails set sealed = other.sealed
     from (select sealed from mails where message_id = $1) as other where message_id = $2`,
    [idOf(1), idOf(2)],
  );
  const both = { MASTER_KEY: newMasterKey(), OLD_MASTER_KEY: oldKey };
  const { code, said } = await runReseal(database, { folder, ...both });
  expect(code).toBe(1);
  expect(said).toContain('1 rows do not open');
  expect(await headers()).toHaveLength(2);
});

describe('everything moves', () => {
  async function moves(vault: Readonly<Record<string, string>>, name: string): Promise<void> {
    const moving = await runReseal(database, { folder, ...vault, OLD_MASTER_KEY: oldKey });
    expect(moving.said).toContain(name);
    expect(moving.code).toBe(0);
    await signsInAndHasTheKey(vault);
    const { rows } = await database.ownerPool.query('select distinct vault from person_keys');
    expect(rows).toEqual([{ vault: name }]);
    await expect(startBankOn(database, { folder, MASTER_KEY: oldKey })).rejects.toMatchObject({
      code: 'keys/vault_not_configured',
    });
    // And back, as whoever gives the module up has to.
    const back = await runReseal(database, {
      ...{ folder, ...vault, KEY_VAULT: 'local' },
      MASTER_KEY: oldKey,
    });
    expect(back.code).toBe(0);
    await signsInAndHasTheKey({ MASTER_KEY: oldKey });
  }

  test('into a key service, and back', async () => {
    const kms = await startKms();
    await moves(
      {
        ...{ KEY_VAULT: 'kms', KMS_KEYS: KEY_1, KMS_ENDPOINT: kms.endpoint },
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      },
      'kms',
    );
    expect(kms.calls).toContain('GenerateDataKey');
    await kms.close();
  });

  test.skipIf(softHsmReason !== '')(
    `into a hardware module, and back${softHsmReason}`,
    async () => {
      const hsm = startSoftHsm();
      hsm.makeKey('sikka-1');
      await moves(
        {
          ...{ KEY_VAULT: 'pkcs11', PKCS11_LIBRARY: hsm.library, PKCS11_TOKEN: hsm.token },
          ...{ PKCS11_KEYS: 'sikka-1', PKCS11_PIN_FILE: secretFile(folder, hsm.pin) },
          SOFTHSM2_CONF: process.env['SOFTHSM2_CONF'] ?? '',
        },
        'pkcs11',
      );
      hsm.remove();
    },
  );
});

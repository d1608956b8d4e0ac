import { randomBytes } from 'node:crypto';
import { toBase64url } from '@sikka/api';
import type { Client } from '@sikka/api';
import {
  decodePacketOfKind,
  decompressPoint,
  encodePacket,
  hex,
  sha256,
  verifyDocument,
} from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as phones from '../http/phone.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

let running: RunningBank;
let ayesha: Client;
let bilal: Client;
beforeAll(async () => {
  running = await startTestBank();
  ayesha = running.client('ayesha');
  bilal = running.client('bilal');
});
afterAll(() => running.stop());

async function fresh(client: Client = bilal, account = 'bilal') {
  const phone = await phones.newPhone();
  const challenge = await phones.challengeFor(client, 'enrolment');
  return { phone, challenge, account };
}

const send = (client: Client, enrolment: string) => client.enrolDevice({ body: { enrolment } });
const refused = (code: string) => ({ ok: false, problem: { code } });

describe('an enrolment is refused', () => {
  test.each([
    ['random bytes', () => toBase64url(randomBytes(200))],
    ['no packet', () => toBase64url(new Uint8Array([0x80]))],
    ['text that is not base64url', () => 'A'],
  ])('that is %s', async (_, make) => {
    expect(await send(bilal, make())).toMatchObject(refused('device/enrolment_invalid'));
  });

  test('that is another document, though bank and challenge are right', async () => {
    const { phone, challenge, account } = await fresh();
    const fields = { account, challenge, amountMinor: 5n };
    const request = await phones.allowanceRequestOf(phone, fields);
    expect(await send(bilal, request)).toMatchObject(refused('device/enrolment_invalid'));
  });

  test('that names another bank', async () => {
    const { phone, ...rest } = await fresh();
    const enrolment = await phones.enrolmentOf(phone, { ...rest, bank: 'other-bank' });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/wrong_bank'));
  });

  test('that was relayed: signed by a victim for another account', async () => {
    const { phone, challenge } = await fresh();
    const enrolment = await phones.enrolmentOf(phone, { account: 'ayesha', challenge });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/wrong_account'));
  });

  test('on a challenge made for another account', async () => {
    const { phone } = await fresh();
    const challenge = await phones.challengeFor(ayesha, 'enrolment');
    const enrolment = await phones.enrolmentOf(phone, { account: 'bilal', challenge });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/challenge_invalid'));
    // And hers is not used up by it.
    const own = await phones.newPhone();
    const hers = await phones.enrolmentOf(own, { account: 'ayesha', challenge, role: 'payer' });
    expect(await send(ayesha, hers)).toMatchObject({ ok: true });
  });

  test('on a challenge made for an allowance', async () => {
    const { phone } = await fresh();
    const challenge = await phones.challengeFor(bilal, 'allowance');
    const enrolment = await phones.enrolmentOf(phone, { account: 'bilal', challenge });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/challenge_invalid'));
  });

  test('on a challenge that the bank did not make', async () => {
    const { phone } = await fresh();
    const challenge = new Uint8Array(randomBytes(32));
    const enrolment = await phones.enrolmentOf(phone, { account: 'bilal', challenge });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/challenge_invalid'));
  });

  test('on a challenge that has expired', async () => {
    const { phone, challenge, account } = await fresh();
    await running.ownerPool.query(
      `update device_challenges set created_at = created_at - interval '1 hour',
         expires_at = now() - interval '1 second' where challenge = $1`,
      [challenge],
    );
    const enrolment = await phones.enrolmentOf(phone, { account, challenge });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/challenge_invalid'));
  });

  test('on a challenge that was used', async () => {
    const { phone, challenge, account } = await fresh();
    expect(
      await send(bilal, await phones.enrolmentOf(phone, { account, challenge })),
    ).toMatchObject({ ok: true });
    const second = await phones.newPhone();
    const enrolment = await phones.enrolmentOf(second, { account, challenge });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/challenge_invalid'));
  });

  test('that another key has signed', async () => {
    const { phone, challenge, account } = await fresh();
    const { signer: signedBy } = await phones.newPhone();
    const enrolment = await phones.enrolmentOf(phone, { account, challenge, signedBy });
    expect(await send(bilal, enrolment)).toMatchObject(refused('device/possession_unproven'));
    // A refusal uses nothing up.
    const honest = await phones.enrolmentOf(phone, { account, challenge });
    expect(await send(bilal, honest)).toMatchObject({ ok: true });
  });

  test('of a key that is enrolled, by its own account or another', async () => {
    const { phone } = await phones.enrolled(bilal, 'bilal');
    for (const [client, account] of [
      [bilal, 'bilal'],
      [ayesha, 'ayesha'],
    ] as const) {
      const challenge = await phones.challengeFor(client, 'enrolment');
      const enrolment = await phones.enrolmentOf(phone, { account, challenge });
      expect(await send(client, enrolment)).toMatchObject(refused('device/key_enrolled'));
    }
  });

  test('of a payee in a currency without a wallet', async () => {
    const { phone, challenge, account } = await fresh();
    const enrolment = await phones.enrolmentOf(phone, { account, challenge });
    for (const currency of ['USD', 'XXX']) {
      const answer = await bilal.enrolDevice({ body: { enrolment, currency } });
      expect(answer).toMatchObject(refused('wallet/not_found'));
    }
  });

  test('of a payee whose name nobody has verified, or whose name is another’s', async () => {
    await running.ownerPool.query(
      `update accounts set name_verified_at = null where public_id = 'chaudhry'`,
    );
    const chaudhry = running.client('chaudhry');
    const once = await fresh(chaudhry, 'chaudhry');
    const enrolment = await phones.enrolmentOf(once.phone, once);
    expect(await send(chaudhry, enrolment)).toMatchObject(refused('device/name_unverified'));
    await phones.enrolled(bilal, 'bilal');
    await running.ownerPool.query(
      `update accounts set name_verified_at = now(), name = 'BILAL KIRYANA STORE'
       where public_id = 'chaudhry'`,
    );
    expect(await send(chaudhry, enrolment)).toMatchObject(refused('device/name_taken'));
  });

  test('beyond the devices one account may have', async () => {
    const chaudhry = running.client('chaudhry');
    await running.ownerPool.query(
      `insert into devices (account_id, suite, public_key, key_hash, role, enrolment, created_at)
       select a.id, 1, '\\x02', sha256(n::text::bytea), 'payer', '\\x00', now()
       from accounts a, generate_series(1, 50) n where public_id = 'chaudhry'`,
    );
    const { phone, ...rest } = await fresh(chaudhry, 'chaudhry');
    const enrolment = await phones.enrolmentOf(phone, { ...rest, role: 'payer' });
    expect(await send(chaudhry, enrolment)).toMatchObject(refused('device/limit_reached'));
  });
});

test.each(['ES256', 'EdDSA', 'PS256'] as const)('a key of suite %s enrols', async (suite) => {
  const phone = await phones.newPhone(suite);
  const challenge = await phones.challengeFor(bilal, 'enrolment');
  const enrolment = await phones.enrolmentOf(phone, { account: 'bilal', challenge });
  const answer = await send(bilal, enrolment);
  const keyHash = hex(phone.keyHash);
  expect(answer).toMatchObject({
    ok: true,
    status: 201,
    value: { device: { suite, key_hash: keyHash } },
  });
});

test('a lost answer asked for again, ten times at once: one device, one credential', async () => {
  const { phone, challenge, account } = await fresh();
  const enrolment = await phones.enrolmentOf(phone, { account, challenge });
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(bilal, enrolment)));
  const values = answers.map((answer) => (answer.ok ? JSON.stringify(answer.value) : ''));
  expect(new Set(values).size).toBe(1);
  expect(answers.filter((answer) => answer.ok && answer.status === 201)).toHaveLength(1);
});

test('one challenge, ten keys at once: one enrols', async () => {
  const challenge = await phones.challengeFor(bilal, 'enrolment');
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const phone = await phones.newPhone();
      return send(bilal, await phones.enrolmentOf(phone, { account: 'bilal', challenge }));
    }),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
});

test('challenges are bounded for each account, and expired ones make room', async () => {
  const operator = running.client('operator');
  const ask = () => operator.createChallenge({ body: { purpose: 'enrolment' } });
  const answers = await Promise.all(Array.from({ length: 50 }, ask));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(await ask()).toMatchObject(refused('device/limit_reached'));
  await running.ownerPool.query(`update device_challenges set expires_at = created_at`);
  expect(await ask()).toMatchObject({ ok: true });
});

describe('a printed code', () => {
  test('is a static credential of one till, by a lasting key', async () => {
    const { device } = await phones.enrolled(bilal, 'bilal', 'payee');
    const point = await phones.newPoint();
    const answer = await bilal.createPrintedCode({
      params: { till: device.till },
      body: { ecdh_key: toBase64url(point) },
    });
    if (!answer.ok) throw new Error(answer.problem.code);
    const { credential } = answer.value;
    expect(credential).toMatchObject({
      mode: 'static',
      name: 'Bilal Kiryana Store',
      currency: 'PKR',
    });
    const packet = decodePacketOfKind('printed-code', phones.bytesOf(credential.packet));
    if (!packet.ok) throw new Error(packet.detail);
    const { fields } = packet.value.credential;
    expect(fields).toMatchObject({ till: device.till, mode: 'static' });
    expect(hex(fields.ecdhKey ?? new Uint8Array())).toBe(hex(point));
    const keys = await running.client().getIssuerKeys();
    const [key] = keys.ok ? keys.value.keys : [];
    const issuer = { suite: key!.suite, publicKey: phones.bytesOf(key!.public_key) };
    expect(await verifyDocument(packet.value.credential, issuer, nodeVerifier())).toBe(true);
    const devices = await bilal.listDevices();
    const own = devices.ok
      ? devices.value.devices.find(({ till }) => till === device.till)
      : undefined;
    expect(own?.credentials.map(({ mode }) => mode)).toEqual(['dynamic', 'static']);
  });

  test('takes the key that the enrolment named where none is given', async () => {
    const { phone, challenge, account } = await fresh();
    const ecdhKey = await phones.newPoint();
    const enrolment = await phones.enrolmentOf(phone, { account, challenge, ecdhKey });
    const enrolled = await send(bilal, enrolment);
    const till = enrolled.ok ? enrolled.value.device.till : 0;
    expect(await bilal.createPrintedCode({ params: { till }, body: {} })).toMatchObject({
      ok: true,
    });
  });

  test('is refused', async () => {
    const print = (client: Client, till: number, ecdhKey?: string) =>
      client.createPrintedCode({
        params: { till },
        body: ecdhKey === undefined ? {} : { ecdh_key: ecdhKey },
      });
    const point = toBase64url(await phones.newPoint());
    const offCurve = toBase64url(pointOffTheCurve());
    const payer = await phones.enrolled(ayesha, 'ayesha', 'payer');
    const payee = await phones.enrolled(bilal, 'bilal', 'payee');
    const rows: readonly [string, Client, number, string | undefined, string][] = [
      ['no such till', bilal, 999_999, point, 'device/not_found'],
      ['somebody else’s till', ayesha, payee.device.till, point, 'device/not_found'],
      ['a device that only pays', ayesha, payer.device.till, point, 'device/role_not_payee'],
      ['no key', bilal, payee.device.till, undefined, 'device/ecdh_key_invalid'],
      ['no point', bilal, payee.device.till, 'A'.repeat(44), 'device/ecdh_key_invalid'],
      ['a point off the curve', bilal, payee.device.till, offCurve, 'device/ecdh_key_invalid'],
    ];
    for (const [why, client, till, key, code] of rows) {
      expect(await print(client, till, key), why).toMatchObject(refused(code));
    }
    await bilal.revokeDevice({ params: { till: payee.device.till }, body: { reason: 'lost' } });
    expect(await print(bilal, payee.device.till, point)).toMatchObject(refused('device/revoked'));
  });
});

test('an enrolment is kept byte for byte', async () => {
  const { enrolment, device } = await phones.enrolled(bilal, 'bilal');
  const { rows } = await running.ownerPool.query<{ enrolment: Buffer }>(
    'select enrolment from devices where no = $1',
    [device.till],
  );
  expect(toBase64url(rows[0]?.enrolment ?? new Uint8Array())).toBe(enrolment);
  const decoded = decodePacketOfKind('document', phones.bytesOf(enrolment));
  expect(decoded.ok && toBase64url(encodePacket(decoded.value))).toBe(enrolment);
});

/** Half of all x are on the curve: the first of these that is not. */
function pointOffTheCurve(): Uint8Array {
  for (let n = 0; ; n += 1) {
    const bytes = Uint8Array.from([2, ...sha256(Uint8Array.of(n))]);
    if (decompressPoint(bytes) === undefined) return bytes;
  }
}

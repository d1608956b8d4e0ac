import { fromHex, keyHash } from '@sikka/protocol';
import type { Bulletin } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { createIssuer, issue } from './support/documents.ts';
import { createWorld, exchange, expectOk, openPayeeOn, openPayerOn } from './support/world.ts';

const rollback = { ok: false, code: 'wallet/bulletin_rollback' };

describe('the highest bulletin seen', () => {
  it('is never replaced by a lower one, whoever brings it, also after a restart', async () => {
    const world = await createWorld();
    const { phone, payee } = await world.payee();
    const first = await world.bank.issueBulletin();
    const second = await world.bank.issueBulletin();
    expect(await payee.takeBulletin(second)).toEqual({ ok: true, version: 2 });
    expect(await payee.takeBulletin(second)).toEqual({ ok: true, version: 2 });
    for (const till of [payee, await openPayeeOn(phone)]) {
      expect(await till.takeBulletin(first)).toMatchObject(rollback);
      expect(expectOk(await till.state()).bulletinVersion).toBe(2);
    }
    world.bank.bulletins.pop();
    expect(expectOk(await payee.sync()).bulletin).toMatchObject(rollback);
  });

  it('is not taken from anybody but the bank, nor twice under one version', async () => {
    const world = await createWorld();
    const { payee } = await world.payee();
    const genuine = await world.bank.issueBulletin();
    expectOk(await payee.takeBulletin(genuine));
    const forgery = genuine.slice();
    forgery[forgery.length - 7] = (forgery[forgery.length - 7] ?? 0) ^ 1;
    expect(await payee.takeBulletin(forgery)).toMatchObject({ code: 'issuer_signature_invalid' });
    expect(await payee.takeBulletin(Uint8Array.of(1))).toMatchObject({ code: 'malformed' });
    const other = await world.bank.issueBulletin({ version: 1, minVersion: 2 });
    expect(await payee.takeBulletin(other)).toMatchObject({
      ok: false,
      code: 'wallet/answer_invalid',
    });
    const stranger = await createIssuer(9);
    const strange = await issue<Bulletin>(stranger, {
      type: 'bulletin',
      version: 7,
      previous: new Uint8Array(32),
      bankTime: 4_000_000_000,
      nextDue: 4_000_000_000,
      revokedAllowances: [],
      revokedDevices: [],
      revokedCredentials: [],
      issuerKeys: [],
      policyEpochs: [],
      minVersion: 1,
      suites: ['ES256'],
    });
    expect(await payee.takeBulletin(strange)).toMatchObject({ code: 'issuer_unknown' });
  });

  it('is kept where a backup of the journal does not restore it', async () => {
    const world = await createWorld();
    const { phone, payee } = await world.payee();
    await world.bank.issueBulletin();
    const backup = [...phone.disk.records];
    await world.bank.issueBulletin();
    expectOk(await payee.sync());
    phone.disk.records.length = 0;
    phone.disk.uniqueKeys.clear();
    phone.disk.records.push(...backup);
    const restored = await openPayeeOn(phone);
    expect(expectOk(await restored.state()).bulletinVersion).toBe(2);
    // Lost, or written by somebody else, it is no bulletin at all.
    phone.disk.apart = new Uint8Array(200);
    expect(expectOk(await (await openPayeeOn(phone)).state()).bulletinVersion).toBeUndefined();
  });

  it('brings new issuer keys, step by step where several were missed', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    await world.bank.issueBulletin();
    expectOk(await payee.sync());
    await world.bank.rotate();
    // The old key still signs the bulletin that tells of the new one.
    const [, added] = world.bank.issuers();
    await world.bank.issueBulletinSignedBy(0);
    await world.bank.rotate();
    await world.bank.issueBulletinSignedBy(1);
    await world.bank.issueBulletin();
    expect(added?.key.number).toBe(2);
    const { payer: late } = await world.payer('zara');
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const payment = expectOk(await late.pay(request.text));
    expect(await payee.accept(payment.text)).toMatchObject({ code: 'issuer_unknown' });
    expect(expectOk(await payee.sync()).bulletin).toEqual({ ok: true, version: 4 });
    expect(expectOk(await payee.accept(payment.text)).verdict).toBe('accepted');
    expectOk(await payer.sync());
  });

  it('stops revoked payers and payees, and refuses no claim', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payer: second } = await world.payer('zara');
    const { payee } = await world.payee();
    const { accepted } = await exchange(payer, payee, 10n);
    expect(accepted.verdict).toBe('accepted');
    const pay = async () => {
      const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
      const a = await payer.pay(request.text);
      return a.ok ? payee.accept(a.text) : a;
    };
    const { allowances } = expectOk(await payer.state());
    world.bank.revoked.allowances.push(fromHex(allowances[0]?.allowanceId ?? ''));
    await world.bank.issueBulletin();
    expectOk(await payee.sync());
    expect(await pay()).toMatchObject({ verdict: 'refused', code: 'allowance_revoked' });
    const { payments } = expectOk(await payer.state());
    expectOk(await payer.withhold(payments[0]?.paymentId ?? ''));
    expectOk(await payer.sync());
    expect(await pay()).toMatchObject({ code: 'allowance_revoked' });
    const signer = (await second.wallet.keystore.signer())!;
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const { text } = expectOk(await second.pay(request.text));
    world.bank.revoked.devices.push(keyHash(signer.suite, signer.publicKey));
    await world.bank.issueBulletin();
    expectOk(await payee.sync());
    expect(await payee.accept(text)).toMatchObject({ code: 'device_revoked' });
    // The payee's own till.
    const open = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const till = (await payee.wallet.keystore.signer())!;
    world.bank.revoked.devices.push(keyHash(till.suite, till.publicKey));
    const packet = await world.bank.issueBulletin();
    const { payer: third } = await world.payer('omar');
    expectOk(await third.takeBulletin(packet));
    expect(await third.pay(open.text)).toMatchObject({ code: 'device_revoked' });
    expectOk(await payee.sync());
    expect(await payee.createRequest({ amountMinor: 5n })).toMatchObject({
      code: 'device_revoked',
    });
    expect([...world.bank.ledger.paid.values()]).toEqual([10n]);
  });

  it('that asks for newer software stops this one', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    expectOk(await payer.takeBulletin(await world.bank.issueBulletin({ minVersion: 2 })));
    expect(await payer.pay(request.text)).toMatchObject({ code: 'version_too_low' });
  });
});

describe('a clock that is wrong by 48 hours', () => {
  const DAY = 86_400;

  it('set back revives nothing that is over', async () => {
    const world = await createWorld();
    world.bank.policy.validSeconds = DAY;
    const { phone, payer } = await world.payer();
    const { phone: till, payee } = await world.payee();
    world.bank.time.now += 2 * DAY;
    await world.bank.issueBulletin();
    expectOk(await payer.sync());
    expectOk(await payee.sync());
    phone.clock.skew = -2 * DAY;
    till.clock.skew = -2 * DAY;
    const reopened = await openPayerOn(phone);
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    expect(await reopened.pay(request.text)).toMatchObject({ code: 'expired' });
  });

  it('of the payee, either way, keeps nobody from paying', async () => {
    for (const skew of [-2 * DAY, 2 * DAY]) {
      const world = await createWorld();
      const { payer } = await world.payer();
      const { phone, payee } = await world.payee();
      phone.clock.skew = skew;
      const { accepted } = await exchange(payer, payee, 10n);
      expect(accepted.verdict).toBe('accepted');
    }
  });

  it('set forward is forgotten once it is right again', async () => {
    const world = await createWorld();
    world.bank.policy.validSeconds = DAY;
    const { phone, payer } = await world.payer();
    const { payee } = await world.payee();
    const request = expectOk(await payee.createRequest({ amountMinor: 5n, validFor: DAY }));
    phone.clock.skew = 2 * DAY;
    expect(await payer.pay(request.text)).toMatchObject({ ok: false });
    expectOk(await payer.requestAllowance(50n));
    phone.clock.skew = 0;
    expectOk(await payer.pay(request.text));
  });

  it('does not go back when somebody shows an older bank-signed time', async () => {
    const world = await createWorld();
    const { payee } = await world.payee();
    world.bank.time.now += 60;
    const { payer } = await world.payer();
    world.bank.time.now += 10 * DAY;
    const before = expectOk(await payee.state()).bankTime;
    await exchange(payer, payee, 5n);
    expect(expectOk(await payee.state()).bankTime).toBe(before);
  });
});

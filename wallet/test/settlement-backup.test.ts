import { decodeCbor, encodeCbor, utf8 } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { createBackup, drawBackupCode, handInBackup, openBackup } from '../src/backup/index.ts';
import { openPayee } from '../src/payee/index.ts';
import { openPayer } from '../src/payer/index.ts';
import { clientOf, createWorld, exchange, expectOk } from './support/world.ts';

const CODE = '4711 0815 2580';

/** A shop whose phone never meets the bank: two payments accepted, one of them refunded. */
async function shopBehind() {
  const world = await createWorld();
  const { payer } = await world.payer();
  const { payee, phone } = await world.payee();
  const { payment } = await exchange(payer, payee, 1_250n);
  await exchange(payer, payee, 300n);
  expectOk(await payee.refund({ paymentId: payment.paymentId, amountMinor: 50n }));
  const backup = expectOk(await createBackup([payee.wallet], CODE));
  return { world, payer, payee, phone, payment, backup };
}

describe('a backup of what is not settled', () => {
  it('handed in from a stranger’s phone settles for the shop, once, however often', async () => {
    const { world, payee, backup } = await shopBehind();
    expect(backup.count).toBe(3);
    const { payer: stranger } = await world.payer('chanda');
    // The code as somebody types it who reads another hand and other digits.
    const typed = '۴۷۱۱-۰۸۱۵-۲۵۸۰';
    const opened = expectOk(await openBackup(backup.bytes, typed)).backup;
    expect(opened).toMatchObject({ account: 'bilal', madeAt: world.bank.time.now });
    const steps: number[] = [];
    const onProgress = (done: number) => void steps.push(done);
    const first = expectOk(await handInBackup(stranger.wallet, opened, { onProgress }));
    expect(first.handedIn.map(({ kind, result }) => [kind, result])).toEqual([
      ['payment', 'settled'],
      ['payment', 'settled'],
      ['refund', 'recorded'],
    ]);
    expect(steps).toEqual([3]);
    const again = expectOk(await handInBackup(stranger.wallet, opened));
    expect(again.handedIn).toEqual(first.handedIn);
    expect(world.bank.ledger.settledInAll()).toHaveLength(2);
    // The shop's own phone, found again, hears the same.
    expectOk(await payee.sync());
    expect(expectOk(await payee.pending()).payments).toEqual([]);
    expect(world.bank.ledger.settledInAll()).toHaveLength(2);
    expect(await createBackup([payee.wallet], CODE)).toMatchObject({
      code: 'wallet/backup_empty',
    });
  });

  it('of both journals of a phone holds each document once', async () => {
    const { payer, payee } = await shopBehind();
    const both = expectOk(await createBackup([payer.wallet, payee.wallet], CODE));
    expect(both.count).toBe(3);
  });

  it('restores no spending: there is nothing in it to spend with', async () => {
    const { payer, payee } = await shopBehind();
    const { bytes } = expectOk(await createBackup([payer.wallet], CODE));
    const { documents } = expectOk(await openBackup(bytes, CODE)).backup;
    expect(documents.map(({ kind }) => kind)).toEqual(['payment', 'payment']);
    const signer = await payer.wallet.keystore.signer();
    expect(signer).toBeDefined();
    // Not a byte of a payment to come: its content are the packets that were shown already.
    const pending = expectOk(await payee.pending()).payments.map(({ paymentId }) => paymentId);
    expect(documents.map(({ documentId }) => documentId).sort()).toEqual(pending.sort());
  });

  it('tells its amounts and two words before it is handed in', async () => {
    const { payment, backup } = await shopBehind();
    const { documents } = expectOk(await openBackup(backup.bytes, CODE)).backup;
    expect(documents[0]).toMatchObject({
      ...{ documentId: payment.paymentId, amountMinor: 1_250n },
      twoWords: payment.twoWords,
    });
    expect(documents[2]).toMatchObject({ kind: 'refund', amountMinor: 50n });
  });

  it('shows nothing of what is in it, and is another each time', async () => {
    const { payee, backup } = await shopBehind();
    const text = Buffer.from(backup.bytes);
    for (const secret of ['bilal', 'Kiryana', 'browser-bank']) {
      expect(text.includes(Buffer.from(utf8(secret)))).toBe(false);
    }
    const other = expectOk(await createBackup([payee.wallet], CODE));
    expect(Buffer.from(other.bytes).equals(text)).toBe(false);
  });
});

describe('a backup is not opened', () => {
  it('where the code is wrong, a byte is another or its cost was lowered', async () => {
    const { backup } = await shopBehind();
    const wrong = { ok: false, code: 'wallet/backup_not_opened' };
    expect(await openBackup(backup.bytes, '471108152581')).toMatchObject(wrong);
    expect(await openBackup(backup.bytes, '123')).toMatchObject(wrong);
    const altered = backup.bytes.slice();
    altered[altered.length - 1]! ^= 1;
    expect(await openBackup(altered, CODE)).toMatchObject(wrong);
    const invalid = { ok: false, code: 'wallet/backup_invalid' };
    const changes = [
      [3, 599_999],
      [3, 10_000_001],
      [0, 'sikka/other'],
      [1, 2],
      [2, new Uint8Array(15)],
    ] as const;
    for (const [at, value] of changes) {
      const decoded = decodeCbor(backup.bytes, { maxBytes: 100_000 });
      const file = [...(expectOk(decoded).value as readonly (string | number)[])];
      file[at] = value as number;
      expect(await openBackup(encodeCbor(file), CODE)).toMatchObject(invalid);
    }
    expect(await openBackup(new Uint8Array(8_388_609), CODE)).toMatchObject(invalid);
    expect(await openBackup(utf8('SK1:…'), CODE)).toMatchObject(invalid);
  });

  it('nor made under a code that anybody guesses', async () => {
    const { payee } = await shopBehind();
    for (const code of ['', '12345', '1 2-3 4 5', 'x'.repeat(129)]) {
      expect(await createBackup([payee.wallet], code)).toMatchObject({
        code: 'wallet/backup_code_unusable',
      });
    }
  });

  it('nor made of more than the bank takes in one request', async () => {
    const { payee } = await shopBehind();
    const { wallet } = payee;
    const state = await wallet.journal.read();
    const [one] = state.accepted.values();
    const accepted = new Map(Array.from({ length: 5_001 }, (_, at) => [String(at), one!]));
    const journal = { ...wallet.journal, read: async () => ({ ...state, accepted }) };
    expect(await createBackup([{ ...wallet, journal }], CODE)).toMatchObject({
      code: 'wallet/backup_too_large',
    });
  });

  it('nor handed in at another bank, or before this phone is known to one', async () => {
    const { world, backup, phone } = await shopBehind();
    const { backup: opened } = expectOk(await openBackup(backup.bytes, CODE));
    const { payer } = await world.payer('chanda');
    const other = { ...opened, bank: 'another-bank' };
    expect(await handInBackup(payer.wallet, other)).toMatchObject({
      code: 'wallet/backup_invalid',
    });
    const fresh = await world.phone('dawood');
    const { payer: unknown } = expectOk(await openPayer(fresh.parts));
    expect(await handInBackup(unknown.wallet, opened)).toMatchObject({
      code: 'wallet/not_enrolled',
    });
    const away: typeof fetch = async () => {
      throw new TypeError('no network');
    };
    const client = clientOf({ fetch: away }, 'bilal');
    const { payee } = expectOk(await openPayee({ ...phone.parts, client }));
    expect(await handInBackup(payee.wallet, opened)).toMatchObject({
      code: 'wallet/bank_unreachable',
    });
  });
});

describe('a code that is drawn', () => {
  it('has twelve digits, each as likely: bytes above 249 are passed over', () => {
    const given = [[255, 250, 249, 0, 11, 22, 33, 44, 55, 66, 77, 88], Array(12).fill(100)];
    const randomBytes = () => Uint8Array.from(given.shift() ?? []);
    expect(drawBackupCode({ randomBytes })).toBe('901234567800');
  });
});

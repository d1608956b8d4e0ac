import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFrameReceiver, parseQr, readBundleMessage, readBundleUri } from '@sikka/protocol';
import { OfflineSDK } from '../../src/device/index.ts';
import type {
  CreateTransactionParams,
  DeviceStorage,
  OfflineSDKConfig,
} from '../../src/device/index.ts';
import { nextTry, untilNextDay } from '../../src/device/back-off.ts';
import { startBank } from './bank-server.ts';
import type { BankServer } from './bank-server.ts';

const DEVICE = 'POS-001';
const SEALING_KEY = new Uint8Array(32).fill(7);
const SALE: CreateTransactionParams = {
  type: 'merchant',
  amount: 5_000,
  currency: 'XOF',
  sender: '731149062259',
  receiver: 'merchant_456',
  merchant_id: 'merchant_456',
};

/** A storage whose content survives the till, as a disk does. */
function memoryStorage(content = new Map<string, string>()) {
  const storage: DeviceStorage = {
    getItem: (key) => content.get(key) ?? null,
    setItem: async (key, value) => void content.set(key, value),
    removeItem: (key) => void content.delete(key),
  };
  return { storage, content };
}

let bank: BankServer;
const tills: OfflineSDK[] = [];
beforeEach(async () => {
  bank = await startBank(DEVICE);
});
afterEach(async () => {
  for (const till of tills.splice(0)) till.destroy();
  await bank.close();
});

function tillOn(storage: DeviceStorage, changes: Partial<OfflineSDKConfig> = {}): OfflineSDK {
  const till = new OfflineSDK({
    apiUrl: bank.url,
    deviceId: DEVICE,
    storage,
    tenantType: 'merchant',
    tenantId: 'merchant_456',
    country: 'SN',
    currency: 'XOF',
    autoSync: false,
    sealingKey: SEALING_KEY,
    ...changes,
  });
  tills.push(till);
  return till;
}

async function registeredTill(storage: DeviceStorage, changes: Partial<OfflineSDKConfig> = {}) {
  const till = tillOn(storage, changes);
  await till.initialize();
  expect(await till.registerDevice('operator')).toEqual({ success: true });
  return till;
}

async function sell(till: OfflineSDK, count: number): Promise<readonly string[]> {
  const sold = await Promise.all(
    Array.from({ length: count }, () => till.createOfflineTransaction(SALE)),
  );
  expect(sold.every(({ success }) => success)).toBe(true);
  return sold.map(({ localId }) => localId);
}

describe('a till', () => {
  it('registers, sells offline, and hands over what it sold', async () => {
    const { storage, content } = memoryStorage();
    const till = await registeredTill(storage);
    expect(await till.registerDevice('operator')).toEqual({
      success: false,
      error: 'Device already registered',
    });
    expect(await till.syncNow()).toEqual({
      success: true,
      bundlesPushed: 0,
      bundlesFailed: 0,
      errors: [],
    });
    const ids = await sell(till, 3);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => id.startsWith(`${DEVICE}_`))).toBe(true);
    expect(till.getPendingTransactions().map(({ local_id }) => local_id)).toEqual(ids);
    expect(content.get('offline_pending_transactions')).toContain(ids[2]);
    expect(await till.syncNow()).toEqual({
      success: true,
      bundlesPushed: 1,
      bundlesFailed: 0,
      errors: [],
    });
    expect(till.getPendingCount()).toBe(0);
    expect([...bank.taken]).toEqual(ids.map((id) => [id, 1]));
    expect(bank.bundles[0]?.transactions[0]).toMatchObject({
      amountMinor: 5_000n,
      type: 'merchant',
    });
  });

  it('splits a long day into bundles', async () => {
    const till = await registeredTill(memoryStorage().storage);
    const ids = await sell(till, 450);
    expect(await till.syncNow()).toMatchObject({ success: true, bundlesPushed: 3 });
    expect([...bank.taken.keys()].sort()).toEqual([...ids].sort());
  });

  it.each<[string, Partial<CreateTransactionParams>]>([
    ['half a franc', { amount: 0.5 }],
    ['nothing', { amount: 0 }],
    ['less than nothing', { amount: -5 }],
    ['an amount that is none', { amount: Number.NaN }],
    ['an unknown currency', { currency: 'EUR' }],
    ['nobody as sender', { sender: '' }],
    ['a receiver with a control character', { receiver: 'a\nb' }],
    ['a payment that is none', { meta: { payment: 'payment' } }],
    ['a type that is none', { type: 'refund' as 'p2p' }],
  ])('does not keep %s', async (_, changes) => {
    const till = tillOn(memoryStorage().storage);
    await till.initialize();
    const refused = await till.createOfflineTransaction({ ...SALE, ...changes });
    expect(refused).toMatchObject({ success: false, localId: '' });
    expect(refused.error).toContain('wallet/transaction_invalid');
    expect(till.getPendingCount()).toBe(0);
  });

  it.each<[string, Partial<OfflineSDKConfig>]>([
    ['an address of no bank', { apiUrl: 'bank' }],
    ['a device id of 65 characters', { deviceId: 'x'.repeat(65) }],
    ['a short sealing key', { sealingKey: new Uint8Array(31) }],
    ['an interval of nothing', { syncIntervalMs: 0 }],
    [
      'a key of the bank that is none',
      { bankPublicKey: { kty: 'EC', crv: 'P-256', x: '', y: '' } },
    ],
  ])('is not made with %s', (_, changes) => {
    expect(() => tillOn(memoryStorage().storage, changes)).toThrow('wallet/configuration_invalid');
  });
});

describe('its key', () => {
  it('never lies in the storage in the clear, and is the same after a restart', async () => {
    const { storage, content } = memoryStorage();
    const first = tillOn(storage);
    expect(first.getPublicKey()).toBeNull();
    await first.initialize();
    const second = tillOn(storage);
    await second.initialize();
    expect(second.getPublicKey()).toBe(first.getPublicKey());
    expect(first.getPublicKey()).toContain('BEGIN PUBLIC KEY');
    // PKCS #8 of a P-256 key, in base64 at any offset of what is stored.
    for (const value of content.values()) {
      expect(value).not.toContain('PRIVATE');
      const bytes = Buffer.from(value, 'base64').toString('hex');
      expect(bytes).not.toContain('3081870201003013');
    }
  });

  it('is refused a place where it could not be protected', async () => {
    const { storage, content } = memoryStorage();
    const till = new OfflineSDK({ apiUrl: bank.url, deviceId: DEVICE, storage });
    await expect(till.initialize()).rejects.toThrow('wallet/keys_unprotected');
    expect(content.size).toBe(0);
  });

  it('does not open under another sealing key, nor for another device', async () => {
    const { storage } = memoryStorage();
    await tillOn(storage).initialize();
    const other = tillOn(storage, { sealingKey: new Uint8Array(32).fill(8) });
    await expect(other.initialize()).rejects.toThrow('wallet/store_damaged');
    const device = tillOn(storage, { deviceId: 'POS-002' });
    await expect(device.initialize()).rejects.toThrow('wallet/store_damaged');
  });

  it('is taken over from the older SDK, whose clear text goes', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const { storage, content } = memoryStorage(new Map([['offline_device_private_key', pem]]));
    const till = tillOn(storage);
    await till.initialize();
    expect(till.getPublicKey()).toBe(
      pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    );
    expect(content.has('offline_device_private_key')).toBe(false);
  });
});

describe('when the bank refuses or is not there', () => {
  it('a lost reply is pushed again under another id, and every sale counts once', async () => {
    const till = await registeredTill(memoryStorage().storage);
    const ids = await sell(till, 5);
    bank.moodOf = () => ({ answer: 'lose_reply' });
    const lost = await till.syncNow();
    expect(lost).toMatchObject({ success: false, bundlesPushed: 0, bundlesFailed: 0 });
    expect(lost.errors).toHaveLength(1);
    expect(till.getPendingCount()).toBe(5);
    bank.moodOf = () => ({ answer: 'take' });
    expect(await till.syncNow()).toMatchObject({ success: true, bundlesPushed: 1 });
    const [first, second] = bank.bundles;
    expect(second?.bundleId).not.toBe(first?.bundleId);
    expect(second?.nonce).not.toBe(first?.nonce);
    expect([...bank.taken]).toEqual(ids.map((id) => [id, 2]));
  });

  it.each([
    [403, { error: 'Invalid signature' }],
    [409, { error: 'Another payload under this id' }],
    [429, { error: 'Too many requests' }],
    [500, { error: 'Out of order' }],
    [503, { detail: 'The vault is away' }],
  ])('%i keeps what waits and says why', async (status, body) => {
    const till = await registeredTill(memoryStorage().storage);
    await sell(till, 2);
    bank.moodOf = () => ({ answer: 'refuse', status, body });
    expect(await till.syncNow()).toEqual({
      success: false,
      bundlesPushed: 0,
      bundlesFailed: 1,
      errors: Object.values(body),
    });
    expect(till.getPendingCount()).toBe(2);
  });

  it('one transaction that the bank cannot take does not hold up the others', async () => {
    const till = await registeredTill(memoryStorage().storage);
    const ids = await sell(till, 9);
    bank.moodOf = ({ transactions }) =>
      transactions.some(({ localId }) => localId === ids[4])
        ? { answer: 'refuse', status: 400, body: { error: 'Too old' } }
        : { answer: 'take' };
    expect((await till.syncNow()).success).toBe(false);
    expect(till.getPendingTransactions().map(({ local_id }) => local_id)).toEqual([ids[4]]);
    expect(bank.taken.size).toBe(8);
  });

  it('a till without a network shows what it sold, once it knows the bank', async () => {
    const { storage } = memoryStorage();
    const till = await registeredTill(storage);
    const offline = tillOn(storage, { apiUrl: 'http://127.0.0.1:9' });
    await offline.initialize();
    expect((await offline.generateOfflineQR()).error).toBe('No pending transactions');
    const [id] = await sell(offline, 1);
    expect(await offline.generateOfflineQR()).toMatchObject({ success: false });
    // A sync of the first till has stored the bank's key.
    bank.moodOf = () => ({ answer: 'hang_up' });
    await till.syncNow();
    const shown = await offline.generateOfflineQR();
    expect(shown.success).toBe(true);
    expect(offline.getPendingCount()).toBe(1);
    const carried = readBundleUri(shown.qrData ?? '');
    if (!carried.ok) throw new Error(carried.detail);
    const opened = await bank.open(carried.value, carried.value.bundleId);
    expect(opened.transactions.map(({ localId }) => localId)).toEqual([id]);
    const receiver = createFrameReceiver();
    let message: Uint8Array | undefined;
    for (const text of [...(shown.qrFrames ?? [])].reverse()) {
      const frame = parseQr(text);
      if (!frame.ok || frame.value.packet.kind !== 'frame') throw new Error('no frame');
      const progress = receiver.add(frame.value.packet);
      if (progress.state === 'done') message = progress.message;
    }
    const read = readBundleMessage(message ?? new Uint8Array(0));
    expect(read.ok && read.value.deviceId).toBe(DEVICE);
    expect(read.ok && read.value.bundleId).toBe(carried.value.bundleId);
  });
});

describe('interrupted anywhere', () => {
  it('no sale that was answered with success is ever missing at the bank', async () => {
    const { storage, content } = memoryStorage();
    await registeredTill(storage);
    const sold: string[] = [];
    for (let step = 1; step <= 24; step++) {
      let left = step;
      const failing = <T>(work: () => T): T => {
        left -= 1;
        if (left === 0) throw new Error('the till lost its power');
        return work();
      };
      const dying = tillOn({
        getItem: (key) => failing(() => content.get(key) ?? null),
        setItem: async (key, value) => failing(() => void content.set(key, value)),
        removeItem: (key) => failing(() => void content.delete(key)),
      });
      await dying.initialize().catch(() => undefined);
      const sale = await dying.createOfflineTransaction(SALE);
      if (sale.success) sold.push(sale.localId);
      bank.moodOf = () => ({ answer: step % 3 === 0 ? 'lose_reply' : 'take' });
      await dying.syncNow();
      dying.destroy();
    }
    bank.moodOf = () => ({ answer: 'take' });
    const till = tillOn(storage);
    await till.initialize();
    expect((await till.syncNow()).success).toBe(true);
    expect(sold.length).toBeGreaterThan(10);
    expect(sold.filter((id) => !bank.taken.has(id))).toEqual([]);
    expect(till.getPendingCount()).toBe(0);
  });

  it('two tills of one storage lose nothing of one another', async () => {
    const { storage } = memoryStorage();
    const one = await registeredTill(storage);
    const ids = [...(await sell(one, 4))];
    const two = tillOn(storage);
    await two.initialize();
    ids.push(...(await sell(two, 4)));
    await one.syncNow();
    expect([...bank.taken.keys()]).toEqual(ids);
    await two.syncNow();
    expect(two.getPendingCount()).toBe(0);
    expect([...bank.taken.values()].every((times) => times === 1)).toBe(true);
  });

  it('what is stored and is no list is refused, and stays as it is', async () => {
    const { storage, content } = memoryStorage(new Map([['offline_pending_transactions', '{]']]));
    const till = tillOn(storage);
    await expect(till.initialize()).rejects.toThrow('wallet/store_damaged');
    expect((await till.createOfflineTransaction(SALE)).success).toBe(false);
    expect(content.get('offline_pending_transactions')).toBe('{]');
  });
});

describe('by itself', () => {
  it('it pushes what is sold, again after a failure, and nothing after destroy', async () => {
    const till = await registeredTill(memoryStorage().storage, {
      autoSync: true,
      syncIntervalMs: 50,
    });
    bank.moodOf = () => ({ answer: 'hang_up' });
    await sell(till, 1);
    const pushes = () => bank.requests.filter((each) => each === 'POST /offline/push').length;
    await vi.waitFor(() => expect(pushes()).toBeGreaterThanOrEqual(2), { timeout: 30_000 });
    bank.moodOf = () => ({ answer: 'take' });
    await vi.waitFor(() => expect(till.getPendingCount()).toBe(0), { timeout: 30_000 });
    till.destroy();
    expect((await till.createOfflineTransaction(SALE)).success).toBe(true);
    expect((await till.syncNow()).success).toBe(false);
    expect(bank.taken.size).toBe(1);
  });

  it.each([
    ['healthy', { failures: 0, atLeastMs: 0 }, 30_000, 60_000],
    ['after one failure', { failures: 1, atLeastMs: 0 }, 60_000, 120_000],
    ['after three', { failures: 3, atLeastMs: 0 }, 240_000, 480_000],
    ['never over an hour', { failures: 1_000, atLeastMs: 0 }, 1_800_000, 3_600_000],
    ['as long as the bank asks', { failures: 1, atLeastMs: 500_000 }, 500_000, 500_000],
  ])('it waits, %s', (_, wait, least, most) => {
    const at = (random: number) => nextTry({ ...wait, intervalMs: 60_000, random });
    expect(at(0)).toBe(least);
    expect(at(0.999_999_9)).toBeGreaterThanOrEqual(least);
    expect(at(0.999_999_9)).toBeLessThanOrEqual(most);
  });

  it('what a daily limit refused waits for the next day', () => {
    expect(untilNextDay(new Date('2026-11-21T23:59:59.000Z'))).toBe(1_000);
    expect(untilNextDay(new Date('2026-11-21T00:00:00.000Z'))).toBe(86_400_000);
  });
});

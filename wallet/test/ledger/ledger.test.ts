import { describe, expect, it } from 'vitest';
import {
  checkLedger,
  generateEcdhKeyPair,
  openLedgerUpload,
  proveLedger,
  proveLedgerEntry,
  publicJwk,
  sealTransaction,
  signLedgerTransaction,
  webCryptoAgreement,
  webCryptoSigner,
  webCryptoVerifier,
} from '@sikka/protocol';
import type { LedgerUpload } from '@sikka/protocol';
import {
  createFileReader,
  framesOf,
  generateLedgerKeys,
  openLedgerReceiver,
  openLedgerSender,
} from '../../src/ledger/index.ts';
import type { Outcome } from '../../src/errors.ts';
import type { LedgerStorage } from '../../src/ledger/index.ts';

const SENDER = 'MEEZAN-001';
const SHOP = 'shop-17';
const clock = () => new Date('2026-11-21T03:00:00.123Z');

const senderKeys = await generateLedgerKeys();
const shopKeys = await generateLedgerKeys();
const bankPair = await generateEcdhKeyPair({ extractable: false });
const bank = webCryptoAgreement(bankPair.privateKey, bankPair.publicKey);
const bankKey = publicJwk(bankPair.publicKey)!;

function memoryStorage(content = new Map<string, string>()) {
  const storage: LedgerStorage = {
    getItem: (key) => content.get(key) ?? null,
    setItem: async (key, value) => void content.set(key, value),
  };
  return { storage, content };
}

const senderOn = (storage: LedgerStorage) =>
  openLedgerSender({ id: SENDER, walletId: 'limit-1', keys: senderKeys, storage, clock });
const shopOn = (storage: LedgerStorage, keys = shopKeys) =>
  openLedgerReceiver({ id: SHOP, keys, storage });

/** The good answer of a verb. */
function must<T>(answer: Outcome<T>): T {
  if (!answer.ok) throw new Error(answer.code);
  return answer;
}

/** A transaction of a given id, as a sender that counts its ids badly would make it. */
async function fileOf(txnId: string, amount: string): Promise<string> {
  const { signing, agreement } = senderKeys;
  const signer = webCryptoSigner('ES256', signing.keyPair, signing.publicKey);
  const fields = { txnId, fromId: SENDER, toId: SHOP, amount, prevHash: '', walletId: '' };
  const transaction = await signLedgerTransaction({ ...fields, timestamp: 'now' }, signer);
  return sealTransaction(transaction, {
    signer,
    peer: shopKeys.agreement.publicKey,
    agreement: webCryptoAgreement(agreement.privateKey, agreement.publicKey),
    secrets: {
      contentKey: crypto.getRandomValues(new Uint8Array(32)),
      iv: crypto.getRandomValues(new Uint8Array(12)),
      wrapIv: crypto.getRandomValues(new Uint8Array(12)),
    },
  });
}

async function pay(storage: LedgerStorage, amounts: readonly string[]) {
  const sender = senderOn(storage);
  const toKey = shopOn(memoryStorage().storage).publicKeys.agreement;
  const files: string[] = [];
  for (const amount of amounts) {
    const made = must(await sender.create({ toId: SHOP, toKey, amount }));
    files.push(made.file);
  }
  return files;
}

/** What the bank makes of an upload. */
async function settled(file: string): Promise<readonly (readonly [string, bigint])[]> {
  const upload = await openLedgerUpload(file, [bank]);
  if (!upload.ok) throw new Error(upload.code);
  expect(checkLedger(upload.value.entries)).toEqual([]);
  const whole = await proveLedger(upload.value, shopKeys.signing.publicKey, webCryptoVerifier);
  expect(whole.ok).toBe(true);
  return Promise.all(upload.value.entries.map(paid));
}

async function paid({ transaction }: LedgerUpload['entries'][number]) {
  const key = senderKeys.signing.publicKey;
  const proved = await proveLedgerEntry(transaction, key, webCryptoVerifier);
  const minor = proved.ok ? proved.value.amountMinor('PKR') : proved;
  if (!minor.ok) throw new Error(minor.code);
  return [transaction.txnId, minor.value] as const;
}

describe('a sender, a receiver and the bank', () => {
  it('pass payments from hand to hand, and a grown ledger keeps its beginning', async () => {
    const { storage } = memoryStorage();
    const [first = '', second = ''] = await pay(storage, ['150.5', '50']);
    const shop = shopOn(memoryStorage().storage);
    const taken = must(await shop.accept(first));
    expect(taken).toMatchObject({
      isNew: true,
      entry: { index: 0, fromId: SENDER, amount: '150.5' },
    });
    const one = must(await shop.exportForBank(bankKey));
    expect((await settled(one.file)).map(([, minor]) => minor)).toEqual([15_050n]);
    must(await shop.accept(second));
    const both = must(await shop.exportForBank(JSON.stringify(bankKey)));
    expect((await settled(both.file)).map(([, minor]) => minor)).toEqual([15_050n, 5_000n]);
    expect((await settled(both.file))[0]).toEqual((await settled(one.file))[0]);
  });

  it('chain: each transaction names the one before, also after a restart', async () => {
    const { storage } = memoryStorage();
    const files = [...(await pay(storage, ['1'])), ...(await pay(storage, ['2']))];
    const shop = shopOn(memoryStorage().storage);
    for (const file of files) must(await shop.accept(file));
    const upload = await openLedgerUpload(must(await shop.exportForBank(bankKey)).file, [bank]);
    const entries = upload.ok ? upload.value.entries : [];
    expect(entries[0]?.transaction.prevHash).toBe('');
    expect(entries[1]?.transaction.prevHash).toBe(entries[0]?.transactionHash);
  });

  it('show codes instead of files, read in any order with some lost', async () => {
    const sender = senderOn(memoryStorage().storage);
    const shop = shopOn(memoryStorage().storage);
    const toKey = shop.publicKeys.agreement;
    const made = must(await sender.create({ toId: SHOP, toKey, amount: '12.5' }));
    const reader = createFileReader();
    expect(reader.add('SK1:00')).toEqual({ state: 'discarded' });
    let file: string | undefined;
    for (const text of [...made.frames].reverse()) {
      const progress = reader.add(text);
      if (progress.state === 'done') file = progress.file;
    }
    expect(file).toBe(made.file);
    expect(must(await shop.accept(file ?? '')).isNew).toBe(true);
    expect(must(await shop.exportForBank(bankKey)).frames?.length).toBeGreaterThan(5);
    expect(framesOf('x'.repeat(51_200))).toBeUndefined();
  });
});

describe('the receiver', () => {
  it('takes a file once, however often and by whatever tabs at once it comes', async () => {
    const { storage } = memoryStorage();
    const [file = ''] = await pay(memoryStorage().storage, ['5']);
    const shop = shopOn(storage);
    const answers = await Promise.all([1, 2, 3].map(() => shop.accept(file)));
    expect(answers.map((each) => must(each).isNew).sort()).toEqual([false, false, true]);
    expect(must(await shop.entries()).entries).toHaveLength(1);
  });

  it('keeps its ledger after a restart, and gives out nothing that was not stored', async () => {
    const { content } = memoryStorage();
    const files = await pay(memoryStorage().storage, ['1', '2', '3']);
    const failing: LedgerStorage = {
      getItem: (key) => content.get(key) ?? null,
      setItem: () => Promise.reject(new Error('the disk is full')),
    };
    await expect(shopOn(failing).accept(files[0] ?? '')).rejects.toThrow('full');
    const { storage } = memoryStorage(content);
    for (const file of files) must(await shopOn(storage).accept(file));
    const { entries } = must(await shopOn(storage).entries());
    expect(entries.map(({ index, amount }) => [index, amount])).toEqual([
      [0, '1'],
      [1, '2'],
      [2, '3'],
    ]);
  });

  it.each([
    ['ledger/malformed', 'nothing', () => ''],
    ['ledger/open_failed', 'a file altered', (file: string) => alter(file)],
  ])('refuses with %s %s', async (code, _, change) => {
    const [file = ''] = await pay(memoryStorage().storage, ['5']);
    const shop = shopOn(memoryStorage().storage);
    expect(await shop.accept(change(file))).toMatchObject({ ok: false, code });
    expect(must(await shop.entries()).entries).toEqual([]);
  });

  it('refuses what names another receiver, and what is sealed to one', async () => {
    const sender = senderOn(memoryStorage().storage);
    const shop = shopOn(memoryStorage().storage);
    const toKey = shop.publicKeys.agreement;
    const other = must(await sender.create({ toId: 'shop-18', toKey, amount: '5' }));
    expect(await shop.accept(other.file)).toMatchObject({ code: 'wallet/ledger_not_ours' });
    const [file = ''] = await pay(memoryStorage().storage, ['5']);
    const stranger = shopOn(memoryStorage().storage, await generateLedgerKeys());
    expect(await stranger.accept(file)).toMatchObject({ code: 'ledger/open_failed' });
  });

  it('refuses a second transaction of one id, and exports nothing of nothing', async () => {
    const { storage, content } = memoryStorage();
    const shop = shopOn(storage);
    expect(await shop.exportForBank(bankKey)).toMatchObject({ code: 'wallet/ledger_empty' });
    must(await shop.accept(await fileOf('t1', '5')));
    expect(must(await shop.accept(await fileOf('t1', '5'))).isNew).toBe(false);
    const other = await fileOf('t1', '6');
    expect(await shop.accept(other)).toMatchObject({ code: 'wallet/ledger_duplicate' });
    expect(await shop.exportForBank('no key')).toMatchObject({ code: 'ledger/key_invalid' });
    for (const key of content.keys()) content.set(key, '{]');
    expect(await shop.entries()).toMatchObject({ code: 'wallet/store_damaged' });
  });
});

describe('the sender', () => {
  it.each([
    ['0', 'amount_zero'],
    ['-5', 'amount_zero'],
    ['five', 'amount_zero'],
    ['50.0', 'wallet/transaction_invalid'],
    ['9007199254740993', 'wallet/transaction_invalid'],
  ])('does not sign an amount of %s', async (amount, code) => {
    const { storage, content } = memoryStorage();
    const toKey = shopOn(storage).publicKeys.agreement;
    const refused = await senderOn(storage).create({ toId: SHOP, toKey, amount });
    expect(refused).toMatchObject({ ok: false, code });
    expect(content.size).toBe(0);
  });

  it('seals to public keys alone, and keeps what it made to be handed over again', async () => {
    const { storage } = memoryStorage();
    const toKey = { ...shopOn(storage).publicKeys.agreement, d: 'AA' };
    const sender = senderOn(storage);
    expect(await sender.create({ toId: SHOP, toKey, amount: '5' })).toMatchObject({
      code: 'ledger/key_invalid',
    });
    const [file] = await pay(storage, ['5']);
    const { files } = must(await senderOn(storage).files());
    expect(files.map((each) => each.file)).toEqual([file]);
    expect(files[0]?.frames.length).toBeGreaterThan(0);
  });
});

function alter(file: string): string {
  const value = JSON.parse(file) as { encrypted_payload: string };
  const bytes = Buffer.from(value.encrypted_payload, 'base64');
  bytes[9]! ^= 1;
  return JSON.stringify({ ...value, encrypted_payload: bytes.toString('base64') });
}

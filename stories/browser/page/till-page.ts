/** Runs in the browser: a till on IndexedDB and localStorage, ledgers, and the older formats. */
import { webCryptoVerifier } from '@sikka/protocol';
import { answerVector, isSameJson } from '@sikka/protocol/vectors';
import type { VectorCase } from '@sikka/protocol/vectors';
import { OfflineSDK } from '@sikka/wallet/device';
import { generateLedgerKeys, openLedgerReceiver, openLedgerSender } from '@sikka/wallet/ledger';

let till: OfflineSDK | undefined;

/** Opens the till of this browser; its public key. */
export async function open(): Promise<string | null> {
  till = new OfflineSDK({
    apiUrl: location.origin,
    deviceId: 'POS-001',
    storage: localStorage,
    autoSync: false,
  });
  await till.initialize();
  return till.getPublicKey();
}

/** How many sales were kept. */
export async function sell(count: number): Promise<number> {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const parties = { sender: '731149062259', receiver: 'shop' };
    const sale = { type: 'p2p', amount: 50, currency: 'PKR', ...parties } as const;
    if ((await till?.createOfflineTransaction(sale))?.success === true) kept += 1;
  }
  return kept;
}

export async function sync() {
  return till?.syncNow();
}

/** Keys in IndexedDB of which a copy can be had, and everything that localStorage holds. */
export async function lookAtStorage(): Promise<{ kept: number; exported: number; text: string }> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('sikka-device');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error('no database'));
  });
  const values = await new Promise<{ keyPair: CryptoKeyPair }[]>((resolve) => {
    const request = database.transaction('keys').objectStore('keys').getAll();
    request.onsuccess = () => resolve(request.result as { keyPair: CryptoKeyPair }[]);
  });
  database.close();
  let exported = 0;
  for (const { keyPair } of values) {
    const copy = await crypto.subtle.exportKey('pkcs8', keyPair.privateKey).catch(() => undefined);
    if (copy !== undefined) exported += 1;
  }
  return { kept: values.length, exported, text: JSON.stringify({ ...localStorage }) };
}

/** A payment from hand to hand, in one page: what the receiver's ledger then holds. */
export async function payByLedger(): Promise<readonly string[]> {
  const clock = () => new Date('2026-11-21T03:00:00Z');
  const storage = localStorage;
  const keys = await generateLedgerKeys();
  const shop = openLedgerReceiver({ id: 'shop', keys: await generateLedgerKeys(), storage });
  const sender = openLedgerSender({ id: 'ali', keys, storage, clock });
  const toKey = shop.publicKeys.agreement;
  const made = await sender.create({ toId: 'shop', toKey, amount: '12.5' });
  if (made.ok) await shop.accept(made.file);
  const read = await shop.entries();
  return read.ok ? read.entries.map(({ fromId, amount }) => `${fromId} ${amount}`) : [];
}

/** The names of the vectors that this browser answers otherwise than their files say. */
export async function differing(vectors: string): Promise<readonly string[]> {
  const names: string[] = [];
  const cases = JSON.parse(vectors) as readonly VectorCase[];
  for (const { family, case: name, input, expect } of cases) {
    const answer = await answerVector(family, input, webCryptoVerifier);
    if (!isSameJson(answer, expect)) names.push(name);
  }
  return names;
}

/** Runs in the browser: a wallet on IndexedDB and WebCrypto, and a look at what it stores. */
import { createClient } from '@sikka/api';
import {
  changeBrowserPin,
  openBrowserKeystore,
  openIndexedDbStore,
  readBrowserKeystore,
} from '@sikka/wallet/browser';
import { payeeOf } from '@sikka/wallet/payee';
import { openPayer } from '@sikka/wallet/payer';
import type { Payer } from '@sikka/wallet/payer';

interface OpenOptions {
  readonly name: string;
  readonly pin: string;
  readonly account: string;
  readonly token: string;
  readonly bank: string;
}

interface RecordText {
  readonly text: string;
  readonly uniqueKey: number;
}

let payer: Payer | undefined;
let clockSkew = 0;
const clock = { now: () => Math.floor(Date.now() / 1000) + clockSkew };

export async function open({ name, pin, account, token, bank }: OpenOptions): Promise<string> {
  const opened = await openBrowserKeystore({ name, pin, clock });
  if (!opened.ok) return opened.code;
  const wallet = await openPayer({
    store: await openIndexedDbStore({ name }),
    keystore: opened.keystore,
    client: createClient({ baseUrl: location.origin, token }),
    bank: { id: bank, account, currency: 586 },
    clock,
    random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  });
  if (!wallet.ok) return wallet.code;
  payer = wallet.payer;
  return 'open';
}

function here(): Payer {
  if (payer === undefined) throw new Error('open the wallet first');
  return payer;
}

/** As a till. */
export async function enrolTill(): Promise<string> {
  const enrolled = await here().enrol({ role: 'payee' });
  return enrolled.ok ? 'enrolled' : `${enrolled.code}: ${enrolled.detail}`;
}

export async function ask(amountMinor: string): Promise<string> {
  const till = payeeOf(here().wallet);
  const request = await till.createRequest({ amountMinor: BigInt(amountMinor) });
  return request.ok ? request.text : request.code;
}

export async function accept(payment: string): Promise<{ verdict: string; receipt: string }> {
  const answer = await payeeOf(here().wallet).accept(payment);
  if (!answer.ok) return { verdict: answer.code, receipt: '' };
  return { verdict: answer.verdict, receipt: answer.receiptText };
}

export async function enrol(limitMinor: string): Promise<string> {
  const enrolled = await here().enrol({ role: 'payer' });
  if (!enrolled.ok) return `${enrolled.code}: ${enrolled.detail}`;
  const allowance = await here().requestAllowance(BigInt(limitMinor));
  return allowance.ok ? 'enrolled' : `${allowance.code}: ${allowance.detail}`;
}

export async function pay(request: string, pin?: string): Promise<{ code: string; text: string }> {
  const paid = await here().pay(request, pin === undefined ? {} : { pin });
  if (paid.ok) return { code: 'paid', text: paid.text };
  return { code: paid.code, text: paid.payment?.text ?? '' };
}

/** Every byte and text in every database of this origin, and whether a key can be taken out. */
export async function lookAtStorage(): Promise<{ text: string; exportable: number; keys: number }> {
  let text = '';
  let exportable = 0;
  let keys = 0;
  const look = async (value: unknown): Promise<void> => {
    if (value instanceof CryptoKey) {
      keys += 1;
      if (value.type !== 'public' && value.extractable) exportable += 1;
      if (value.type === 'private') {
        await crypto.subtle.exportKey('pkcs8', value).then(
          () => (exportable += 1),
          () => undefined,
        );
      }
    } else if (value instanceof Uint8Array) {
      for (const byte of value) text += byte.toString(16).padStart(2, '0');
      text += ' ';
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inside] of Object.entries(value)) {
        text += `${name} `;
        await look(inside);
      }
    } else {
      text += `${String(value)} `;
    }
  };
  for (const { name } of await indexedDB.databases()) {
    const database = await promised(indexedDB.open(name ?? ''));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const [rows, names] = [objects.getAll(), objects.getAllKeys()];
      await look(await promised(rows));
      await look(await promised(names));
    }
    database.close();
  }
  return { text, exportable, keys };
}

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB failed'));
    };
  });
}

async function storeOf(name: string) {
  const store = await openIndexedDbStore({ name, lockWaitMs: 300 });
  let letGo = () => {};
  const record = ({ text, uniqueKey }: RecordText) => ({
    sealed: new TextEncoder().encode(text),
    uniqueKeys: [new Uint8Array(32).fill(uniqueKey)],
  });
  return {
    append: (position: number, records: readonly RecordText[]) =>
      store.append(position, records.map(record)),
    read: async () => (await store.readFrom(0)).map((sealed) => new TextDecoder().decode(sealed)),
    /** Until `letGo`, or for no time. */
    takeLock: (hold = false) =>
      store.exclusive(async () => {
        if (hold) await new Promise<void>((resolve) => (letGo = resolve));
      }),
    letGo: () => {
      letGo();
    },
    bulletin: async (byte?: number) => {
      if (byte !== undefined) await store.writeApart(Uint8Array.of(byte));
      return (await store.readApart())?.[0];
    },
  };
}

const stores = new Map<string, Awaited<ReturnType<typeof storeOf>>>();
export async function store(name: string) {
  const known = stores.get(name) ?? (await storeOf(name));
  stores.set(name, known);
  return known;
}

export async function sync(): Promise<number | string> {
  const report = await here().sync();
  return report.ok ? report.decided : report.code;
}

export async function left(): Promise<string> {
  const state = await here().state();
  return state.ok ? state.leftMinor.toString() : state.code;
}

/** Whether there is a keystore and how the next PIN would fare; tries none. */
export function standing(name: string) {
  return readBrowserKeystore({ name, clock });
}

export async function changePin(name: string, pin: string, newPin: string): Promise<string> {
  const changed = await changeBrowserPin({ name, pin, newPin, clock });
  return changed.ok ? 'changed' : changed.code;
}

export function setClockSkew(seconds: number): void {
  clockSkew = seconds;
}

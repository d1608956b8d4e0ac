import {
  failure,
  fromHex,
  generateEcdhKeyPair,
  generateSigningKeyPair,
  hex,
  open as openSealed,
  utf8,
  webCryptoSigner,
} from '@sikka/protocol';
import type { EcdhKeyPair, SigningKeyPair, Suite } from '@sikka/protocol';
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { Clock } from '../../clock.ts';
import { WalletError } from '../../errors.ts';
import type { Outcome, Refusal } from '../../errors.ts';
import { importAesKey, sealWith, unsealWith } from '../../keystore/aes-gcm.ts';
import type { Keystore } from '../../keystore/keystore.ts';
import { beginTry, checkPin, NO_TRIES, standingOf, wrongPin } from '../../keystore/pin.ts';
import type { PinStanding, PinTries } from '../../keystore/pin.ts';
import { MAX_PBKDF2_ITERATIONS, PBKDF2_ITERATIONS } from '../../limits.ts';
import { onDatabase } from './indexeddb-store.ts';

export interface BrowserKeystoreOptions {
  /** Names the database `<name>-keys`. */
  readonly name: string;
  /** Opens the keystore, or sets the PIN of a new one. 4 to 128 bytes. */
  readonly pin: string;
  readonly clock: Clock;
  /** `each-payment` (the default) asks again before every payment, `session` only at opening. */
  readonly gate?: 'each-payment' | 'session';
}

/** What can be said of a keystore that is not open. */
export interface KeystoreStanding extends PinStanding {
  readonly exists: boolean;
}

/** The data key under PIN and device secret together. */
interface Lock {
  readonly secret: CryptoKey;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly sealed: Uint8Array;
}

interface KeysSchema extends DBSchema {
  lock: { key: 'lock'; value: Lock };
  tries: { key: 'tries'; value: PinTries };
  signer: { key: 'signer'; value: SigningKeyPair & { readonly suite: Suite } };
  agreement: { key: string; value: EcdhKeyPair };
}

const STRICT = { durability: 'strict' } as const;
const ASSOCIATED = utf8('sikka/wallet/keys/v1');
const KEY_BYTES = 32;

/**
 * Keys in IndexedDB as WebCrypto objects that cannot be exported, not even by this page. The data
 * key that encrypts the journal opens only with the PIN **and** the device's own secret, so a
 * stolen copy of the database cannot be guessed at elsewhere. Wrong PINs are counted before each
 * guess, and slowed.
 *
 * Refuses `wallet/pin_wrong` and `wallet/pin_wait`.
 */
export async function openBrowserKeystore(
  options: BrowserKeystoreOptions,
): Promise<Outcome<{ readonly keystore: Keystore }>> {
  const { name, pin, clock, gate = 'each-payment' } = options;
  const unusable = checkPin(pin);
  if (unusable !== undefined) return unusable;
  const database = await onDatabase(() => openKeys(name));
  if ((await database.get('lock', 'lock')) === undefined) await createLock(database, pin);
  const opened = await tryPin(database, pin, clock.now());
  if (!opened.ok) return opened;
  const dataKey = await importAesKey(opened.raw);
  const authorise = async (given: string | undefined): Promise<Refusal | undefined> => {
    if (gate === 'session') return undefined;
    const refusal = checkPin(given);
    if (refusal !== undefined || given === undefined) return refusal;
    const tried = await tryPin(database, given, clock.now());
    return tried.ok ? undefined : tried;
  };
  return { ok: true, keystore: { ...makeKeystore(database, dataKey), authorise } };
}

/** Whether a PIN was ever set under this name, and how the next try would fare. Tries nothing. */
export async function readBrowserKeystore({
  name,
  clock,
}: Pick<BrowserKeystoreOptions, 'name' | 'clock'>): Promise<KeystoreStanding> {
  return onDatabase(async () => {
    const database = await openKeys(name);
    try {
      const exists = (await database.getKey('lock', 'lock')) !== undefined;
      const tries = (await database.get('tries', 'tries')) ?? NO_TRIES;
      return { exists, ...standingOf(tries, clock.now()) };
    } finally {
      database.close();
    }
  });
}

/**
 * Sets another PIN; keys and journal stay as they are. The old one is counted and slowed like any
 * try. Refuses `wallet/pin_wrong` and `wallet/pin_wait`.
 */
export async function changeBrowserPin(
  options: Pick<BrowserKeystoreOptions, 'name' | 'pin' | 'clock'> & { readonly newPin: string },
): Promise<Outcome> {
  const unusable = checkPin(options.pin) ?? checkPin(options.newPin);
  if (unusable !== undefined) return unusable;
  const database = await onDatabase(() => openKeys(options.name));
  try {
    const opened = await tryPin(database, options.pin, options.clock.now());
    if (!opened.ok) return opened;
    const lock = await lockUnder(options.newPin, opened.raw);
    await onDatabase(async () => {
      const write = database.transaction('lock', 'readwrite', STRICT);
      await Promise.all([write.store.put(lock, 'lock'), write.done]);
    });
    return { ok: true };
  } finally {
    database.close();
  }
}

function openKeys(name: string): Promise<IDBPDatabase<KeysSchema>> {
  return openDB<KeysSchema>(`${name}-keys`, 1, {
    upgrade(database) {
      for (const store of ['lock', 'tries', 'signer', 'agreement'] as const) {
        database.createObjectStore(store);
      }
    },
  });
}

function makeKeystore(
  database: IDBPDatabase<KeysSchema>,
  dataKey: CryptoKey,
): Omit<Keystore, 'authorise'> {
  const signer: Keystore['signer'] = () =>
    onDatabase(async () => {
      const kept = await database.get('signer', 'signer');
      return kept && webCryptoSigner(kept.suite, kept.keyPair, kept.publicKey);
    });
  return {
    signer,
    async createSigner(suite) {
      const made = await generateSigningKeyPair(suite, { extractable: false });
      await keepFirst(database, 'signer', { ...made, suite });
      const kept = await signer();
      if (kept === undefined) throw new WalletError('wallet/store_failed', 'no signing key');
      return kept;
    },
    createAgreementKey: () =>
      onDatabase(async () => {
        const key = await generateEcdhKeyPair({ extractable: false });
        const write = database.transaction('agreement', 'readwrite', STRICT);
        await Promise.all([write.store.add(key, hex(key.publicKey)), write.done]);
        return key.publicKey;
      }),
    agreementKeys: () =>
      onDatabase(async () => (await database.getAllKeys('agreement')).map(fromHex)),
    async open(publicKey, sealed, bind) {
      const key = await onDatabase(() => database.get('agreement', hex(publicKey)));
      if (key === undefined) return failure('sealed/open_failed', 'the key is gone');
      return openSealed(sealed, { ...key, bind });
    },
    deleteAgreementKey: (publicKey) =>
      onDatabase(async () => {
        const write = database.transaction('agreement', 'readwrite', STRICT);
        await Promise.all([write.store.delete(hex(publicKey)), write.done]);
      }),
    seal: (plaintext, associated) => sealWith(dataKey, plaintext, associated),
    unseal: (sealed, associated) => unsealWith(dataKey, sealed, associated),
  };
}

async function createLock(database: IDBPDatabase<KeysSchema>, pin: string): Promise<void> {
  const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  await keepFirst(database, 'lock', await lockUnder(pin, raw));
}

/** A lock on the data key, with a device secret of its own. */
async function lockUnder(pin: string, raw: Uint8Array): Promise<Lock> {
  const secret = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const opener = { secret, salt, iterations: PBKDF2_ITERATIONS };
  const sealed = await sealWith(await keyFromPin(pin, opener), raw, ASSOCIATED);
  return { ...opener, sealed };
}

/** Of two tabs that set up one wallet, the slower uses what the faster made. */
async function keepFirst<S extends 'lock' | 'signer'>(
  database: IDBPDatabase<KeysSchema>,
  store: S,
  value: KeysSchema[S]['value'],
): Promise<void> {
  await onDatabase(async () => {
    const write = database.transaction(store, 'readwrite', STRICT);
    if ((await write.store.getKey(store)) === undefined) await write.store.put(value, store);
    await write.done;
  });
}

/** Counts the try on the disk, then tries: neither a reload nor two tabs guess for free. */
async function tryPin(
  database: IDBPDatabase<KeysSchema>,
  pin: string,
  now: number,
): Promise<Outcome<{ readonly raw: Uint8Array }>> {
  const { record, refusal } = await onDatabase(async () => {
    const write = database.transaction('tries', 'readwrite', STRICT);
    const begun = beginTry((await write.store.get('tries')) ?? NO_TRIES, now);
    await write.store.put(begun.record, 'tries');
    await write.done;
    return begun;
  });
  if (refusal !== undefined) return refusal;
  const lock = await onDatabase(() => database.get('lock', 'lock'));
  if (lock === undefined || lock.iterations > MAX_PBKDF2_ITERATIONS) {
    throw new WalletError('wallet/store_damaged', 'the keystore has no usable lock');
  }
  const raw = await unsealWith(await keyFromPin(pin, lock), lock.sealed, ASSOCIATED);
  if (raw === undefined) return wrongPin(record);
  await onDatabase(() => database.delete('tries', 'tries'));
  return { ok: true, raw };
}

async function keyFromPin(
  pin: string,
  { secret, salt, iterations }: Omit<Lock, 'sealed'>,
): Promise<CryptoKey> {
  const bytes = new Uint8Array(utf8(pin.normalize('NFKC')));
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
  const cost = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(salt), iterations };
  const stretched = await crypto.subtle.deriveBits(cost, base, KEY_BYTES * 8);
  return importAesKey(new Uint8Array(await crypto.subtle.sign('HMAC', secret, stretched)));
}

import { hex } from '@sikka/protocol';
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import { refuse, WalletError } from '../../errors.ts';
import { LOCK_WAIT_MS } from '../../limits.ts';
import type { StoreRecord, WalletStore } from '../../store/store.ts';

export interface IndexedDbStoreOptions {
  /** Names the databases `<name>` and `<name>-apart`, and the lock. */
  readonly name: string;
  readonly lockWaitMs?: number;
}

interface JournalSchema extends DBSchema {
  journal: {
    key: number;
    value: { position: number; sealed: Uint8Array; uniqueKeys: readonly string[] };
    indexes: { unique: string };
  };
}

interface ApartSchema extends DBSchema {
  apart: { key: string; value: Uint8Array };
}

/** Only `strict` is on the disk when the transaction completes; the default may lose it. */
const STRICT = { durability: 'strict' } as const;
const BULLETIN = 'bulletin';
const WITNESS = 'witness';

/**
 * The journal in IndexedDB: positions are keys and unique keys a unique index, so a second tab
 * cannot take either, and Web Locks let one tab write at a time. The bulletin and a witness are in
 * a database of their own, which an app's backup leaves out.
 * @throws WalletError `wallet/store_failed`
 */
export async function openIndexedDbStore(options: IndexedDbStoreOptions): Promise<WalletStore> {
  const { name, lockWaitMs = LOCK_WAIT_MS } = options;
  const journal = await onDatabase(() =>
    openDB<JournalSchema>(name, 1, {
      upgrade(database) {
        const store = database.createObjectStore('journal', { keyPath: 'position' });
        store.createIndex('unique', 'uniqueKeys', { unique: true, multiEntry: true });
      },
    }),
  );
  const apart = await onDatabase(() =>
    openDB<ApartSchema>(`${name}-apart`, 1, {
      upgrade: (database) => void database.createObjectStore('apart'),
    }),
  );
  return {
    readFrom: (position) =>
      onDatabase(async () => {
        const records = await journal.getAll('journal', IDBKeyRange.lowerBound(position));
        return records.map(({ sealed }) => sealed);
      }),
    append: (position, records) => onDatabase(() => append(journal, position, records)),
    async exclusive(work) {
      const ended = new AbortController();
      const timer = setTimeout(() => {
        ended.abort();
      }, lockWaitMs);
      const entered = async () => {
        clearTimeout(timer);
        return { ok: true as const, value: await work() };
      };
      try {
        const { signal } = ended;
        return await navigator.locks.request(`sikka-wallet:${name}`, { signal }, entered);
      } catch (error) {
        if (!ended.signal.aborted) throw error;
        return refuse('wallet/store_busy', 'another tab is writing');
      } finally {
        clearTimeout(timer);
      }
    },
    readApart: () => onDatabase(() => apart.get('apart', BULLETIN)),
    writeApart: (value) => onDatabase(() => putApart(apart, BULLETIN, value)),
    witness: {
      read: () => onDatabase(() => apart.get('apart', WITNESS)),
      write: (value) => onDatabase(() => putApart(apart, WITNESS, value)),
    },
    async close() {
      journal.close();
      apart.close();
    },
  };
}

async function putApart(
  apart: IDBPDatabase<ApartSchema>,
  key: string,
  value: Uint8Array,
): Promise<void> {
  const write = apart.transaction('apart', 'readwrite', STRICT);
  await Promise.all([write.store.put(value, key), write.done]);
}

async function append(
  database: IDBPDatabase<JournalSchema>,
  position: number,
  records: readonly StoreRecord[],
): Promise<'appended' | 'conflict'> {
  const write = database.transaction('journal', 'readwrite', STRICT);
  // Where an add fails, this fails with it and nobody waits for it.
  write.done.catch(() => undefined);
  try {
    if ((await write.store.count()) !== position) {
      await write.done;
      return 'conflict';
    }
    for (const [index, { sealed, uniqueKeys }] of records.entries()) {
      await write.store.add({
        position: position + index,
        sealed,
        uniqueKeys: uniqueKeys.map(hex),
      });
    }
    await write.done;
    return 'appended';
  } catch (error) {
    // A key or a unique key is taken; the whole transaction is undone.
    if (isNamed(error, 'ConstraintError')) return 'conflict';
    throw error;
  }
}

/** What the browser refuses (no space, a private window) is the store's failure. */
export async function onDatabase<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new WalletError('wallet/store_failed', `${error.name}: ${error.message}`);
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

import { openDB } from 'idb';
import type { DBSchema } from 'idb';
import { utf8 } from '@sikka/protocol';
import type { Keystore } from '@sikka/wallet/payer';

interface DrawerSchema extends DBSchema {
  sealed: { key: string; value: Uint8Array };
}

/** What the app keeps besides the journal, and under which name. Each value is JSON, sealed. */
export type DrawerName =
  | 'session'
  | 'pinChange'
  | 'profile'
  | 'online'
  | 'transfers'
  | 'lastSync'
  | 'till'
  | 'onlineOrder'
  | 'move'
  | 'receipts'
  | 'withdrawal'
  | 'topUp'
  | 'phones'
  | 'journal'
  | 'witness';

/** Small values under the keystore's data key: a dump of the database shows names and sizes. */
export interface Drawer {
  /** Undefined where there is none, or where it was sealed under another key. */
  get<T>(name: DrawerName): Promise<T | undefined>;
  put(name: DrawerName, value: unknown): Promise<void>;
  remove(name: DrawerName): Promise<void>;
}

export interface DrawerParts {
  /** Names the database. */
  readonly name: string;
  readonly keystore: Pick<Keystore, 'seal' | 'unseal'>;
}

const associated = (name: string) => utf8(`sikka/app/drawer/v1/${name}`);

/** Rejects where the browser gives no database. */
export async function openDrawer({ name, keystore }: DrawerParts): Promise<Drawer> {
  const database = await openDB<DrawerSchema>(name, 1, {
    upgrade: (fresh) => void fresh.createObjectStore('sealed'),
  });
  return {
    async get<T>(key: DrawerName) {
      const sealed = await database.get('sealed', key);
      const plain = sealed && (await keystore.unseal(sealed, associated(key)));
      // Sealed by this app under this name: its shape is what was put.
      return plain && (JSON.parse(new TextDecoder().decode(plain)) as T);
    },
    async put(key, value) {
      const sealed = await keystore.seal(utf8(JSON.stringify(value)), associated(key));
      await database.put('sealed', sealed, key);
    },
    remove: (key) => database.delete('sealed', key),
  };
}

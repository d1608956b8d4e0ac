/** Where it is written that everything here is to go: read before anything opens. */
const MARK = 'sikka.wipe';
const INSTALLATION = 'sikka.installation';
/** Where a sealed witness of the payer's journal is (wallet/witness-places.ts). */
export const WITNESS_KEY = 'sikka.witness';
const KNOWN = [
  ...['sikka-payer', 'sikka-payer-apart', 'sikka-payer-keys'],
  ...['sikka-till', 'sikka-till-apart', 'sikka-till-keys'],
  ...['sikka-drawer', 'sikka-fingerprint'],
];

export type WipeShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Says that everything goes. It goes when the app starts the next time: databases that are open,
 * here or in another tab, cannot be deleted, and a start that is interrupted begins again.
 */
export function markToWipe(shelf: WipeShelf): void {
  shelf.setItem(MARK, 'everything');
}

/** Deletes all that this app keeps besides settings, where that was said. */
export async function wipeIfMarked(
  shelf: WipeShelf,
  databases: Pick<IDBFactory, 'databases' | 'deleteDatabase'>,
): Promise<void> {
  if (shelf.getItem(MARK) === null) return;
  for (const name of await namesOf(databases)) await deleteOne(databases, name);
  shelf.removeItem(INSTALLATION);
  shelf.removeItem(WITNESS_KEY);
  shelf.removeItem(MARK);
}

/** Firefox before 126 does not tell: then those that there can be. */
async function namesOf(databases: Pick<IDBFactory, 'databases'>): Promise<readonly string[]> {
  if (!('databases' in databases)) return KNOWN;
  const named = await databases.databases();
  return named.map(({ name = '' }) => name).filter((name) => name.startsWith('sikka-'));
}

/** Another tab that has it open is about to start anew as well, so it is waited for. */
function deleteOne(databases: Pick<IDBFactory, 'deleteDatabase'>, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = databases.deleteDatabase(name);
    request.onsuccess = () => {
      resolve();
    };
    request.onerror = () => {
      reject(request.error ?? new Error(`${name} was not deleted`));
    };
  });
}

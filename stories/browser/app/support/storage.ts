import type { Page } from 'playwright-core';

/** All that the browser keeps for this page, as one text: databases and small settings. */
export async function readStorage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts: string[] = [];
    const answered = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error('a database cannot be read'));
        };
      });
    const take = (value: unknown): void => {
      if (value instanceof CryptoKey) {
        const isOpen = value.type !== 'public' && value.extractable;
        texts.push(`${value.type} key${isOpen ? ', extractable' : ''}`);
        return;
      }
      if (value instanceof Uint8Array) texts.push(String.fromCharCode(...value));
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(take);
      else texts.push(String(value));
    };
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await answered(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        const [values, keys] = [answered(rows.getAll()), answered(rows.getAllKeys())];
        take(await values);
        take(await keys);
      }
      database.close();
    }
    take(Object.entries(localStorage));
    take(Object.entries(sessionStorage));
    return texts.join('\n');
  });
}

interface JournalRow {
  readonly position: number;
  readonly sealed: Uint8Array;
  readonly uniqueKeys: readonly string[];
}

/** The rows of the payer's journal, and of nothing else. */
export interface JournalCopy {
  readonly rows: readonly (Omit<JournalRow, 'sealed'> & { readonly sealed: readonly number[] })[];
}

/** Copies the payer's journal out of the browser. */
export async function copyJournal(page: Page): Promise<JournalCopy> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('sikka-payer');
      opening.onsuccess = () => {
        resolve(opening.result);
      };
      opening.onerror = () => {
        reject(new Error('no journal'));
      };
    });
    const rows = await new Promise<readonly JournalRow[]>((resolve) => {
      const all = database.transaction('journal').objectStore('journal').getAll();
      all.onsuccess = () => {
        resolve(all.result as readonly JournalRow[]);
      };
    });
    database.close();
    return { rows: rows.map((row) => ({ ...row, sealed: [...row.sealed] })) };
  });
}

/** Puts it back as it was, and leaves everything else that the browser keeps alone. */
export async function putBackJournal(page: Page, copy: JournalCopy): Promise<void> {
  await page.evaluate(async ({ rows }) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('sikka-payer');
      opening.onsuccess = () => {
        resolve(opening.result);
      };
    });
    await new Promise<void>((resolve, reject) => {
      const write = database.transaction('journal', 'readwrite');
      write.oncomplete = () => {
        resolve();
      };
      write.onerror = () => {
        reject(new Error('the journal was not put back'));
      };
      const journal = write.objectStore('journal');
      journal.clear();
      for (const row of rows) journal.add({ ...row, sealed: Uint8Array.from(row.sealed) });
    });
    database.close();
  }, copy);
}

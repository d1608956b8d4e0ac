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
      if (value instanceof CryptoKey) return;
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

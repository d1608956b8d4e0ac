/** Browsers: the journal in IndexedDB, keys that WebCrypto does not give out. */
export { openIndexedDbStore } from './browser/indexeddb-store.ts';
export type { IndexedDbStoreOptions } from './browser/indexeddb-store.ts';
export {
  changeBrowserPin,
  openBrowserKeystore,
  readBrowserKeystore,
} from './browser/webcrypto-keystore.ts';
export type { BrowserKeystoreOptions, KeystoreStanding } from './browser/webcrypto-keystore.ts';

/** Node: a journal file with its lock, keys in files under a PIN. */
export { openNodeStore } from './node/node-store.ts';
export type { NodeStoreOptions } from './node/node-store.ts';
export { openNodeKeystore } from './node/node-keystore.ts';
export type { NodeKeystoreOptions } from './node/node-keystore.ts';

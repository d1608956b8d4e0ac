import {
  failure,
  fromHex,
  generateEcdhKeyPair,
  generateSigningKeyPair,
  hex,
  open as openSealed,
  webCryptoSigner,
} from '@sikka/protocol';
import type { EcdhKeyPair, Signer } from '@sikka/protocol';
import { importAesKey, sealWith, unsealWith } from '../keystore/aes-gcm.ts';
import type { Keystore } from '../keystore/keystore.ts';
import { makeQueue } from '../queue.ts';
import type { StoreRecord, WalletStore } from '../store/store.ts';

/** What a memory store writes on; outlives the instances opened on it. */
export interface MemoryDisk {
  readonly records: StoreRecord[];
  readonly uniqueKeys: Set<string>;
  apart: Uint8Array | undefined;
  readonly queue: ReturnType<typeof makeQueue>;
}

export function createMemoryDisk(): MemoryDisk {
  return { records: [], uniqueKeys: new Set(), apart: undefined, queue: makeQueue() };
}

/** A store that is gone with the process: for simulations and tests. */
export function openMemoryStore(disk: MemoryDisk = createMemoryDisk()): WalletStore {
  return {
    readFrom: async (position) => disk.records.slice(position).map(({ sealed }) => sealed),
    async append(position, records) {
      const keys = records.flatMap(({ uniqueKeys }) => uniqueKeys.map(hex));
      const repeats = keys.some((key) => disk.uniqueKeys.has(key));
      if (position !== disk.records.length || repeats) return 'conflict';
      disk.records.push(...records);
      for (const key of keys) disk.uniqueKeys.add(key);
      return 'appended';
    },
    exclusive: async (work) => ({ ok: true, value: await disk.queue(work) }),
    readApart: async () => disk.apart,
    async writeApart(value) {
      disk.apart = value;
    },
    close: async () => undefined,
  };
}

/** Keys that are gone with the process, and no PIN: for simulations and tests. */
export async function createMemoryKeystore(): Promise<Keystore> {
  const dataKey = await importAesKey(crypto.getRandomValues(new Uint8Array(32)));
  const agreement = new Map<string, EcdhKeyPair>();
  let signer: Signer | undefined;
  return {
    signer: async () => signer,
    async createSigner(suite) {
      const { keyPair, publicKey } = await generateSigningKeyPair(suite, { extractable: false });
      signer ??= webCryptoSigner(suite, keyPair, publicKey);
      return signer;
    },
    authorise: async () => undefined,
    async createAgreementKey() {
      const key = await generateEcdhKeyPair({ extractable: false });
      agreement.set(hex(key.publicKey), key);
      return key.publicKey;
    },
    agreementKeys: async () => [...agreement.keys()].map(fromHex),
    async open(publicKey, sealed, bind) {
      const key = agreement.get(hex(publicKey));
      if (key === undefined) return failure('sealed/open_failed', 'the key is gone');
      return openSealed(sealed, { ...key, bind });
    },
    async deleteAgreementKey(publicKey) {
      agreement.delete(hex(publicKey));
    },
    seal: (plaintext, associated) => sealWith(dataKey, plaintext, associated),
    unseal: (sealed, associated) => unsealWith(dataKey, sealed, associated),
  };
}

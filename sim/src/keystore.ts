import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes, failure, fromHex, hex, open as openSealed } from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import type { WalletParts } from '@sikka/wallet/payer';
import type { Fuse } from './fuse.ts';
import { derivePointPair, deriveSigner } from './keys.ts';
import type { PointPair, SeededSuite } from './keys.ts';
import type { RandomSource } from './random.ts';

type Keystore = WalletParts['keystore'];

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What lies in a phone's secure hardware: it outlives the process and the disk. */
export interface Vault {
  readonly suite: SeededSuite;
  readonly dataKey: Uint8Array;
  signer: Signer | undefined;
  readonly agreement: Map<string, PointPair>;
  readonly random: RandomSource;
  /** What it keeps of the journal (spec/journal.md 9), in phones that can. */
  readonly witness: { value: Uint8Array | undefined } | undefined;
}

/** Of 256 phones so many can keep a witness apart from what a backup restores. */
const WITNESSED = 96;

export function createVault(suite: SeededSuite, random: RandomSource): Vault {
  const dataKey = random.randomBytes(32);
  const witness = (dataKey[0] ?? 0) < WITNESSED ? { value: undefined } : undefined;
  return { suite, dataKey, signer: undefined, agreement: new Map(), random, witness };
}

/** The keys as a thief copies them out of hardware that does not protect them. */
export function cloneVault(vault: Vault, random: RandomSource): Vault {
  const witness = vault.witness && { ...vault.witness };
  return { ...vault, agreement: new Map(vault.agreement), random, witness };
}

/** Where a wallet keeps its witness; none on phones that cannot. */
export function witnessesOf({ witness }: Vault): NonNullable<WalletParts['witnesses']> {
  if (witness === undefined) return [];
  const write = async (value: Uint8Array) => void (witness.value = value);
  return [{ read: async () => witness.value, write }];
}

/** The wallet's port to the vault; every change is a step at which the process can die. */
export function openVault(vault: Vault, fuse: Fuse): Keystore {
  return {
    signer: async () => vault.signer,
    createSigner: async () =>
      around(fuse, () => (vault.signer ??= deriveSigner(vault.suite, vault.random))),
    authorise: async () => undefined,
    createAgreementKey: async () =>
      around(fuse, () => {
        const pair = derivePointPair(vault.random);
        vault.agreement.set(hex(pair.publicKey), pair);
        return pair.publicKey;
      }),
    agreementKeys: async () => [...vault.agreement.keys()].map(fromHex),
    async open(publicKey, sealed, bind) {
      const pair = vault.agreement.get(hex(publicKey));
      if (pair === undefined) return failure('sealed/open_failed', 'the key is gone');
      return openSealed(sealed, { privateKey: pair.scalar, publicKey, bind });
    },
    deleteAgreementKey: async (publicKey) => {
      around(fuse, () => vault.agreement.delete(hex(publicKey)));
    },
    seal: async (plaintext, associated) => {
      const nonce = vault.random.randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', vault.dataKey, nonce).setAAD(associated);
      const sealed = concatBytes(cipher.update(plaintext), cipher.final());
      return concatBytes(nonce, sealed, cipher.getAuthTag());
    },
    unseal: async (sealed, associated) => unseal(vault.dataKey, sealed, associated),
  };
}

function unseal(
  key: Uint8Array,
  sealed: Uint8Array,
  associated: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const opening = createDecipheriv('aes-256-gcm', key, nonce)
    .setAAD(associated)
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const ciphertext = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
    return concatBytes(opening.update(ciphertext), opening.final());
  } catch {
    return undefined;
  }
}

function around<T>(fuse: Fuse, work: () => T): T {
  fuse.burn('key:before');
  const result = work();
  fuse.burn('key:after');
  return result;
}

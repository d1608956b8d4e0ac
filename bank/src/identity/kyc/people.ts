import { randomUUID } from 'node:crypto';
import type { KYC_ROLES, KYC_STATUSES } from '@sikka/api';
import { keyHash } from '@sikka/protocol';
import type { Db, Tx } from '../../db/index.ts';
import type { KeyVault } from '../../keys/index.ts';
import { contextOf } from './sealed-rows.ts';
import { insertUser, readUser, readUsers, updateStatus } from './store.ts';
import type { KycRow } from './store.ts';

export type KycRole = (typeof KYC_ROLES)[number];
export type KycStatus = (typeof KYC_STATUSES)[number];

/** What a person says of himself when registering. */
export interface KycPerson {
  readonly fullName: string;
  /** An e-mail address or a phone number, as written. */
  readonly contact: string;
}

export interface KycUser extends Omit<KycRow, 'sealed'> {
  /** Undefined once the person was erased. */
  readonly person: KycPerson | undefined;
}

export interface Kyc {
  /** Undefined, and nothing is done, where the key is somebody's already. */
  register(
    tx: Tx,
    user: KycPerson & {
      readonly role: KycRole;
      readonly bankId: string | undefined;
      /** P-256, compressed. */
      readonly publicKey: Uint8Array;
    },
    at: Date,
  ): Promise<string | undefined>;
  find(db: Db, userId: string): Promise<KycUser | undefined>;
  /** As `find`, the row locked until the transaction ends: before its limit wallet is. */
  lock(tx: Tx, userId: string): Promise<KycUser | undefined>;
  /** Newest first, at most `limit`. */
  list(
    db: Db,
    page: { readonly status: KycStatus | undefined; readonly limit: number },
  ): Promise<readonly KycUser[]>;
  decide(
    tx: Tx,
    no: bigint,
    decision: {
      readonly status: KycStatus;
      readonly notes: string | undefined;
      readonly accountId: bigint | undefined;
      readonly at: Date;
    },
  ): Promise<void>;
}

/** Names and contacts are sealed by the vault, each row's in its own context. */
export function createKyc({ vault }: { readonly vault: KeyVault }): Kyc {
  const open = async ({ sealed, ...row }: KycRow): Promise<KycUser> => {
    if (sealed === undefined) return { ...row, person: undefined };
    const plain = Buffer.from(await vault.open(sealed, contextOf(row.userId)));
    // Sealed by `register` and by nobody else.
    return { ...row, person: JSON.parse(plain.toString('utf8')) as KycPerson };
  };
  const openMaybe = async (row: KycRow | undefined) => (row === undefined ? undefined : open(row));
  return {
    register: async (tx, { fullName, contact, role, bankId, publicKey }, at) => {
      const userId = randomUUID();
      const person: KycPerson = { fullName, contact };
      const sealed = await vault.seal(Buffer.from(JSON.stringify(person)), contextOf(userId));
      const keyId = keyHash('ES256', publicKey);
      const row = { userId, sealed, vault: vault.name, role, bankId, publicKey, keyId };
      return (await insertUser(tx, row, at)) ? userId : undefined;
    },
    find: async (db, userId) => openMaybe(await readUser(db, userId, 'plain')),
    lock: async (tx, userId) => openMaybe(await readUser(tx, userId, 'locked')),
    list: async (db, page) => Promise.all((await readUsers(db, page)).map(open)),
    decide: (tx, no, decision) => updateStatus(tx, no, decision),
  };
}

import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { record } from '../audit/index.ts';
import type { Db, Pool, Tx } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import type { KeyVault } from '../keys/index.ts';
import { announceAccount, disableWebhooksOf, forgetTold } from '../notify/index.ts';
import { accountById, openAccount } from './accounts.ts';
import type { AccountRecord, NewAccount } from './accounts.ts';
import { emailLookup } from './emails.ts';
import { limits } from './limits.ts';
import { openProfile, resealProfile, sealProfile } from './personal-data.ts';
import type { Profile } from './personal-data.ts';
import { byPhones, parsePhone, phoneLookup, verifyPhone } from './phones.ts';
import type { Changing, PhoneChange, PhoneVerified } from './phones.ts';
import { lockById, readAccounts, updateStatus } from './store/accounts.ts';
import * as store from './store/people.ts';

export type Language = 'en' | 'ur';

export interface NewPerson extends Omit<NewAccount, 'publicId'> {
  /** Default: drawn. */
  readonly publicId?: string;
  readonly profile: Profile;
  readonly language?: Language;
  /** Where somebody else has seen that the address is theirs. */
  readonly emailVerified?: boolean;
}

/** What is known of a person beside the account. */
export interface Person {
  readonly profile: Profile;
  readonly language: Language;
  readonly emailVerified: boolean;
  /** When somebody of the bank saw that the person answers at the profile’s number. */
  readonly phoneVerifiedAt: Date | undefined;
  readonly holdUntil: Date | undefined;
}

/** Why and by whom an account is blocked or released; the reason is shown to its owner. */
export interface StatusChange {
  readonly reason: string;
  /** As audit events name it: `account:risk-1`, `system`. */
  readonly actor: string;
  readonly now: Date;
}

/** The persons behind the accounts. Their data is sealed from the first row on. */
export interface People {
  /** Undefined where the public id or the address is taken; then nothing is written. */
  open(tx: Tx, person: NewPerson, at: Date): Promise<AccountRecord | undefined>;
  /** Whoever else asks for this address waits until the transaction ends. */
  lockEmail(tx: Tx, email: string): Promise<void>;
  byEmail(db: Db, email: string): Promise<AccountRecord | undefined>;
  /** Undefined for who has been erased, or was never described. */
  find(db: Db, accountId: bigint): Promise<Person | undefined>;
  findAll(db: Db, accountIds: readonly bigint[]): Promise<ReadonlyMap<bigint, Person>>;
  profile(db: Db, accountId: bigint): Promise<Profile | undefined>;
  /** False where a new address is another's; then nothing is changed. */
  update(tx: Tx, accountId: bigint, change: PersonChange): Promise<boolean>;
  /** The person answers at this number, or no longer at the one before. */
  verifyPhone(tx: Tx, accountId: bigint, change: PhoneChange): Promise<PhoneVerified>;
  /** Accounts whose verified number a text is, by the text. */
  byPhones(db: Db, texts: readonly string[], now: Date): Promise<ReadonlyMap<string, bigint>>;
  /** True the first time. */
  markEmailVerified(tx: Tx, accountId: bigint, at: Date): Promise<boolean>;
  /** Into review: nothing moves but what is pending. False where it was not active. */
  block(tx: Tx, accountId: bigint, change: StatusChange): Promise<boolean>;
  /** Back to active. False where it was not in review. */
  release(tx: Tx, accountId: bigint, change: StatusChange): Promise<boolean>;
  /** Not to be erased before; undefined ends that. False for who is erased already. */
  hold(tx: Tx, accountId: bigint, until: Date | undefined): Promise<boolean>;
  /** Forgets the person and closes the account; its records stay, under its number. */
  erase(tx: Tx, accountId: bigint, at: Date): Promise<boolean>;
  page(
    db: Db,
    page: { readonly limit: number; readonly before: bigint | undefined },
  ): Promise<readonly { readonly account: AccountRecord; readonly person: Person | undefined }[]>;
  /** Under what the address is found: 32 bytes that say nothing about it. */
  lookup(email: string): Uint8Array;
  /** Seals what older versions kept in the clear. Answers how many persons that were. */
  sealLeftovers(): Promise<number>;
}

export interface PersonChange extends Partial<Omit<Profile, 'phone'>> {
  /** Null takes it away. */
  readonly phone?: string | null;
  readonly language?: Language;
}

export interface PeopleDeps {
  readonly pool: Pool;
  readonly vault: KeyVault;
  /** The secret `email-lookup`, for addresses and numbers: each is framed by what it is. */
  readonly lookupKey: KeyObject;
}

export function createPeople({ pool, vault, lookupKey }: PeopleDeps): People {
  const lookup = (email: string) => emailLookup(lookupKey, email);
  const find = async (db: Db, accountId: bigint) => {
    const row = await store.readPerson(db, accountId);
    return row === undefined ? undefined : personOf(vault, row);
  };
  const findAll = async (db: Db, accountIds: readonly bigint[]) => {
    const rows = await store.readPeople(db, accountIds);
    const opened = await Promise.all(
      rows.map(async (row) => [row.accountId, await personOf(vault, row)] as const),
    );
    return new Map(opened);
  };
  return {
    lookup,
    find,
    findAll,
    open: (tx, person, at) => open({ tx, vault, lookup: lookup(person.profile.email) }, person, at),
    lockEmail: (tx, email) => store.lockLookup(tx, lookup(email)),
    byEmail: async (db, email) => {
      const id = await store.readIdByLookup(db, lookup(email));
      return id === undefined ? undefined : accountById(db, id);
    },
    profile: async (db, accountId) => (await find(db, accountId))?.profile,
    update: (tx, accountId, change) => update({ tx, vault, lookupKey }, accountId, change),
    verifyPhone: (tx, id, change) => verifyPhone({ tx, vault, lookupKey }, id, change),
    byPhones: (db, texts, now) => byPhones(db, lookupKey, { texts, now }),
    markEmailVerified: (tx, accountId, at) => store.updateEmailVerified(tx, accountId, at),
    block: (tx, accountId, change) => setStatus(tx, accountId, { ...change, to: 'review' }),
    release: (tx, accountId, change) => setStatus(tx, accountId, { ...change, to: 'active' }),
    hold: (tx, accountId, until) => store.updateHold(tx, accountId, until),
    erase,
    page: async (db, page) => {
      const accounts = await readAccounts(db, page);
      const people = await findAll(
        db,
        accounts.map(({ id }) => id),
      );
      return accounts.map((account) => ({ account, person: people.get(account.id) }));
    },
    sealLeftovers: () => sealLeftovers({ pool, vault, lookup }),
  };
}

async function open(
  on: { readonly tx: Tx; readonly vault: KeyVault; readonly lookup: Uint8Array },
  person: NewPerson,
  at: Date,
): Promise<AccountRecord | undefined> {
  const { tx, vault, lookup } = on;
  await store.lockLookup(tx, lookup);
  if ((await store.readIdByLookup(tx, lookup)) !== undefined) return undefined;
  const accountId = await openAccount(
    tx,
    { ...person, publicId: person.publicId ?? drawPublicId() },
    at,
  );
  if (accountId === undefined) return undefined;
  const sealed = await sealProfile(vault, accountId, person.profile);
  await store.insertPerson(tx, {
    accountId,
    lookup,
    emailVerifiedAt: person.emailVerified === true ? at : undefined,
    ...sealed,
    vault: vault.name,
    language: person.language ?? 'en',
  });
  return accountById(tx, accountId);
}

/** `u` and 26 base32 digits: 128 bits, so that nobody finds an account by counting. */
function drawPublicId(): string {
  const digits = 'abcdefghijklmnopqrstuvwxyz234567';
  let rest = BigInt(`0x${randomBytes(16).toString('hex')}`);
  let text = '';
  for (let place = 0; place < 26; place += 1) {
    text = `${digits.charAt(Number(rest & 31n))}${text}`;
    rest >>= 5n;
  }
  return `u${text}`;
}

async function personOf(vault: KeyVault, row: store.SealedPerson): Promise<Person> {
  return {
    profile: await openProfile(vault, row.accountId, row),
    language: row.language,
    emailVerified: row.emailVerifiedAt !== undefined,
    phoneVerifiedAt: row.phoneVerifiedAt,
    holdUntil: row.holdUntil,
  };
}

async function update(
  { tx, vault, lookupKey }: Changing,
  accountId: bigint,
  { language, phone, ...change }: PersonChange,
): Promise<boolean> {
  const lookup = (email: string) => emailLookup(lookupKey, email);
  // In the order in which `open` takes them: address, then person.
  if (change.email !== undefined) await store.lockLookup(tx, lookup(change.email));
  await store.lockPerson(tx, accountId);
  const row = await store.readPerson(tx, accountId);
  if (row === undefined) throw new Error('Nobody is there to be changed.');
  if (change.email !== undefined) {
    const owner = await store.readIdByLookup(tx, lookup(change.email));
    if (owner !== undefined && owner !== accountId) return false;
  }
  const before = await openProfile(vault, accountId, row);
  const { phone: had, ...rest } = { ...before, ...change };
  const has = phone === undefined ? had : (phone ?? undefined);
  const profile = { ...rest, ...(has === undefined ? {} : { phone: has }) };
  const number = has === undefined ? undefined : parsePhone(has);
  await store.updatePerson(tx, accountId, {
    lookup: lookup(profile.email),
    // Another number than the verified one is nobody’s.
    phoneLookup: number === undefined ? undefined : phoneLookup(lookupKey, number),
    sealed: await resealProfile(vault, accountId, { sealedKey: row.sealedKey, profile }),
    language: language ?? row.language,
  });
  return true;
}

async function setStatus(
  tx: Tx,
  accountId: bigint,
  change: StatusChange & { readonly to: 'review' | 'active' },
): Promise<boolean> {
  const { to, reason, actor, now } = change;
  const account = await lockById(tx, accountId);
  if (account?.status !== (to === 'review' ? 'active' : 'review')) return false;
  const blocked = to === 'review';
  await updateStatus(tx, accountId, {
    status: to,
    reason: blocked ? reason : undefined,
    blockedAt: blocked ? now : undefined,
  });
  const action = blocked ? 'account.block' : 'account.release';
  const subject = `account:${account.publicId}`;
  await record(tx, [{ actor, action, subject, outcome: to, details: { reason } }], now);
  await announceAccount(tx, accountId, now);
  // Whoever had the account may have had its events told elsewhere.
  if (blocked) await disableWebhooksOf(tx, accountId, now);
  return true;
}

async function erase(tx: Tx, accountId: bigint, at: Date): Promise<boolean> {
  const account = await lockById(tx, accountId);
  if (account === undefined || !(await store.erasePerson(tx, accountId, at))) return false;
  const change = { status: 'closed', reason: 'erased', blockedAt: undefined };
  await updateStatus(tx, accountId, change);
  await forgetTold(tx, accountId);
  return true;
}

async function sealLeftovers(on: {
  readonly pool: Pool;
  readonly vault: KeyVault;
  readonly lookup: (email: string) => Uint8Array;
}): Promise<number> {
  const { pool, vault, lookup } = on;
  for (let sealed = 0; ;) {
    const taken = await inTransaction(pool, async (tx) => {
      const leftovers = await store.takeLeftovers(tx, limits.sealedAtOnce);
      for (const { accountId, email, name, phone, createdAt } of leftovers) {
        const profile = { email, name, ...(phone === undefined ? {} : { phone }) };
        await store.insertPerson(tx, {
          accountId,
          lookup: lookup(email),
          // Older versions knew no address that nobody had verified.
          emailVerifiedAt: createdAt,
          ...(await sealProfile(vault, accountId, profile)),
          vault: vault.name,
          language: 'en',
        });
      }
      await store.clearLeftovers(
        tx,
        leftovers.map(({ accountId }) => accountId),
      );
      return leftovers.length;
    });
    sealed += taken;
    if (taken < limits.sealedAtOnce) return sealed;
  }
}

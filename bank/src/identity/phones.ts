import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { equalBytes, hex } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import type { Db, Tx } from '../db/index.ts';
import type { KeyVault } from '../keys/index.ts';
import { limits } from './limits.ts';
import { digestUnder, openProfile, resealProfile } from './personal-data.ts';
import { lockById } from './store/accounts.ts';
import * as store from './store/people.ts';

/** Who answers at which number, as somebody of the bank has seen (decisions/0031). */

export interface PhoneChange {
  /** E.164; undefined: the one before is the person’s no longer. */
  readonly phone: string | undefined;
  readonly reason: string;
  /** As audit events name it: `account:support-1`. */
  readonly actor: string;
  readonly now: Date;
  /** A second person wants the same: it may take the number away that stands verified. */
  readonly agreed?: true;
}

/**
 * `taken`: it stands verified for somebody else. `takes: 'two'`: it would free a number that stands
 * verified, for whoever is given it next (decisions/0031). Nothing is changed by either.
 */
export type PhoneVerified =
  | 'changed'
  | 'unchanged'
  | 'not_active'
  | 'taken'
  | {
      readonly takes: 'two';
      /**
       * What a second person has to want as well: digests under the person's own key, so that they
       * name no number to anybody, and nothing at all once that key is erased.
       */
      readonly content: { readonly freed: string; readonly phone: string | null };
    };

/** What changes to people’s rows are made with. */
export interface Changing {
  readonly tx: Tx;
  readonly vault: KeyVault;
  readonly lookupKey: KeyObject;
}

/**
 * A number as E.164 says it, where its text begins with `+` and the country: `+92 300 1234567` is
 * `+923001234567`. A national one could be somebody’s in any country, so it is undefined.
 */
export function parsePhone(text: string): string | undefined {
  if (!/^\+[0-9 ()-]{7,22}$/.test(text)) return undefined;
  const digits = text.replaceAll(/[^0-9]/g, '');
  return /^[1-9][0-9]{7,14}$/.test(digits) ? `+${digits}` : undefined;
}

/** Under what a number is found: HMAC-SHA-256, so that the table names nobody’s. */
export function phoneLookup(key: KeyObject, phone: string): Uint8Array {
  return createHmac('sha256', key).update(`phone\0${phone}`, 'utf8').digest();
}

export async function verifyPhone(
  { tx, vault, lookupKey }: Changing,
  accountId: bigint,
  { phone, reason, actor, now, agreed }: PhoneChange,
): Promise<PhoneVerified> {
  const lookup = phone === undefined ? undefined : phoneLookup(lookupKey, phone);
  // As everywhere: under what it is found, then the account, then the person.
  if (lookup !== undefined) await store.lockLookup(tx, lookup);
  const account = await lockById(tx, accountId);
  await store.lockPerson(tx, accountId);
  const row = await store.readPerson(tx, accountId);
  if (account === undefined || row === undefined) return 'not_active';
  // Taken away it can be from an account under review as well.
  if (phone !== undefined && account.status !== 'active') return 'not_active';
  if (phone === undefined && row.phoneVerifiedAt === undefined) return 'unchanged';
  const owner = lookup && (await store.readIdByPhone(tx, lookup));
  if (owner !== undefined && owner !== accountId) return 'taken';
  const had = row.phoneLookup;
  if (had !== undefined && agreed !== true && !(lookup && equalBytes(had, lookup))) {
    const digest = (of: Uint8Array) =>
      digestUnder(vault, accountId, { sealedKey: row.sealedKey, text: hex(of) });
    const phoneDigest = lookup === undefined ? null : await digest(lookup);
    return { takes: 'two', content: { freed: await digest(had), phone: phoneDigest } };
  }
  const before = await openProfile(vault, accountId, row);
  const profile = { ...before, ...(phone === undefined ? {} : { phone }) };
  const sealed = await resealProfile(vault, accountId, { sealedKey: row.sealedKey, profile });
  const verified = lookup && { lookup, at: now };
  await store.updatePhone(tx, accountId, { sealed, verified });
  const subject = `account:${account.publicId}`;
  const outcome = verified === undefined ? 'withdrawn' : 'verified';
  const event = { actor, action: 'account.phone_verified', subject, outcome, details: { reason } };
  await record(tx, [event], now);
  return 'changed';
}

export async function byPhones(
  db: Db,
  lookupKey: KeyObject,
  { texts, now }: { readonly texts: readonly string[]; readonly now: Date },
): Promise<ReadonlyMap<string, bigint>> {
  const asked = texts.flatMap((text) => {
    const phone = parsePhone(text);
    return phone === undefined ? [] : [{ text, lookup: phoneLookup(lookupKey, phone) }];
  });
  const since = new Date(now.getTime() - limits.phoneVerifiedMs);
  const lookups = asked.map(({ lookup }) => lookup);
  const owners = await store.readIdsByPhone(db, lookups, since);
  return new Map(
    asked.flatMap(({ text, lookup }): [string, bigint][] => {
      const owner = owners.get(hex(lookup));
      return owner === undefined ? [] : [[text, owner]];
    }),
  );
}

import type { Role } from '@sikka/api';
import { checkName, checkTown, foldName } from '@sikka/protocol';
import { record } from '../audit/index.ts';
import type { AccountStatus } from '../caller.ts';
import type { Db, Tx } from '../db/index.ts';
import {
  claimName,
  insertAccount,
  insertRoles,
  lockById,
  replaceRoles,
  readById,
  readByPublicId,
  updateVerifiedName,
} from './store/accounts.ts';

export interface VerifiedName {
  readonly name: string;
  readonly town: string;
}

/** What the bank acts by; what it knows of the person besides is in `People`. */
export interface AccountRecord {
  readonly id: bigint;
  /** The "account" of documents. */
  readonly publicId: string;
  /** What an operator has seen papers for: what payers are shown. */
  readonly verifiedName: VerifiedName | undefined;
  /** ISO 4217 numeric: the first currency. */
  readonly currency: number;
  readonly status: AccountStatus;
  readonly statusReason: string | undefined;
  readonly createdAt: Date;
  readonly roles: readonly Role[];
}

export interface NewAccount {
  /** `a-z`, `0-9`, dash and underscore, at most 64; never changes. */
  readonly publicId: string;
  /** Where an operator has seen papers for name and town. */
  readonly verifiedName?: VerifiedName;
  readonly currency: number;
  readonly roles: readonly Role[];
}

/** The new account's id, or undefined where the public id is taken. */
export async function openAccount(
  tx: Tx,
  account: NewAccount,
  at: Date,
): Promise<bigint | undefined> {
  const id = await insertAccount(tx, account, at);
  if (id !== undefined) await insertRoles(tx, id, account.roles, at);
  return id;
}

export async function findAccount(db: Db, publicId: string): Promise<AccountRecord | undefined> {
  return readByPublicId(db, publicId);
}

export async function accountById(db: Db, id: bigint): Promise<AccountRecord | undefined> {
  return readById(db, id);
}

/** Exactly these roles from now on. */
export async function setRoles(
  tx: Tx,
  id: bigint,
  roles: readonly Role[],
  at: Date,
): Promise<void> {
  await replaceRoles(tx, id, roles, at);
}

/** Why and by whom, as audit events name them: `account:support-1`. */
export interface NameVerification extends VerifiedName {
  readonly reason: string;
  readonly actor: string;
  readonly now: Date;
}

/**
 * Papers for this name and town were seen: payers are shown them from the next credential on.
 * Neither is in the audit event, which nobody can ever take back.
 */
export async function verifyName(
  tx: Tx,
  accountId: bigint,
  { name, town, reason, actor, now }: NameVerification,
): Promise<'verified' | 'unchanged' | 'not_active'> {
  const account = await lockById(tx, accountId);
  if (account?.status !== 'active') return 'not_active';
  const before = account.verifiedName;
  if (before?.name === name && before.town === town) return 'unchanged';
  await updateVerifiedName(tx, accountId, { name, town, at: now });
  const subject = `account:${account.publicId}`;
  const outcome = before === undefined ? 'verified' : 'changed';
  const event = { actor, action: 'account.name_verified', subject, outcome, details: { reason } };
  await record(tx, [event], now);
  return 'verified';
}

export type PayeeName =
  | { readonly ok: true; readonly name: string; readonly town: string }
  | { readonly ok: false; readonly code: 'name_unverified' | 'name_taken' };

/**
 * The verified name and town that a payer will be shown, claimed for this account and currency:
 * nobody else at this bank can have the same, compared after folding (spec/identifiers.md).
 */
export async function claimPayeeName(
  tx: Tx,
  claim: { readonly account: AccountRecord; readonly currency: number; readonly at: Date },
): Promise<PayeeName> {
  const { account, currency, at } = claim;
  if (account.verifiedName === undefined) return { ok: false, code: 'name_unverified' };
  const { name, town } = account.verifiedName;
  if (!checkName(name).ok || !checkTown(town).ok) return { ok: false, code: 'name_unverified' };
  const owner = await claimName(tx, {
    currency,
    nameFolded: foldName(name),
    townFolded: foldName(town),
    accountId: account.id,
    at,
  });
  if (owner !== account.id) return { ok: false, code: 'name_taken' };
  return { ok: true, name, town };
}

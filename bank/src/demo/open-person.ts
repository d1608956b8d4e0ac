import type { Role } from '@sikka/api';
import { record } from '../audit/index.ts';
import type { Tx } from '../db/index.ts';
import type { HashedPassword, Identity } from '../identity/index.ts';
import { post } from '../ledger/index.ts';
import { openHouseAccount, openWallet } from '../wallets/index.ts';

/** A person of the demo, with play money in the current wallet. */
export interface NewPerson {
  /** The public id: what tokens and documents name. */
  readonly account: string;
  readonly name: string;
  readonly town: string;
  readonly roles: readonly Role[];
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Minor units; may be 0. */
  readonly currentMinor: bigint;
  /** To sign in with; without one only tokens of the command line are theirs. */
  readonly password?: HashedPassword;
}

export type DemoDeps = Pick<Identity, 'people' | 'passwords'>;

/**
 * Opens a person's account with both wallets and play money out of the bank's cash. False, and
 * nothing is done, where the id is taken. Only ever called in demo mode.
 */
export async function openPerson(
  tx: Tx,
  person: NewPerson,
  on: DemoDeps & { readonly actor: string; readonly now: Date },
): Promise<boolean> {
  const { actor, now, people, passwords } = on;
  const { account: publicId, name, town, roles, currency, currentMinor } = person;
  const profile = { email: demoEmail(publicId), name };
  const verified = { verifiedName: { name, town }, emailVerified: true };
  const account = { publicId, profile, ...verified, currency, roles };
  const accountId = (await people.open(tx, account, now))?.id;
  if (accountId === undefined) return false;
  if (person.password !== undefined) await passwords.set(tx, accountId, person.password, now);
  const wallet = { accountId, currency, at: now };
  const current = await openWallet(tx, { ...wallet, kind: 'current' });
  await openWallet(tx, { ...wallet, kind: 'offline' });
  const event = { action: 'demo.account', subject: `account:${publicId}`, outcome: 'opened' };
  await record(tx, [{ actor, ...event, details: { minor: currentMinor } }], now);
  if (currentMinor === 0n) return true;
  const cash = await openHouseAccount(tx, { kind: 'bank_cash', currency, at: now });
  const deposit = {
    kind: 'deposit',
    currency,
    debit: cash,
    credit: current.ledgerAccount,
    amountMinor: currentMinor,
    reference: new TextEncoder().encode(`demo:${publicId}`),
  };
  const posted = await post(tx, [deposit], now);
  if (!posted.ok) throw new Error(`A demo deposit was refused: ${posted.code}.`);
  return true;
}

/** Nobody can be mailed there: the domain is for examples. */
export function demoEmail(account: string): string {
  return `${account}@example.com`;
}

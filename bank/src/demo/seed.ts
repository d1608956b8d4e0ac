import { record } from '../audit/index.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import { findAccount, openAccount } from '../identity/index.ts';
import { post } from '../ledger/index.ts';
import { openHouseAccount, openWallet } from '../wallets/index.ts';
import { DEMO_PEOPLE } from './people.ts';
import type { DemoPerson } from './people.ts';

const RUPEE = 586;

/** Makes whoever of the demo's people is missing, with their money. Answers how many it made. */
export async function seedDemo(pool: Pool, now: Date): Promise<number> {
  let made = 0;
  for (const person of DEMO_PEOPLE) {
    if (await inTransaction(pool, (tx) => seedPerson(tx, person, now))) made += 1;
  }
  return made;
}

async function seedPerson(tx: Tx, person: DemoPerson, now: Date): Promise<boolean> {
  if ((await findAccount(tx, person.account)) !== undefined) return false;
  const accountId = await openAccount(
    tx,
    {
      publicId: person.account,
      email: `${person.account}@example.com`,
      name: person.name,
      town: person.town,
      nameVerified: true,
      currency: RUPEE,
      roles: person.roles,
    },
    now,
  );
  // Another bank on this database was faster.
  if (accountId === undefined) return false;
  const wallet = { accountId, currency: RUPEE, at: now };
  const current = await openWallet(tx, { ...wallet, kind: 'current' });
  await openWallet(tx, { ...wallet, kind: 'offline' });
  const subject = `account:${person.account}`;
  const event = { actor: 'system', action: 'demo.seed', subject, outcome: 'opened' };
  await record(tx, [{ ...event, details: { minor: person.currentMinor } }], now);
  if (person.currentMinor === 0n) return true;
  const cash = await openHouseAccount(tx, { kind: 'bank_cash', currency: RUPEE, at: now });
  const deposit = {
    kind: 'deposit',
    currency: RUPEE,
    debit: cash,
    credit: current.ledgerAccount,
    amountMinor: person.currentMinor,
    reference: new TextEncoder().encode(`demo:${person.account}`),
  };
  const posted = await post(tx, [deposit], now);
  if (!posted.ok) throw new Error(`A demo deposit was refused: ${posted.code}.`);
  return true;
}

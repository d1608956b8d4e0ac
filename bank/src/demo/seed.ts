import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import { findAccount } from '../identity/index.ts';
import { openPerson } from './open-person.ts';
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
  // False as well where another bank on this database was faster.
  return openPerson(tx, { ...person, currency: RUPEE }, { actor: 'system', now });
}

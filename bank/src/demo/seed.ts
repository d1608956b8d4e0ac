import { inTransaction } from '../db/index.ts';
import type { Pool } from '../db/index.ts';
import { findAccount } from '../identity/index.ts';
import { seedOffline } from './offline-money.ts';
import { openPerson } from './open-person.ts';
import type { DemoDeps } from './open-person.ts';
import { DEMO_PASSWORD, DEMO_PEOPLE } from './people.ts';

const RUPEE = 586;

export interface SeedDeps extends DemoDeps {
  readonly pool: Pool;
}

/**
 * Makes whoever of the demo's people is missing, with their money and the demo's password, and what
 * sealed ledgers and tills need.
 * Answers how many it made.
 */
export async function seedDemo(deps: SeedDeps, now: Date): Promise<number> {
  const { pool, passwords } = deps;
  await seedOffline(pool, now);
  const known = await Promise.all(DEMO_PEOPLE.map(({ account }) => findAccount(pool, account)));
  if (known.every((account) => account !== undefined)) return 0;
  // One hash for all four: it takes a quarter of a second, and protects nothing.
  const hashed = await passwords.hash(DEMO_PASSWORD);
  if (!hashed.ok) throw new Error('Nobody can be signing in before the start.');
  let made = 0;
  for (const person of DEMO_PEOPLE.filter((_, index) => known[index] === undefined)) {
    const wanted = { ...person, currency: RUPEE, password: hashed.value };
    const by = { ...deps, actor: 'system', now };
    // False as well where another bank on this database was faster.
    if (await inTransaction(pool, (tx) => openPerson(tx, wanted, by))) made += 1;
  }
  return made;
}

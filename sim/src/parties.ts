import type { Random } from './random.ts';
import type { SeededSuite } from './keys.ts';

/** Somebody with an account, as a world begins. */
export interface PartyPlan {
  readonly account: string;
  readonly role: 'payer' | 'payee' | 'both';
  readonly thief: boolean;
  readonly balanceMinor: bigint;
  readonly suite: SeededSuite;
  /** Of its phone's clock: half of them are right to a few seconds. */
  readonly offsetSeconds: number;
  readonly driftPpm: number;
}

const HOUR = 3_600;

/** Who there is: at least two honest payers and payees, somebody who is both, perhaps thieves. */
export function drawParties(random: Random): readonly PartyPlan[] {
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${prefix}-${at + 1}`);
  const thieves = random.chance(0.7) ? random.between(1, 2) : 0;
  return [
    ...names('payer', random.between(2, 3)).map((name) => plan(random, name, 'payer')),
    ...names('payee', random.between(2, 3)).map((name) => plan(random, name, 'payee')),
    ...names('both', 1).map((name) => plan(random, name, 'both')),
    ...names('thief', thieves).map((name) => ({ ...plan(random, name, 'both'), thief: true })),
  ];
}

/** Somebody who comes later. */
export function drawParty(random: Random, account: string): PartyPlan {
  const thief = random.chance(0.4);
  const role = thief ? 'both' : random.pick(['payer', 'payee', 'both'] as const);
  return { ...plan(random, account, role), thief };
}

function plan(random: Random, account: string, role: PartyPlan['role']): PartyPlan {
  const isRight = random.chance(0.5);
  return {
    account,
    role,
    thief: false,
    balanceMinor: BigInt(random.between(50_000, 400_000)),
    suite: random.chance(0.7) ? 'ES256' : 'EdDSA',
    offsetSeconds: isRight ? random.between(-5, 5) : random.between(-48 * HOUR, 48 * HOUR),
    driftPpm: random.between(-200, 200),
  };
}

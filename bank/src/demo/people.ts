import type { Role } from '@sikka/api';
import { demoEmail } from './open-person.ts';

export interface DemoPerson {
  /** The public id: what tokens and documents name. */
  readonly account: string;
  readonly name: string;
  readonly town: string;
  readonly roles: readonly Role[];
  /** In the current wallet, PKR minor units. */
  readonly currentMinor: bigint;
  /** For the page, in words. */
  readonly has: string;
}

/** What the page shows of a demo's people: what they sign in with stands beside them. */
export function shownPeople() {
  return DEMO_PEOPLE.map(({ account, name, has }) => {
    return { account, name, has, email: demoEmail(account), password: DEMO_PASSWORD };
  });
}

/**
 * The password of everybody below: printed at every start and on the page, because it protects
 * play money only. No bank that is not a demo has anybody with it.
 */
export const DEMO_PASSWORD = 'Seven-Rivers-9';

/** Who there is in a demo. Nobody can be mailed or rung: the addresses are for examples. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    account: 'ayesha',
    name: 'Ayesha Bibi',
    town: 'Chakwal',
    roles: ['user'],
    currentMinor: 2_500_000n,
    has: 'Rs 25,000.00',
  },
  {
    account: 'bilal',
    name: 'Bilal Kiryana Store',
    town: 'Chakwal',
    roles: ['user', 'merchant'],
    currentMinor: 100_000n,
    has: 'Rs 1,000.00 and a shop',
  },
  {
    account: 'chaudhry',
    name: 'Chaudhry General Store',
    town: 'Chakwal',
    roles: ['user', 'merchant'],
    currentMinor: 100_000n,
    has: 'Rs 1,000.00 and a shop',
  },
  {
    account: 'operator',
    name: 'Demo Operator',
    town: 'Islamabad',
    roles: ['pay_admin'],
    currentMinor: 0n,
    has: 'the bank’s side',
  },
];

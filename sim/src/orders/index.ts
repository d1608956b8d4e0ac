import type { Act } from '../acts/act.ts';
import { everyWay, handInLedger, payByLedger } from './ledger-acts.ts';
import { decideReviews, suspend, topUp } from './operator-acts.ts';
import { stealByLedger } from './ledger-thieves.ts';
import { pushFromTill, sellAtTill } from './till-acts.ts';
import { heldBytes, stealByTill } from './till-thieves.ts';

/** What happens about orders, and how often, in worlds that have any. */
export const ORDER_ACTS: Readonly<Record<string, { readonly act: Act; readonly weight: number }>> =
  {
    'pay by ledger': { act: payByLedger, weight: 24 },
    'hand a ledger in': { act: handInLedger, weight: 18 },
    'an entry goes every way': { act: everyWay, weight: 5 },
    'a till sells': { act: sellAtTill, weight: 14 },
    'a till pushes': { act: pushFromTill, weight: 16 },
    'money for orders': { act: topUp, weight: 3 },
    'somebody is stopped': { act: suspend, weight: 4 },
    'reviews are decided': { act: decideReviews, weight: 9 },
    'thief steals by ledger': { act: stealByLedger, weight: 30 },
    'thief steals by till': { act: stealByTill, weight: 18 },
    'held bytes come again': { act: heldBytes, weight: 6 },
  };

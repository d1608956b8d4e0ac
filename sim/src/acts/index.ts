import * as thieves from '../thieves/index.ts';
import type { Act } from './act.ts';
import { payByKey, replaceKey } from './by-key.ts';
import { jumpClock, killPhone, restoreBackup, swizzleClog, turnWeather } from './faults.ts';
import {
  askAllowance,
  giveBack,
  passBulletin,
  refund,
  replacePhone,
  sync,
  syncTogether,
} from './keep.ts';
import {
  armBank,
  decideCases,
  issueBulletin,
  loseDevice,
  restartBank,
  rotateKey,
  work,
} from './operate.ts';
import { refundTogether } from './refunds-together.ts';
import { lastSecond } from './last-second.ts';
import { lateCopy } from './late-copy.ts';
import { moveIn } from './move-in.ts';
import { trade, tradeInTwoTabs, tradePrinted, tradeTwice } from './trade.ts';

interface Weighted {
  readonly act: Act;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
}

/** Everything that can happen, and how often. */
export const ACTS: Readonly<Record<string, Weighted>> = {
  trade: { act: trade, weight: 30 },
  'trade by printed code': { act: tradePrinted, weight: 5 },
  'trade twice': { act: tradeTwice, weight: 2 },
  'trade in two tabs': { act: tradeInTwoTabs, weight: 2 },
  'pay by a key': { act: payByKey, weight: 5 },
  'replace a key': { act: replaceKey, weight: 1 },
  sync: { act: sync, weight: 14 },
  'sync together': { act: syncTogether, weight: 2 },
  'ask for an allowance': { act: askAllowance, weight: 4 },
  'give an allowance back': { act: giveBack, weight: 2 },
  refund: { act: refund, weight: 3 },
  'refunds together': { act: refundTogether, weight: 1 },
  'pass a bulletin on': { act: passBulletin, weight: 2 },
  'somebody moves in': { act: moveIn, weight: 1 },
  'replace a phone': { act: replacePhone, weight: 2 },
  'wait for the last second': { act: lastSecond, weight: 2 },
  'a copy will come late': { act: lateCopy, weight: 1 },

  'kill a phone': { act: killPhone, weight: 2 },
  'restore a backup': { act: restoreBackup, weight: 1 },
  'set a clock': { act: jumpClock, weight: 2 },
  'turn the weather': { act: turnWeather, weight: 3 },
  'clog a part': { act: swizzleClog, weight: 1 },

  'bank works': { act: work, weight: 8 },
  'bank will die': { act: armBank, weight: 4 },
  'bank restarts': { act: restartBank, weight: 1 },
  'bank rotates its key': { act: rotateKey, weight: 1 },
  'bank issues a bulletin': { act: issueBulletin, weight: 1 },
  'bank revokes a device': { act: loseDevice, weight: 1 },
  'bank decides cases': { act: decideCases, weight: 1 },

  'thief clones': { act: thieves.clone, weight: 2 },
  'thief rolls back': { act: thieves.rollBack, weight: 1 },
  'thief spends twice': { act: thieves.doubleSpend, weight: 2 },
  'thief forges': { act: thieves.forge, weight: 2 },
  'thief mints': { act: thieves.mint, weight: 1 },
  'thief twists': { act: thieves.twist, weight: 5 },
  'thief replays': { act: thieves.replay, weight: 2 },
  'thief colludes': { act: thieves.collude, weight: 2 },
  'thief returns falsely': { act: thieves.lyingReturn, weight: 1 },
  'thief refunds falsely': { act: thieves.falseRefund, weight: 1 },
  'thief splits limits': { act: thieves.splitLimits, weight: 1 },
  'thief forks the past': { act: thieves.forkThePast, weight: 1 },
  'thief jumps to the last': { act: thieves.jumpToTheLast, weight: 1 },
  'thief forges a return': { act: thieves.forgeReturn, weight: 1 },
  'thief returns crookedly': { act: thieves.returnCrookedly, weight: 2 },
  'thief pays too late': { act: thieves.payTooLate, weight: 1 },
  'thief pays twice': { act: thieves.payTwice, weight: 2 },
  'false receipt': { act: thieves.showFalseReceipt, weight: 2 },
  'false bulletin': { act: thieves.showFalseBulletin, weight: 1 },
  'crooked refund': { act: thieves.crookedRefund, weight: 2 },
  'thief runs a ring': { act: thieves.ring, weight: 1 },
  'thief withholds': { act: thieves.withhold, weight: 1 },
  'thief steals by key': { act: thieves.stealByKey, weight: 2 },
  'thief races': { act: thieves.race, weight: 2 },
};

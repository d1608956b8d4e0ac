/** What thieves do: strategies over the same phones, and over bytes that no wallet would sign. */
export { stealByKey } from './by-key.ts';
export { clone, doubleSpend, rollBack } from './copies.ts';
export { forge, replay } from './forgers.ts';
export { mint } from './mint.ts';
export { race } from './race.ts';
export { collude, falseRefund, lyingReturn, ring, splitLimits, withhold } from './rings.ts';
export { twist } from './twist.ts';
export { payTooLate } from './late.ts';
export { returnCrookedly } from './returns.ts';
export { crookedRefund } from './crooked-refund.ts';
export { jumpToTheLast } from './jump.ts';
export {
  forgeReturn,
  forkThePast,
  payTwice,
  showFalseBulletin,
  showFalseReceipt,
} from './liars.ts';

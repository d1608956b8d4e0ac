/** Money from and to banks elsewhere. */
export { RAIL_CODES } from './errors.ts';
export type { RailCode } from './errors.ts';
export { openRail } from './open.ts';
export type { RailSettings } from './open.ts';
export type { BankRail, Payout, PayoutNews, RailAnswer, RailEars, RailNews } from './rail.ts';
export type { RailOrder, RailOutcome, SettleNews } from './rail.ts';
export { sealedPayees } from './sealed-rows.ts';
export { escapeXml } from './xml.ts';

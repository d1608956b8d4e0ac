/** Money in from banks elsewhere. */
export { RAIL_CODES } from './errors.ts';
export type { RailCode } from './errors.ts';
export { openRail } from './open.ts';
export type { RailSettings } from './open.ts';
export type { BankRail, RailAnswer, RailNews, RailOrder } from './rail.ts';
export type { RailOutcome, SettleNews } from './rail.ts';

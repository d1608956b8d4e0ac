/** Money in from banks elsewhere. */
export type { BankRail, RailAnswer, RailNews, RailOrder, RailOutcome, SettleNews } from './rail.ts';
export { createSimulatedRail } from './simulated.ts';
export { RAIL_CODES } from './errors.ts';
export type { RailCode } from './errors.ts';
export { createFileRail } from './files.ts';
export type { FileRailOptions } from './files.ts';

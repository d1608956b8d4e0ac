/** Money in from banks elsewhere. */
export type { BankRail, RailAnswer, RailNews, RailOrder, RailOutcome, SettleNews } from './rail.ts';
export { createSimulatedRail } from './simulated.ts';

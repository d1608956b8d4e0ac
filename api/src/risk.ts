/**
 * What is known of one item of an upload when it is scored, each a whole number from 0; rules
 * compare them. Published: a name keeps its meaning.
 */
export const RISK_FACTS = {
  own_float: '1 where the device debits its own tenant’s float, 0 where a person pays',
  cash_out: '1 for a cash-out',
  payer_hour: 'payments of the payer in the hour up to this one, without it',
  payer_day: 'payments of the payer in the day up to this one, without it',
  payer_payees_day: 'different payees of the payer in that day, without this one',
  payer_history: 'payments of the payer in the last 30 days that are known',
  payer_age_hours: 'hours since the payer’s account was opened',
  payer_hour_distance: 'hours between the time of day and the payer’s nearest habitual hour, to 12',
  new_payee: '1 where a payer with a history pays this payee for the first time',
  device_hour: 'items of the device in the hour up to this one, without it',
  device_day: 'items of the device in the day up to this one, without it',
  device_age_hours: 'hours since the device was registered',
  device_hour_distance: 'hours between the time of day and the device’s nearest habitual hour',
  amount_of_mean: 'the amount in percent of the payer’s mean; 0 without a history',
  amount_of_most: 'the amount in percent of the payer’s most; 0 without a history',
  amount_of_limit: 'the amount in percent of what the policy allows for one item',
  skew_seconds: 'how far the device’s clock was from the bank’s, either way',
  age_hours: 'hours from when the device says it happened to when it came in',
  chain_gap: 'entries missing before this one in its chain',
  sequence_faults: 'entries out of order, or numbers used twice',
  round_trips: 'payments back from payee to payer within a week',
  rings: 'ways by which money went from the payee through others to the payer within a week',
  failed_pins: 'wrong PINs at the device since its last upload',
} as const;

export type RiskFact = keyof typeof RISK_FACTS;

export const RISK_FACT_NAMES = Object.keys(RISK_FACTS) as readonly RiskFact[];

export const RISK_OPS = ['=', '!=', '<', '<=', '>', '>='] as const;
export type RiskOp = (typeof RISK_OPS)[number];

export const RISK_ACTIONS = ['accept', 'review', 'quarantine'] as const;
export type RiskAction = (typeof RISK_ACTIONS)[number];

export interface ClockReadings {
  /** The greatest time in a bank document this phone verified, in seconds. Kept; never advanced. */
  readonly lastBankTime: number;
  /** What the phone's own clock said when it saw that document, in seconds. */
  readonly phoneAtLast: number;
  /** What the phone's own clock says now, in seconds. */
  readonly phoneNow: number;
}

/**
 * The best bank time, in whole seconds: the greatest bank-signed time seen, advanced by the
 * phone's clock since then and never moved back (spec/judge.md §2). A lower bound only: a phone
 * set back, or switched off, makes it late, never early.
 */
export function bestBankTime({ lastBankTime, phoneAtLast, phoneNow }: ClockReadings): number {
  return lastBankTime + Math.max(0, Math.floor(phoneNow - phoneAtLast));
}

/** From the first moment to before the second. */
export interface Period {
  readonly from: Date;
  readonly until: Date;
}

export type PeriodCode =
  | 'statement/date_invalid'
  | 'statement/period_empty'
  | 'statement/period_too_long'
  | 'statement/too_long_ago'
  | 'statement/period_open';

export type ReadPeriod =
  { readonly ok: true; readonly value: Period } | { readonly ok: false; readonly code: PeriodCode };

const DAY_MS = 86_400_000;
const DAY = /^2\d{3}-\d\d-\d\d$/;
const TIME = /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/**
 * The period that somebody asked for, in days or times of UTC; it ends now at the latest. `lastDay`
 * is the one that is meant where `to` is left out, `usualDays` how many where `from` is. A period
 * that ended less than `closingMs` ago is open: something decided in it may be on its way. One that
 * ends now is told as it is.
 */
export function readPeriod(
  asked: { readonly from: string | undefined; readonly to: string | undefined },
  by: {
    readonly now: Date;
    readonly lastDay: Date;
    readonly usualDays: number;
    readonly mostDays: number;
    /** Days back from now that it may begin. */
    readonly pastDays: number;
    readonly closingMs?: number;
  },
): ReadPeriod {
  const given = asked.to === undefined ? startOfDay(by.lastDay) + DAY_MS : endOf(asked.to);
  if (given === undefined) return { ok: false, code: 'statement/date_invalid' };
  const usual = startOfDay(new Date(given - 1)) - (by.usualDays - 1) * DAY_MS;
  const from = asked.from === undefined ? usual : timeOf(asked.from);
  if (from === undefined) return { ok: false, code: 'statement/date_invalid' };
  if (given - from > by.mostDays * DAY_MS) {
    return { ok: false, code: 'statement/period_too_long' };
  }
  const now = by.now.getTime();
  if (from < now - by.pastDays * DAY_MS) return { ok: false, code: 'statement/too_long_ago' };
  const until = Math.min(given, now);
  if (from >= until) return { ok: false, code: 'statement/period_empty' };
  if (given <= now && now - given < (by.closingMs ?? 0)) {
    return { ok: false, code: 'statement/period_open' };
  }
  return { ok: true, value: { from: new Date(from), until: new Date(until) } };
}

/** A day is meant with all of it. */
function endOf(text: string): number | undefined {
  const time = timeOf(text);
  return time !== undefined && DAY.test(text) ? time + DAY_MS : time;
}

/** Undefined also for a day that there is not, such as 30 February. */
function timeOf(text: string): number | undefined {
  if (!DAY.test(text) && !TIME.test(text)) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return undefined;
  return time.toISOString().startsWith(text.slice(0, 19)) ? time.getTime() : undefined;
}

function startOfDay(time: Date): number {
  return Math.floor(time.getTime() / DAY_MS) * DAY_MS;
}

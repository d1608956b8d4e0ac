/** One of the seven days that end with a deadline. */
export interface DeadlineDayOf {
  /** Noon of it, in whole seconds since 1970: any time zone agrees on the day. */
  readonly at: number;
  readonly mark: 'gone' | 'now' | 'end' | undefined;
}

const DAY = 86_400;
const SHOWN = 7;

/** The seven days up to a deadline, as the phone's time zone has them; times in whole seconds. */
export function deadlineDays(until: number, now: number): readonly DeadlineDayOf[] {
  const [last, today] = [noonOf(until), noonOf(now)];
  return Array.from({ length: SHOWN }, (_, index) => {
    // Noon again, where a clock change made a day longer or shorter.
    const at = noonOf(last - (SHOWN - 1 - index) * DAY);
    if (at === last) return { at, mark: 'end' as const };
    if (at === today) return { at, mark: 'now' as const };
    return { at, mark: at < today ? ('gone' as const) : undefined };
  });
}

/** Whole days that are left, 0 on the last one. */
export function daysLeft(until: number, now: number): number {
  return Math.max(0, Math.round((noonOf(until) - noonOf(now)) / DAY));
}

function noonOf(at: number): number {
  return new Date(at * 1_000).setHours(12, 0, 0, 0) / 1_000;
}

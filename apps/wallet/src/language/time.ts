import type { Language } from '../settings/settings.ts';
import type { Speech } from './language.ts';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', ur: 'ur-PK-u-nu-latn' };

/** Times as people say them. All are whole seconds since 1970, shown in the phone's time zone. */
export interface Times {
  /** `just now`, `5 min ago`, `2 h ago`, `3 days ago`: how old something is. Never negative. */
  ago(at: number): string;
  /** `today 8:10 am`, `yesterday 8:10 am`, `Wed 18 Nov, 8:10 am`. */
  moment(at: number): string;
  /** `Mon 23 Nov`. */
  day(at: number): string;
  /** `Thu 26 Nov, 6:00 pm`: a deadline, always with its day. */
  deadline(at: number): string;
  /** `6:00 pm`. */
  clock(at: number): string;
  /** `Fri` and `20`, for a calendar's block. */
  dayBlock(at: number): { readonly name: string; readonly day: string };
}

export interface TimesParts {
  readonly speech: Speech;
  /** Whole seconds since 1970. */
  readonly now: () => number;
}

export function speakTimes({ speech, now }: TimesParts): Times {
  const format = (at: number, options: Intl.DateTimeFormatOptions) => {
    const locale = LOCALES[speech.language.value];
    return speech.digits(new Intl.DateTimeFormat(locale, options).format(new Date(at * 1_000)));
  };
  const day = (at: number) => format(at, { weekday: 'short', day: 'numeric', month: 'short' });
  const clock = (at: number) => {
    const urdu = speech.language.value === 'ur';
    const time = format(at, { hour: 'numeric', minute: '2-digit', hour12: true });
    return urdu ? urduClock(time, new Date(at * 1_000).getHours(), speech) : time;
  };
  return {
    day,
    clock,
    dayBlock: (at) => ({
      name: format(at, { weekday: 'short' }),
      day: format(at, { day: 'numeric' }),
    }),
    deadline: (at) => speech.text('common.dayAndTime', { day: day(at), time: clock(at) }),
    ago(at) {
      const age = Math.max(0, now() - at);
      if (age < MINUTE) return speech.text('common.justNow');
      if (age < HOUR) return speech.text('common.minutesAgo', { count: Math.floor(age / MINUTE) });
      if (age < DAY) return speech.text('common.hoursAgo', { count: Math.floor(age / HOUR) });
      return speech.text('common.daysAgo', { count: Math.floor(age / DAY) });
    },
    moment(at) {
      const midnight = new Date(now() * 1_000).setHours(0, 0, 0, 0) / 1_000;
      const time = clock(at);
      if (at >= midnight && at < midnight + DAY) return speech.text('common.today', { time });
      if (at >= midnight - DAY && at < midnight) return speech.text('common.yesterday', { time });
      return speech.text('common.dayAndTime', { day: day(at), time });
    },
  };
}

/** Urdu names the part of the day where English has am and pm: شام 6:00. */
function urduClock(time: string, hour: number, speech: Speech): string {
  const figures = /[0-9\u06f0-\u06f9]+:[0-9\u06f0-\u06f9]+/.exec(time)?.[0] ?? time;
  if (hour < 4) return speech.text('common.atNight', { time: figures });
  if (hour < 12) return speech.text('common.inTheMorning', { time: figures });
  if (hour < 16) return speech.text('common.inTheAfternoon', { time: figures });
  if (hour < 20) return speech.text('common.inTheEvening', { time: figures });
  return speech.text('common.atNight', { time: figures });
}

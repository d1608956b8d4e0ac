import { later, no } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of streams of events. */
export const EVENT_PROBLEM_CODES = {
  'event/too_many_streams': later(
    429,
    'Too many streams',
    'Close a stream that you no longer read, or wait until it is noticed to be gone.',
  ),
  'event/upgrade_required': no(
    426,
    'WebSocket required',
    'Open it as a WebSocket of version 13, or read the stream of server-sent events.',
  ),
  'event/origin_refused': no(
    403,
    'Page of another origin',
    'Ask the bank to allow the page’s origin, or call from a program.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;

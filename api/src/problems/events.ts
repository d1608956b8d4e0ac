import { later } from './meaning.ts';
import type { ProblemMeaning } from './meaning.ts';

/** Problems of streams of events. */
export const EVENT_PROBLEM_CODES = {
  'event/too_many_streams': later(
    429,
    'Too many streams',
    'Close a stream that you no longer read, or wait until it is noticed to be gone.',
  ),
} as const satisfies Readonly<Record<string, ProblemMeaning>>;

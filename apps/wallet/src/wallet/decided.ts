import type { Problem } from '@sikka/api/thin';

/** Statuses that say nothing of the request itself: no answer, sign in, wait, or try again. */
const OPEN_STATUSES = new Set([0, 401, 408, 429]);
/** The bank's door refuses who asks before it looks whether it took the order before. */
const AT_THE_DOOR = new Set<string>(['auth/account_blocked', 'auth/role_missing']);

/** Whether a refusal says that nothing was taken; otherwise the order and its key are kept. */
export function isDecided(problem: Pick<Problem, 'code' | 'status' | 'transient'>): boolean {
  const { code, status, transient } = problem;
  return !transient && status < 500 && !OPEN_STATUSES.has(status) && !AT_THE_DOOR.has(code);
}

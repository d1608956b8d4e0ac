import { LIMITS } from '@sikka/api';
import type { Caller } from '../caller.ts';

/** Whether the caller's session proved its second factor in the last minutes. */
export function isFresh({ session }: Caller, now: Date): boolean {
  const at = session?.steppedUpAt;
  return at !== undefined && now.getTime() - at.getTime() <= LIMITS.stepUpMs;
}

/** Why a file from another bank is set aside, unread, for a person to look at. */
export const RAIL_CODES = [
  // Its bytes
  'rail/too_large',
  'rail/malformed',
  // What it is
  'rail/unknown_message',
  'rail/name_reused',
  'rail/wrong_account',
  // Whether it agrees with itself
  'rail/wrong_count',
  'rail/wrong_sum',
  'rail/reference_reused',
] as const;

export type RailCode = (typeof RAIL_CODES)[number];

export type RailResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: RailCode };

export function refuse(code: RailCode): { readonly ok: false; readonly code: RailCode } {
  return { ok: false, code };
}

/** Undoes the transaction and carries the refusal out of it. */
export class Undo<C extends string> extends Error {
  readonly code: C;

  constructor(code: C) {
    super(code);
    this.code = code;
  }
}

/** Runs what may throw `Undo` and answers the refusal instead; everything else is a bug. */
export async function undoable<T, R>(
  act: () => Promise<T>,
  refused: (code: RefusalCode) => R | Promise<R>,
): Promise<T | R> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Undo) return refused((error as Undo<RefusalCode>).code);
    throw error;
  }
}

const SENTENCES = {
  'device/enrolment_invalid': 'The bytes are not one packet of kind 9 with an enrolment.',
  'device/wrong_bank': 'The enrolment names another bank.',
  'device/wrong_account': 'The enrolment names another account than the one signed in.',
  'device/challenge_invalid':
    'The challenge was not made for this account and purpose, has been used, or has expired.',
  'device/possession_unproven': 'The enrolment is not signed by the key it names.',
  'device/key_enrolled': 'This key has been enrolled; each key enrols once.',
  'device/limit_reached': 'The account or the device has as many of these as it may.',
  'device/name_unverified': 'Payers are shown a verified name and town; this account has none.',
  'device/name_taken': 'Another payee of this currency has the same name and town.',
  'device/not_found': 'You have no device of this number.',
  'device/revoked': 'The device has been revoked.',
  'device/role_not_payee': 'The device was enrolled to pay only.',
  'device/ecdh_key_invalid': 'The key is not a compressed point on P-256.',
  'wallet/not_found': 'The account has no current wallet in this currency.',
} as const;

export type RefusalCode = keyof typeof SENTENCES;

/** A refusal with its sentence for people. */
export function refuse<C extends RefusalCode>(code: C) {
  return { ok: false as const, code, detail: SENTENCES[code] };
}

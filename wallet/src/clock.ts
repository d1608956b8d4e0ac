/** The phone's clock. It may be wrong by any amount: nothing but an estimate rests on it. */
export interface Clock {
  /** Whole seconds since 1970. */
  now(): number;
}

/** Where salts and nonces come from; must be a cryptographic generator outside tests. */
export interface RandomSource {
  randomBytes(length: number): Uint8Array;
}

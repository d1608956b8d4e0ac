/** Every limit of this domain, each with its reason. */
export const limits = {
  /** spec/identifiers.md: a challenge is valid ten minutes. */
  challengeMs: 10 * 60_000,
  /** Unused challenges of one account: more is a loop or a flood. */
  challengesOpen: 50,
  /** A shop with more tills than this is a tenant with devices of its own kind. */
  activeDevices: 50,
  /** Codes one till has printed, ever. */
  credentialsOfDevice: 200,
  /** A credential in a phone is renewed by enrolling again; a year and a month of slack. */
  dynamicDays: 400,
  /** A printed code hangs on a wall for years; the bulletin carries its revocation as long. */
  staticDays: 1_095,
} as const;

/** Every limit of wallet keys, each with its reason. */
export const limits = {
  /** What a payment of an unknown key is checked against at most: eight texts for each key. */
  retiredKeysTried: 2,
  /** A phone is replaced, not swapped: beyond that, somebody is making work. */
  registrationsPerDay: 10,
  /** A private half leaves once for each phone that is set up. */
  releasesPerHour: 5,
} as const;

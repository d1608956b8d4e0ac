/** Every limit of files from other banks, each with its reason. */
export const limits = {
  /** A day's statement of a busy account is well below; more is a mistake or an attack. */
  fileBytes: 5_242_880,
  /** Files of one look: the others wait for the next. */
  filesAtOnce: 100,
  /** Elements inside one another: the deepest path that is read has eight. */
  xmlDepth: 32,
  /** About 25 an entry, so 8,000 entries; each costs memory before anything is checked. */
  xmlElements: 200_000,
  /** Of one element: what we read has one. */
  xmlAttributes: 8,
  /** Of one message that we send: what is read of theirs has room for eight times as many. */
  payoutsOfMessage: 1_000,
  /** ISO 20022 Max35Text: message ids, references. */
  idCharacters: 35,
} as const;

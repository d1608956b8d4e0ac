/** Every limit of statements, each with its reason. */
export const limits = {
  /** Days in a row of one wallet: a leap year, for whoever files his taxes. */
  walletDays: 366,
  /** Days of a wallet's statement that names none. */
  walletUsualDays: 30,
  /** Days in a row of the whole ledger, every transfer of which is read: a month. */
  ledgerDays: 31,
  /** Entries of a CSV file: some 3 MB, held in memory while it is written. */
  csvEntries: 20_000,
  /** Entries of a camt.053: the reader of bank/src/rail, for one, takes no more than 5 MB. */
  camtEntries: 5_000,
} as const;

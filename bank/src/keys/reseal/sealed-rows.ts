/** A table of which a column is sealed by the vault, as the domain that owns it says. */
export interface SealedRows {
  /** What people call them: `issuer keys`. */
  readonly name: string;
  readonly table: string;
  readonly statements: SealedStatements;
  /** The context under which a row's column was sealed. */
  readonly contextOf: (row: SealedRow) => string;
}

/** SQL. `header` is what all begins with that the vault's newest key has sealed. */
export interface SealedStatements {
  /** $1 header. Answers `count` of the rows that begin otherwise. */
  readonly count: string;
  /**
   * $1 header, $2 null or the last key taken, $3 the most. Answers those rows by key, locked:
   * `key`, `sealed`, and what the context is made of.
   */
  readonly take: string;
  /** $1 key, $2 sealed, $3 the vault's name. */
  readonly put: string;
}

export interface SealedRow {
  readonly key: unknown;
  readonly sealed: Uint8Array;
  readonly [column: string]: unknown;
}

/** One change of the product's source: the text stands there exactly once. */
export interface Edit {
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A defect that somebody could write, and that the simulator has to catch. */
export interface Bug {
  /** In words with hyphens; unique. */
  readonly name: string;
  /** The rule that it breaks, in one line. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** Where it can be seen: in the bank in memory, or only on real PostgreSQL. */
  readonly on?: 'postgres';
}

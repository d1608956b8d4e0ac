import type { Suite } from '@sikka/protocol';

/** A bank's key as this wallet first learnt it, or as a bulletin says (spec/suites.md §3). */
export interface PinnedIssuerKey {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  readonly from: number;
  /** Absent: no end known. */
  readonly until: number | undefined;
}

import { MAX_BATCH_BYTES, MAX_BATCH_PACKETS } from '@sikka/protocol';

/**
 * Every limit of the auditor, each with its reason. Together they are what bounds its memory: see
 * README.md.
 */
export const limits = {
  /** Rows of one page of a cursor: under 1 ms of round trips a page, well under 1 MB of rows. */
  pageRows: 1_000,
  /** Rows that carry a packet: at most 270 kB each (a bulletin), 4 kB as a rule. */
  packetRows: 100,
  /** Bytes of uploads held at once; one that is larger is held alone. */
  evidenceBytes: MAX_BATCH_BYTES,
  /** Packets in one upload, and its bytes (spec/encoding.md §3). */
  batchPackets: MAX_BATCH_PACKETS,
  batchBytes: MAX_BATCH_BYTES,
  /** Bank signatures remembered, about 3 kB each: payments of one allowance come together. */
  issuedDocuments: 4_000,
  /** Imported public keys kept, about 2 kB each. */
  importedKeys: 4_000,
  /** Wallets listed in the report, by number; the totals are over all of them. */
  walletsListed: 1_000,
  /** Characters of a value quoted in the report. */
  quotedCharacters: 200,
  /** To reach the database. */
  connectMs: 10_000,
  /** Bytes of a kept checkpoint: a settlement packet is the largest thing that holds one. */
  keptBytes: 4_096,
  /** Kept checkpoints given in one audit: one a day for a century. */
  keptCheckpoints: 40_000,
  /** A decision's clock and the one that stamped a wallet or a key may be two machines'. */
  clockSeconds: 120,
  /** How long a node may not have learnt of a new issuer key. */
  keyLearningSeconds: 3_600,
} as const;

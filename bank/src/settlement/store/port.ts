import type { RefusalCode } from '../codes.ts';
import type { EvidencePlace, Facts, Known, KnownQuestion, Question } from '../facts.ts';
import type { ItemKind } from '../outcomes.ts';
import type { Posted, Posting } from '../post.ts';

/** A batch as received. */
export interface Upload {
  readonly id: bigint;
  readonly bytes: Uint8Array;
  readonly sha256: Uint8Array;
  /** Who handed it in first. */
  readonly uploader: string;
  readonly receivedAt: Date;
  /** Whether it waits in the inbox, and for nobody's review. */
  readonly undecided: boolean;
  /** Whether it waits there for somebody's review. */
  readonly held: boolean;
}

export type NewUpload = Pick<Upload, 'bytes' | 'sha256' | 'uploader'> & {
  readonly items: number;
  /** For so many milliseconds the worker leaves it to the caller who waits. */
  readonly leaveMs: number;
  /** Decided only once this review is. */
  readonly hold?: Hold | undefined;
};

export interface Hold {
  /** Number of the review. */
  readonly review: bigint;
  /** Allowances that stay open for it; all others close as if it were not there. */
  readonly allowanceNos: readonly bigint[];
}

/** What is stored of an upload; the first of the same bytes counts. */
export interface StoredUpload {
  readonly id: bigint;
  /** By the store's own clock, in whole seconds (spec/settlement.md §1). */
  readonly receivedAt: Date;
}

/** An item that failed by itself, for an operator. */
export interface HeldItem {
  readonly place: number;
  /** Whose closing it holds open. */
  readonly allowanceNo: bigint | undefined;
  readonly reason: string;
}

/** A refusal kept under one item of one upload. */
export interface ItemRefusal {
  readonly place: number;
  readonly kind: ItemKind;
  readonly code: RefusalCode;
  readonly proofId: Uint8Array | undefined;
  /** Whether it stands under the document's id; else it is about these bytes only. */
  readonly judged: boolean;
}

/** Inside the one transaction that decides about an upload. */
export interface DecidingStore {
  /** By the store's own clock, when it had locked the upload: what a decision is dated by. */
  readonly at: Date;
  /**
   * Locks the allowances asked about, then the wallets that pay by their keys, then what orders
   * debit, each in order, and reads everything that deciding needs. For a batch with payments by
   * keys also which of its items were refused before: a memory has to note that with every refusal.
   */
  readFacts(question: Question, known: Known): Promise<Facts>;
  /** The packets that stand at these places, in the order asked. */
  readEvidence(places: readonly EvidencePlace[]): Promise<readonly Uint8Array[]>;
  /** Writes a decision and moves its money: the last thing that the transaction does. */
  post(posting: Posting): Promise<Posted>;
}

/** What settlement runs on: PostgreSQL in the bank, memory in a simulation. */
export interface SettlementStore {
  /** Stores the bytes and their row in the inbox, in one transaction. */
  receive(upload: NewUpload): Promise<StoredUpload>;
  readUpload(id: bigint, held?: Uint8Array): Promise<Upload | undefined>;
  /** What never changes once it is there; no locks. */
  readKnown(question: KnownQuestion): Promise<Known>;
  /** Refusals of an upload's items, the latest of each. */
  readItemRefusals(uploadId: bigint): Promise<readonly ItemRefusal[]>;
  /** The same facts, unlocked: to answer again what was decided. */
  readDecidedFacts(question: Question, known: Known): Promise<Facts>;
  /**
   * Runs `act` while holding the upload's row of the inbox, in one transaction. Undefined where
   * the row is gone: somebody else has decided.
   */
  deciding<T>(
    uploadId: bigint,
    act: (store: DecidingStore) => Promise<T>,
  ): Promise<{ readonly value: T } | undefined>;
  /** Takes an upload whose items were decided one by one out of the inbox; holds what failed. */
  finish(uploadId: bigint, held: readonly HeldItem[]): Promise<void>;
}

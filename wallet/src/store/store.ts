import type { Outcome } from '../errors.ts';

/** One record of the journal as the store sees it: opaque bytes, and what must be unique. */
export interface StoreRecord {
  /** Encrypted by the journal; the store learns nothing from it. */
  readonly sealed: Uint8Array;
  /** Hashes of 32 bytes; an append that repeats one ever stored is refused whole. */
  readonly uniqueKeys: readonly Uint8Array[];
}

/**
 * Where one small value is kept beside a journal, as far from it as the platform allows: what
 * restores the journal is not to restore it (spec/journal.md 9).
 */
export interface WitnessPlace {
  /** Undefined where there is none, or none can be read. */
  read(): Promise<Uint8Array | undefined>;
  /** Written whole or not at all. */
  write(value: Uint8Array): Promise<void>;
}

/**
 * Where a journal lives. Several instances (tabs, processes) may be open on one place; every
 * write happens inside {@link WalletStore.exclusive}.
 *
 * Failures of the device are thrown as `WalletError` with a `wallet/store_…` code.
 */
export interface WalletStore {
  /** The records from `position` (from 0) on, in order, each on durable storage. */
  readFrom(position: number): Promise<readonly Uint8Array[]>;
  /**
   * Puts the records at `position`, all or none, and answers only when they would survive a
   * power cut. `conflict`: another instance has written there, or a unique key is taken.
   */
  append(position: number, records: readonly StoreRecord[]): Promise<'appended' | 'conflict'>;
  /**
   * Runs the work while no other instance on this place does (spec/journal.md 2). Refused with
   * `wallet/store_busy` when the others do not let go. Not re-entrant.
   */
  exclusive<T>(work: () => Promise<T>): Promise<Outcome<{ readonly value: T }>>;
  /**
   * A small value kept apart from the journal, where a backup of the journal does not restore it
   * (spec/journal.md 7). Written whole or not at all.
   */
  readApart(): Promise<Uint8Array | undefined>;
  writeApart(value: Uint8Array): Promise<void>;
  /** Where this platform has one. */
  readonly witness?: WitnessPlace;
  close(): Promise<void>;
}

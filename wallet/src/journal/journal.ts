import { concatBytes, equalBytes, journalHash, utf8 } from '@sikka/protocol';
import { WalletError } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { Clock } from '../clock.ts';
import type { Keystore } from '../keystore/keystore.ts';
import { makeQueue } from '../queue.ts';
import type { WalletStore } from '../store/store.ts';
import type { JournalEvent } from './entries.ts';
import { decodeEntry, encodeEntry } from './entry-codec.ts';
import { applyEntry, emptyState } from './fold.ts';
import type { WalletState } from './state.ts';
import { uniqueKeysOf } from './unique-keys.ts';

const RECORD_DOMAIN = utf8('sikka/wallet/record/v1');

/** Writes events, all or none; returns when they would survive a power cut. */
export type Append = (...events: readonly JournalEvent[]) => Promise<void>;

/** One entry by its place: a journal that has it has everything before it. */
export interface Mark {
  /** The hash of the journal's first entry. */
  readonly journalId: Uint8Array;
  /** From 1. */
  readonly position: number;
  /** The journal's hash there. */
  readonly head: Uint8Array;
}

/** After these a copy from before must not spend; the first names the journal. */
const MARKED: ReadonlySet<JournalEvent['type']> = new Set([
  ...(['created', 'paid', 'returned', 'rolled-back'] as const),
]);

/**
 * The append-only journal of one wallet (spec/journal.md). Each entry is hashed onto the one
 * before and encrypted with that hash as associated data, so a record that is missing, moved or
 * from elsewhere does not decrypt.
 */
export interface Journal {
  /** The state with everything that any instance has written. */
  read(): Promise<WalletState>;
  /**
   * Runs the work while no other instance can write, on a state that is up to date. The state
   * moves with every `append` inside.
   * @throws WalletError `wallet/store_conflict` out of `append` if the store refused after all.
   */
  change<T>(
    work: (state: WalletState, append: Append) => Promise<T>,
  ): Promise<Outcome<{ readonly value: T }>>;
  /** The last entry that a witness must know of; as far as this instance has read. */
  lastMark(): Mark | undefined;
  /** Whether that very entry is in this journal, as far as this instance has read. */
  holds(mark: Mark): boolean;
}

export interface JournalParts {
  readonly store: WalletStore;
  readonly keystore: Keystore;
  readonly clock: Clock;
}

export function openJournal({ store, keystore, clock }: JournalParts): Journal {
  const state = emptyState();
  const serially = makeQueue();
  let head: Uint8Array = new Uint8Array(32);
  let position = 0;
  const marks = noteMarks();

  const catchUp = async (): Promise<void> => {
    for (const sealed of await store.readFrom(position)) {
      const bytes = await keystore.unseal(sealed, associated(head));
      if (bytes === undefined) {
        const detail = `record ${position + 1} is not this wallet's, or not in its place`;
        throw new WalletError('wallet/store_damaged', detail);
      }
      take(bytes);
    }
  };
  const take = (bytes: Uint8Array): void => {
    const entry = decodeEntry(bytes);
    applyEntry(state, entry);
    head = journalHash(head, bytes);
    position += 1;
    if (MARKED.has(entry.event.type)) marks.note(position, head);
  };
  const append: Append = (...events) =>
    serially(async () => {
      const at = clock.now();
      const written: Uint8Array[] = [];
      const records = [];
      let previous = head;
      for (const event of events) {
        const bytes = encodeEntry({ at, event });
        const sealed = await keystore.seal(bytes, associated(previous));
        records.push({ sealed, uniqueKeys: uniqueKeysOf(event) });
        written.push(bytes);
        previous = journalHash(previous, bytes);
      }
      if ((await store.append(position, records)) === 'conflict') {
        throw new WalletError('wallet/store_conflict', 'another instance was first');
      }
      for (const bytes of written) take(bytes);
    });

  return {
    async read() {
      await serially(catchUp);
      return state;
    },
    change: (work) =>
      store.exclusive(async () => {
        await serially(catchUp);
        return work(state, append);
      }),
    lastMark: () => marks.last(),
    holds: (mark) => marks.holds(mark),
  };
}

/** The marks of one journal, the first of which names it. */
function noteMarks() {
  const heads = new Map<number, Uint8Array>();
  let last: Mark | undefined;
  return {
    note(position: number, head: Uint8Array): void {
      heads.set(position, head);
      last = { journalId: last?.journalId ?? head, position, head };
    },
    last: () => last,
    holds({ position, head }: Mark): boolean {
      const ours = heads.get(position);
      return ours !== undefined && equalBytes(ours, head);
    },
  };
}

function associated(previous: Uint8Array): Uint8Array {
  return concatBytes(RECORD_DOMAIN, previous);
}

import { decodeCbor, encodeCbor, equalBytes, utf8 } from '@sikka/protocol';
import type { Append, Journal, Mark } from '../journal/journal.ts';
import type { WalletState } from '../journal/state.ts';
import type { Keystore } from '../keystore/keystore.ts';
import type { WitnessPlace } from '../store/store.ts';
import { MAX_WITNESS_BYTES } from '../limits.ts';
import { WalletError } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { Wallet } from './wallet.ts';

const DOMAIN = utf8('sikka/wallet/witness/v1');

/**
 * What places beside the journal remember of it, so that an old copy of the journal alone is told
 * without a network (spec/journal.md 9). The caller holds the journal's lock.
 */
export interface Witnesses {
  /** Whether the journal lacks an entry that one of the places has seen. */
  contradict(state: WalletState): Promise<boolean>;
  /** Lets every place know the journal's last mark; answers when they do. */
  tell(): Promise<void>;
  /** Whether this instance knows that they do. Needs no lock. */
  areTold(): boolean;
}

export interface WitnessesParts {
  readonly places: readonly WitnessPlace[];
  readonly journal: Journal;
  readonly keystore: Keystore;
}

/** A witness is sealed, so that only this wallet can have written it. */
export function openWitnesses({ places, journal, keystore }: WitnessesParts): Witnesses {
  const known = new Map<WitnessPlace, Mark | undefined>();
  const look = async (place: WitnessPlace): Promise<Mark | undefined> => {
    const sealed = await place.read();
    const bytes = sealed && (await keystore.unseal(sealed, DOMAIN));
    const mark = bytes && decodeMark(bytes);
    known.set(place, mark);
    return mark;
  };
  const isTold = (place: WitnessPlace): boolean => {
    const [seen, last] = [known.get(place), journal.lastMark()];
    return last === undefined || (seen !== undefined && isSame(seen, last));
  };
  return {
    async contradict({ allowances }) {
      const seen = (await Promise.all(places.map(look))).filter((mark) => mark !== undefined);
      const own = seen.filter(({ journalId }) => isOf(journal, journalId));
      if (own.some((mark) => !journal.holds(mark))) return true;
      // Of another journal only: that one came later, unless this one has nothing to spend yet.
      return own.length < seen.length && own.length === 0 && allowances.size > 0;
    },
    async tell() {
      const last = journal.lastMark();
      const late = places.filter((place) => !isTold(place));
      if (last === undefined || late.length === 0) return;
      const bytes = encodeCbor([last.journalId, last.position, last.head]);
      await Promise.all(
        late.map(async (place) => {
          await place.write(await keystore.seal(bytes, DOMAIN));
          known.set(place, last);
        }),
      );
    },
    areTold: () => places.every(isTold),
  };
}

/**
 * Changes the journal as one does who spends: not behind its witnesses, which know what was written
 * before this answers, and what was written before that before anything more is: on a full phone,
 * which takes an entry and no witness, one payment stays unshown and not each that is tried after
 * it. A journal that they contradict is stopped for good, and the work sees that.
 */
export function changeWitnessed<T>(
  { journal, witnesses }: Pick<Wallet, 'journal' | 'witnesses'>,
  work: (state: WalletState, append: Append) => Promise<T>,
): Promise<Outcome<{ readonly value: T }>> {
  return journal.change(async (state, append) => {
    await stopIfContradicted(witnesses, state, append);
    // What they know of the newer journal must stay known.
    if (state.rolledBack?.by !== 'witness') await witnesses.tell();
    const value = await work(state, append);
    if (state.rolledBack?.by !== 'witness') await witnesses.tell();
    return value;
  });
}

/**
 * The same for what spends nothing: a phone too full for a witness still opens, takes payments and
 * hands in what it has.
 */
export function changeBesideWitnesses<T>(
  { journal, witnesses }: Pick<Wallet, 'journal' | 'witnesses'>,
  work: (state: WalletState, append: Append) => Promise<T>,
): Promise<Outcome<{ readonly value: T }>> {
  return journal.change(async (state, append) => {
    await stopIfContradicted(witnesses, state, append);
    const value = await work(state, append);
    if (state.rolledBack?.by !== 'witness') {
      await witnesses.tell().catch((error: unknown) => {
        if (!(error instanceof WalletError) || error.code !== 'wallet/store_failed') throw error;
      });
    }
    return value;
  });
}

async function stopIfContradicted(witnesses: Witnesses, state: WalletState, append: Append) {
  const isStopped = state.rolledBack !== undefined;
  if (!isStopped && (await witnesses.contradict(state))) await append({ type: 'behind-witness' });
}

function isOf(journal: Journal, journalId: Uint8Array): boolean {
  const last = journal.lastMark();
  return last !== undefined && equalBytes(last.journalId, journalId);
}

function isSame(one: Mark, other: Mark): boolean {
  const isAtOnePlace = one.position === other.position && equalBytes(one.head, other.head);
  return isAtOnePlace && equalBytes(one.journalId, other.journalId);
}

function decodeMark(bytes: Uint8Array): Mark | undefined {
  const decoded = decodeCbor(bytes, { maxBytes: MAX_WITNESS_BYTES });
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [journalId, position, head] = decoded.value as readonly unknown[];
  if (!(journalId instanceof Uint8Array) || !(head instanceof Uint8Array)) return undefined;
  return typeof position === 'number' ? { journalId, position, head } : undefined;
}

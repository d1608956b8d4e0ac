import { webCryptoVerifier } from '@sikka/protocol';
import type { Suite, Verifier } from '@sikka/protocol';
import type { Clock, RandomSource } from '../clock.ts';
import { answering } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { openJournal } from '../journal/journal.ts';
import type { Journal } from '../journal/journal.ts';
import type { Keystore } from '../keystore/keystore.ts';
import type { WalletStore, WitnessPlace } from '../store/store.ts';
import { closeExpired, forgetStrayKeys } from './agreement-keys.ts';
import type { BankClient, BankIdentity } from './bank.ts';
import { openBulletinSlot } from './bulletin.ts';
import type { BulletinSlot } from './bulletin.ts';
import { viewOf } from './view.ts';
import { changeBesideWitnesses, openWitnesses } from './witness.ts';
import type { Witnesses } from './witness.ts';

const NONCE_BYTES = 8;

export interface WalletParts {
  readonly store: WalletStore;
  readonly keystore: Keystore;
  /** From `createClient` of `@sikka/api`, with the person's token. */
  readonly client: BankClient;
  readonly bank: BankIdentity;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Besides the store's own: each that survives tells that the journal is an old copy. */
  readonly witnesses?: readonly WitnessPlace[];
  /** Signatures are verified with WebCrypto unless given. */
  readonly verifier?: Verifier;
  /** Of the device key made at enrolment; ES256 unless given. */
  readonly suite?: Suite;
}

/**
 * One wallet installation: one journal, one device key, whether it pays, is paid, or both. The
 * doors `payer` and `payee` are verbs on it.
 */
export interface Wallet {
  readonly store: WalletStore;
  readonly keystore: Keystore;
  readonly client: BankClient;
  readonly bank: BankIdentity;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly verifier: Verifier;
  readonly suite: Suite;
  readonly journal: Journal;
  readonly bulletins: BulletinSlot;
  readonly witnesses: Witnesses;
}

/**
 * Opens a wallet where it was left, or begins one. Several may be open on one store at once. Keys
 * that a crash left behind are forgotten. A journal that a witness contradicts opens, and spends no
 * more, for good.
 * Refuses `wallet/store_damaged` where the store holds another wallet's journal or a broken one,
 * and the other `wallet/store_…` codes.
 */
export async function openWallet(parts: WalletParts): Promise<Outcome<{ wallet: Wallet }>> {
  return answering(async () => {
    const { store, keystore, clock, witnesses = [] } = parts;
    const journal = openJournal({ store, keystore, clock });
    const places = store.witness === undefined ? witnesses : [store.witness, ...witnesses];
    const wallet: Wallet = {
      ...parts,
      verifier: parts.verifier ?? webCryptoVerifier,
      suite: parts.suite ?? 'ES256',
      journal,
      bulletins: openBulletinSlot({ store, keystore }),
      witnesses: openWitnesses({ places, journal, keystore }),
    };
    const begun = await changeBesideWitnesses(wallet, async (state, append) => {
      if (!state.created) await append({ type: 'created', nonce: drawNonce(wallet) });
      await closeExpired(wallet, await viewOf(wallet, state), append);
      await forgetStrayKeys(wallet, state);
    });
    return begun.ok ? { ok: true, wallet } : begun;
  });
}

/** A nonce under which this wallet's next allowance is asked for. */
export function drawNonce({ random }: Pick<Wallet, 'random'>): Uint8Array {
  return random.randomBytes(NONCE_BYTES);
}
